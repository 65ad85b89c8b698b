"""One rich answer, composed in the reader's language, that every channel can show."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tone(StrEnum):
    """How the first line should feel; a channel without colours ignores it."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Field(_Part):
    """A label and its value. Shrinks to ``label: value`` on a line of its own."""

    label: str
    value: str


class Step(_Part):
    """One line of a timeline, newest first. Shrinks to ``when  what · where``."""

    when: str
    what: str
    where: str = ""
    done: bool = True


class Table(_Part):
    """Rows under headings. Shrinks first to fewer rows, then to its first `key_columns`, then to a count line."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: str = ""
    """Sentence for what is not shown, ready in the reader's language; `{n}` stands for the number of hidden rows."""
    hidden: int = 0
    """Rows left out before the table reached the card."""
    key_columns: int = 2


class Action(_Part):
    """Something to press. `say` is what pressing it says for the person; a channel without buttons prints it."""

    label: str
    say: str = ""
    url: str = ""
    number: int = 0
    """Its place among the choices of a question, which may be typed instead; 0: it is no choice."""
    style: Literal["default", "primary", "danger"] = "default"


class File(_Part):
    """A file to hand over; `reference` is resolved by the core, never a path chosen by a person."""

    name: str
    media_type: str
    reference: str


class Card(_Part):
    """An answer or an alert. Every part may be empty; the order of showing is the order of the fields.

    How it shrinks when a channel's size limit is met (`bot.contracts.shrink`): table rows and timeline steps, table
    columns, files, table and timeline altogether, actions; title, text, fields and the footer always stay.
    """

    language: Literal["en", "zh-Hans", "zh-Hant"] = "en"
    title: str = ""
    tone: Tone = Tone.NEUTRAL
    text: tuple[str, ...] = ()
    """Paragraphs, plain text: the adapter escapes them for its markup."""
    fields: tuple[Field, ...] = ()
    timeline: tuple[Step, ...] = ()
    timeline_more: str = ""
    """Sentence used when steps are left out, with `{n}`."""
    timeline_hidden: int = 0
    """Steps left out before the timeline reached the card."""
    table: Table | None = None
    actions: tuple[Action, ...] = ()
    files: tuple[File, ...] = ()
    footer: str = ""
    """Where the data comes from and how old it is."""
    reference: str = ""
    """`A-1024` or `C-204`, when the card is about one."""
