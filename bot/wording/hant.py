"""Fill the traditional catalogs from the simplified ones: `python -m bot.wording.hant [--redo PREFIX] [ROOM...]`.

What is there is kept: it was read through by a person. `--redo` converts the keys with that prefix again, after their
simplified text changed. Read what comes out before committing it: a conversion knows no trade words but those of
`locales/glossary.csv` and `locales/hant_corrections.csv`.
"""

import argparse
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import opencc

from bot.wording.catalogs import locales_folder, word_list
from bot.wording.pofile import Entry, read_entries, write_entries

Convert = Callable[[str], str]
_KEEP = re.compile(r"(\{[^{}]*\})")


@cache
def converter(locales: Path) -> Convert:
    """Simplified to traditional text: OpenCC, with the trade's words put right; placeholders stay as they are."""
    plain: Convert = opencc.OpenCC("s2tw").convert
    words = dict(_words(locales))
    pattern = re.compile("(" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + r"|\{[^{}]*\})")

    def convert(text: str) -> str:
        pieces = pattern.split(text)
        return "".join(
            words.get(piece) or (piece if _KEEP.fullmatch(piece) else plain(piece)) for piece in pieces if piece
        )

    return convert


def fill(locales: Path, *, rooms: Sequence[str] = (), redo: str | None = None) -> dict[str, list[str]]:
    """Write the missing traditional entries; returns the converted keys of every file that changed."""
    changed: dict[str, list[str]] = {}
    for source in sorted((locales / "zh_Hans" / "LC_MESSAGES").glob("*.po")):
        if rooms and source.stem not in rooms:
            continue
        target = locales / "zh_Hant" / "LC_MESSAGES" / source.name
        entries, converted = _merged(source, target, convert=converter(locales), redo=redo)
        if converted or _keys(target) != [entry.key for entry in entries]:
            write_entries(target, "zh_Hant", entries)
            changed[source.name] = converted
    return changed


def _merged(source: Path, target: Path, *, convert: Convert, redo: str | None) -> tuple[list[Entry], list[str]]:
    """The entries of the simplified file in its order, with the traditional texts there are or the converted ones."""
    there = {entry.key: entry for entry in read_entries(target)} if target.exists() else {}
    entries, converted = [], []
    for entry in read_entries(source):
        known = there.get(entry.key)
        again = redo is not None and entry.key.startswith(redo)
        if known is None or not known.text or known.plural != entry.plural or again:
            entry.forms = tuple(map(convert, entry.forms))
            converted.append(entry.key)
            known = entry
        entries.append(known)
    return entries, converted


def _keys(path: Path) -> list[str]:
    return [entry.key for entry in read_entries(path)] if path.exists() else []


def _words(locales: Path) -> list[tuple[str, str]]:
    words: list[tuple[str, str]] = []
    for name in ("glossary.csv", "hant_corrections.csv"):
        words += [(row["term_zh_hans"], row["term_zh_hant"].partition("|")[0]) for row in word_list(locales, name)]
    return words


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill, and name what was converted."""
    parser = argparse.ArgumentParser(prog="python -m bot.wording.hant", description=__doc__.splitlines()[0])
    parser.add_argument("rooms", nargs="*", help="names of PO files without .po; all when none is given")
    parser.add_argument("--redo", metavar="PREFIX", help="convert keys that begin so once more")
    options = parser.parse_args(arguments)
    for name, keys in fill(locales_folder(), rooms=options.rooms, redo=options.redo).items():
        print(f"{name}: converted {len(keys)}: {', '.join(keys)}")  # noqa: T201 - a tool on a terminal


if __name__ == "__main__":
    main()
