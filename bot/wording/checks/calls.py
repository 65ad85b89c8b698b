"""Where code asks for sentences: calls of `say` and `many`, keys kept in tables, families of keys."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_ASKING = frozenset({"say", "many", "_text"})
_QUOTED = re.compile(r"""["']([a-z_]+(?:\.[A-Za-z0-9_/+-]+)+)["']""")
_OTHER_FILES = ("*.html", "*.js", "*.toml", "*.txt")


@dataclass(frozen=True, slots=True)
class Call:
    """One call with a literal key."""

    path: Path
    line: int
    key: str
    plural: bool
    values: frozenset[str] | None
    """Names of the values given; None when some are given by `**`."""


@dataclass(slots=True)
class Uses:
    """All keys code may ask for."""

    calls: list[Call] = field(default_factory=list)
    families: dict[str, tuple[Path, int]] = field(default_factory=dict)
    """Regular expressions of computed keys, with one place where each is asked for."""
    literals: set[str] = field(default_factory=set)
    """Every text that may be a key."""


def read_uses(code: Iterable[Path]) -> Uses:
    """Look through the Python files and pages below some folders."""
    uses = Uses()
    for folder in code:
        for path in sorted(folder.rglob("*.py")):
            _read_python(path, uses)
        for pattern in _OTHER_FILES:
            for path in sorted(folder.rglob(pattern)):
                uses.literals |= set(_QUOTED.findall(path.read_text(encoding="utf-8")))
    return uses


def _read_python(path: Path, uses: Uses) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            uses.literals.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            family = _family(node)
            if family is not None:
                uses.families.setdefault(family, (path, node.lineno))
        elif isinstance(node, ast.Call) and node.args and _name(node.func) in _ASKING:
            uses.calls += _calls(path, node)


def _calls(path: Path, node: ast.Call) -> Iterator[Call]:
    plural = _name(node.func) == "many"
    given = [word.arg for word in node.keywords]
    values = None if None in given else frozenset(name for name in given if name is not None)
    for key in _literal_keys(node.args[0]):
        yield Call(path, node.lineno, key, plural, values)


def _literal_keys(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literal_keys(node.body)
        yield from _literal_keys(node.orelse)


def _family(node: ast.JoinedStr) -> str | None:
    """`f"trade.reason.{code}"` asks for every key that begins so; None for what cannot be a key."""
    first = node.values[0] if node.values else None
    if not (isinstance(first, ast.Constant) and re.match(r"[a-z_]+\.", str(first.value))):
        return None
    parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values]
    return "".join(parts)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
