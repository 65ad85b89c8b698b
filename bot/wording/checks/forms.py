"""Checks 1 to 3: every key in every language, the same placeholders, the plural forms a language needs."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from bot.wording.checks.problems import FOLDERS, SOURCE, Catalogs, Problem, folder_of
from bot.wording.pofile import Entry

_PERCENT = re.compile(r"%\((\w+)\)[sdif]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLURAL_FORMS = {"en": 2}


def completeness(catalogs: Catalogs) -> Iterator[Problem]:
    """1: in all languages; none empty, fuzzy, obsolete or twice."""
    seen: set[tuple[str, str]] = set()
    for path, entries in catalogs.files.items():
        for entry in entries:
            yield from (Problem(1, path, entry.line, what) for what in _state(entry))
            again = (folder_of(path), entry.key)
            if not entry.obsolete and again in seen:
                yield Problem(1, path, entry.line, f"{entry.key} is there twice; remove one")
            seen.add(again)
    for key, entries_of in catalogs.by_key.items():
        path, entry = next(iter(entries_of.values()))
        for folder in FOLDERS:
            if folder not in entries_of:
                yield Problem(1, path, entry.line, f"{key} is missing in {folder}; add it there")


def placeholders(catalogs: Catalogs) -> Iterator[Problem]:
    """2: the same names on both sides, for {x} and %(x)s; plain names only."""
    for folder in FOLDERS:
        for path, entry, english in catalogs.pairs(folder):
            wanted = set().union(*(names(text) for text in english.forms)) if english.forms else set()
            for text in entry.forms:
                bad = _malformed(text)
                if bad is not None:
                    yield Problem(2, path, entry.line, f"{entry.key}: {bad}")
                    continue
                yield from _differences(path, entry, text, wanted)


def plurals(catalogs: Catalogs) -> Iterator[Problem]:
    """3: exactly the variants the language needs, and a key counts in every language or in none."""
    for path, entry in catalogs.entries():
        needed = _PLURAL_FORMS.get(folder_of(path), 1) if entry.plural else 1
        if len(entry.forms) != needed:
            what = f"{entry.key} has {len(entry.forms)} plural forms; {folder_of(path)} needs {needed}"
            yield Problem(3, path, entry.line, what)
    for folder in FOLDERS:
        for path, entry, english in catalogs.pairs(folder):
            if folder != SOURCE and entry.plural != english.plural:
                yield Problem(3, path, entry.line, f"{entry.key} is plural in one language only; make both alike")


def names(text: str) -> set[str]:
    """Placeholders of a text; those of a malformed one are what can be read."""
    try:
        braces = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        braces = set(re.findall(r"\{(\w+)\}", text))
    return braces | {f"%({name})s" for name in _PERCENT.findall(text)}


def _state(entry: Entry) -> Iterator[str]:
    if entry.obsolete:
        yield f"{entry.key or 'an entry'} is obsolete; delete it"
        return
    if not entry.forms or not all(entry.forms):
        yield f"{entry.key} is empty; write it"
    if "fuzzy" in entry.flags:
        yield f"{entry.key} is fuzzy; review it and remove the flag"


def _malformed(text: str) -> str | None:
    try:
        fields = list(Formatter().parse(text))
    except ValueError as error:
        return f"{text!r} cannot be filled in: {error}"
    for _, name, spec, conversion in fields:
        if name is not None and (not _NAME.fullmatch(name) or spec or conversion):
            return f"placeholder {{{name}}} in {text!r} must be a plain name"
    return None


def _differences(path: Path, entry: Entry, text: str, wanted: set[str]) -> Iterator[Problem]:
    there = names(text)
    # A plural form may leave the number out ("one parcel"), never anything else.
    missing, extra = wanted - there - ({"n"} if entry.plural else set()), there - wanted
    for kind, found in (("lacks", missing), ("has unknown", extra)):
        if found:
            what = f"{entry.key} {kind} placeholders {', '.join(sorted(found))}; English has {sorted(wanted)}"
            yield Problem(2, path, entry.line, what)
