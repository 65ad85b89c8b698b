"""Check 10: the catalogs hold exactly what the code asks for, and the code gives what the sentences need."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.wording.checks.allowed import Allowed
from bot.wording.checks.calls import Call, Uses, read_uses
from bot.wording.checks.forms import names
from bot.wording.checks.problems import SOURCE, Catalogs, Problem


def extraction(catalogs: Catalogs, allowed: Allowed, code: Iterable[Path]) -> Iterator[Problem]:
    """10: no key is asked for in vain, none lies unused, every placeholder gets a value."""
    uses = read_uses(code)
    rooms = {path.stem for path in catalogs.files}
    for call in uses.calls:
        yield from _answered(call, catalogs, rooms)
    yield from _families(uses, catalogs, rooms)
    yield from _unused(uses, catalogs, allowed)


def _answered(call: Call, catalogs: Catalogs, rooms: set[str]) -> Iterator[Problem]:
    entries = catalogs.by_key.get(call.key)
    if entries is None:
        if "." in call.key:
            room = call.key.partition(".")[0]
            where = f"{room}.po" if room in rooms else "a PO file"
            yield Problem(10, call.path, call.line, f"nobody wrote {call.key!r}; add it to {where}")
        return
    _, entry = entries.get(SOURCE) or next(iter(entries.values()))
    if entry.plural != call.plural:
        verb = "many" if entry.plural else "say"
        yield Problem(10, call.path, call.line, f"{call.key} must be asked for with {verb}()")
    if call.values is not None:
        given = call.values | ({"n"} if call.plural else set())
        missing = set().union(*(names(text) for text in entry.forms)) - given
        as_it_is = not call.values and missing == {"n"} and call.key.endswith("more")  # a table puts the number in
        if missing and not as_it_is:
            yield Problem(10, call.path, call.line, f"{call.key} needs values for {', '.join(sorted(missing))}")


def _families(uses: Uses, catalogs: Catalogs, rooms: set[str]) -> Iterator[Problem]:
    for family, (path, line) in uses.families.items():
        room = family.partition("\\.")[0]
        if room in rooms and not any(re.fullmatch(family, key) for key in catalogs.by_key):
            yield Problem(10, path, line, f"no key of the catalogs looks like {family!r}")


def _unused(uses: Uses, catalogs: Catalogs, allowed: Allowed) -> Iterator[Problem]:
    patterns = [re.compile(family) for family in uses.families]
    for key, entries in catalogs.by_key.items():
        if key in uses.literals or allowed.used_elsewhere(key):
            continue
        if not any(pattern.fullmatch(key) for pattern in patterns):
            path, entry = next(iter(entries.values()))
            yield Problem(10, path, entry.line, f"nobody asks for {key}; delete it in every language")
