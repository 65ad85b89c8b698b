"""PO files as a list of entries with their lines: what the checks and the conversion work on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import ParcelbridgeError

_PLURALS = {"en": "nplurals=2; plural=(n != 1);"}
_ONE_FORM = "nplurals=1; plural=0;"
_LINE = re.compile(r'(?:(msgid|msgid_plural|msgctxt|msgstr(?:\[\d+\])?)\s+)?"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class BrokenCatalog(ParcelbridgeError):
    """A PO file that cannot be read."""


@dataclass(slots=True)
class Entry:
    """One message of a PO file. The header is not an entry."""

    key: str
    forms: tuple[str, ...] = ()
    plural: bool = False
    comments: list[str] = field(default_factory=list)
    """Whole lines, `#` included, without flags."""
    flags: frozenset[str] = frozenset()
    obsolete: bool = False
    line: int = 0

    @property
    def text(self) -> str:
        """The first form."""
        return self.forms[0] if self.forms else ""


def read_entries(path: Path) -> list[Entry]:
    """Every entry in the order of the file, duplicates and obsolete ones included."""
    entries = [_entry(path, block) for block in _blocks(path)]
    return [entry for entry in entries if entry is not None]


def write_entries(path: Path, folder: str, entries: Iterable[Entry]) -> None:
    """Write a whole PO file; `folder` is the catalog folder's name (`zh_Hant`)."""
    parts = [_header(folder), *(_block(entry) for entry in entries)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts), encoding="utf-8")


def _blocks(path: Path) -> Iterator[list[tuple[int, str]]]:
    """Runs of lines: an entry ends at an empty line, or where the next one begins without one."""
    block: list[tuple[int, str]] = []
    seen_text = False
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        begins = line.startswith(("#", "msgid ", "msgctxt ")) and not line.startswith("#~ msgstr")
        if block and (not line or (seen_text and begins)):
            yield block
            block, seen_text = [], False
        if line:
            block.append((number, line))
            seen_text = seen_text or "msgstr" in line
    if block:
        yield block


def _entry(path: Path, block: list[tuple[int, str]]) -> Entry | None:
    entry = Entry(key="")
    values: dict[str, str] = {}
    current = ""
    for number, line in block:
        if line.startswith("#~"):
            entry.obsolete = True
            line = line[2:].strip()
        if line.startswith("#,"):
            entry.flags = frozenset(flag.strip() for flag in line[2:].split(","))
            continue
        if line.startswith("#"):
            entry.comments.append(line)
            continue
        match = _LINE.fullmatch(line)
        if match is None or not (match[1] or current):
            raise BrokenCatalog(f'{path}:{number}: {line!r} is no PO line; write msgid "..." and msgstr "..."')
        current = match[1] or current
        entry.line = entry.line or number
        values[current] = values.get(current, "") + _unescaped(match[2])
    entry.key = values.get("msgid", "")
    entry.plural = "msgid_plural" in values
    entry.forms = tuple(text for name, text in values.items() if name.startswith("msgstr"))
    return entry if entry.key else None


def _block(entry: Entry) -> str:
    lines = list(entry.comments)
    if entry.flags:
        lines.append("#, " + ", ".join(sorted(entry.flags)))
    lines.append(f"msgid {_quoted(entry.key)}")
    if entry.plural:
        lines.append(f"msgid_plural {_quoted(entry.key)}")
        lines += [f"msgstr[{place}] {_quoted(form)}" for place, form in enumerate(entry.forms)]
    else:
        lines.append(f"msgstr {_quoted(entry.text)}")
    return "\n".join(lines) + "\n"


def _header(folder: str) -> str:
    fields = {
        "Language": folder,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": _PLURALS.get(folder, _ONE_FORM),
    }
    lines = [f'"{name}: {value}\\n"' for name, value in fields.items()]
    return "\n".join(['msgid ""', 'msgstr ""', *lines]) + "\n"


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
