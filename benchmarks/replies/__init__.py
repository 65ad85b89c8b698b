"""Mails written to imitate what clients send, each line marked with whose it is, and the reading of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SETS = Path(__file__).parent
WRITTEN, CLOSING, SIGNATURE, DISCLAIMER, QUOTED = "wcsdq"
NO_BREAK_SPACE = ("␣", "\N{NO-BREAK SPACE}")


@dataclass(frozen=True)
class Mail:
    """One mail of a set: its client, what is special about it, its lines and whose they are."""

    client: str
    note: str
    marked: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The mail as it arrives."""
        return "\n".join(line for _, line in self.marked)

    def lines_of(self, kinds: str) -> str:
        """The lines of these kinds and the blank lines between them, spaced as `even` spaces them."""
        return even("\n".join(line for kind, line in self.marked if kind in kinds))

    def wants(self, *, keep_signature: bool) -> set[str]:
        """What counts as right; a closing ("Kind regards, Tom") may stay or go with the signature."""
        kept = (WRITTEN + CLOSING + SIGNATURE,) if keep_signature else (WRITTEN + CLOSING, WRITTEN)
        return set(map(self.lines_of, kept))


def even(text: str) -> str:
    """The text with runs of blank lines and spaces at the end of lines taken out, for comparing."""
    return re.sub(r"\n{2,}", "\n", "\n".join(line.strip() for line in text.splitlines())).strip()


def read_set(name: str) -> list[Mail]:
    """The mails of one file, `first_en` for example."""
    text = (SETS / f"{name}.txt").read_text("utf-8").replace(*NO_BREAK_SPACE)
    return [_mail(part) for part in re.split(r"^### ", text, flags=re.M)[1:]]


def _mail(part: str) -> Mail:
    title, _, body = part.partition("\n")
    client, _, note = title.partition(" ")
    return Mail(client, note, tuple((line[:1].strip(), line[2:]) for line in body.rstrip("\n").split("\n")))
