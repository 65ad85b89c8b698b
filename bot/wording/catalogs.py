"""The catalogs: one PO file a room and language, read by Babel once and kept as plain dictionaries."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

FOLDERS: Mapping[str, str] = {"en": "en", "zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}
"""Language tag to catalog folder, which is also Babel's locale name."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """All sentences of one language: a key to its forms; a key without plural has one form."""

    locale: Locale
    forms: Mapping[str, tuple[str, ...]]
    sentences: Mapping[str, str]
    """The first form of every key: what nearly all of them are asked for."""


def locales_folder() -> Path:
    """`locales/` of the checkout, or the copy inside the installed package."""
    packaged = Path(__file__).parents[1] / "locales"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "locales"


def word_list(locales: Path, name: str) -> list[dict[str, str]]:
    """The rows of one of the lists of words beside the catalogs, such as `glossary.csv`."""
    with (locales / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def catalog_files(language: str) -> list[Path]:
    """The PO files of a language, in a stable order."""
    return sorted((locales_folder() / FOLDERS[language] / "LC_MESSAGES").glob("*.po"))


@cache
def catalog(language: str) -> Catalog:
    """The sentences of a language; compiled once for the life of the process."""
    forms: dict[str, tuple[str, ...]] = {}
    for path in catalog_files(language):
        with path.open("rb") as file:
            for message in read_po(file, locale=FOLDERS[language]):
                if message.id:
                    key = message.id[0] if isinstance(message.id, tuple | list) else message.id
                    text = message.string
                    forms[key] = tuple(text) if isinstance(text, tuple | list) else (str(text),)
    return Catalog(Locale.parse(FOLDERS[language]), forms, {key: texts[0] for key, texts in forms.items()})
