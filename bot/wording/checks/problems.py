"""What a check finds, and the catalogs it looks at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.wording.pofile import Entry, read_entries

FOLDERS = ("en", "zh_Hans", "zh_Hant")
SOURCE = "en"
CHINESE = ("zh_Hans", "zh_Hant")


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect: where it is, what it is, what to do."""

    check: int
    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what} [check {self.check}]"


@dataclass(frozen=True)
class Catalogs:
    """Every entry of every language, as the files have it."""

    locales: Path
    files: Mapping[Path, tuple[Entry, ...]]

    @classmethod
    def read(cls, locales: Path) -> "Catalogs":
        """Read all PO files of the three languages."""
        paths = [path for folder in FOLDERS for path in sorted((locales / folder / "LC_MESSAGES").glob("*.po"))]
        return cls(locales, {path: tuple(read_entries(path)) for path in paths})

    @cached_property
    def by_key(self) -> Mapping[str, Mapping[str, tuple[Path, Entry]]]:
        """Key to folder to its entry; of duplicates the first."""
        found: dict[str, dict[str, tuple[Path, Entry]]] = {}
        for path, entry in self.entries():
            found.setdefault(entry.key, {}).setdefault(folder_of(path), (path, entry))
        return found

    def entries(self) -> Iterator[tuple[Path, Entry]]:
        """Every entry that is in use, with its file."""
        for path, entries in self.files.items():
            yield from ((path, entry) for entry in entries if not entry.obsolete)

    def pairs(self, folder: str) -> Iterator[tuple[Path, Entry, Entry]]:
        """Entries of a language beside their English one."""
        for entries in self.by_key.values():
            if folder in entries and SOURCE in entries:
                path, entry = entries[folder]
                yield path, entry, entries[SOURCE][1]

    def texts(self, folder: str) -> Iterator[tuple[Path, Entry, str]]:
        """Every form of every entry of a language."""
        for path, entry in self.entries():
            if folder_of(path) == folder:
                yield from ((path, entry, text) for text in entry.forms)


def folder_of(path: Path) -> str:
    """`zh_Hans` of `locales/zh_Hans/LC_MESSAGES/talk.po`."""
    return path.parent.parent.name
