"""What travels in this room: who is to get which list, its parcels, its columns and cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Connection

from bot.contracts import Language
from bot.people import PartnerScope
from bot.tracking.views import ParcelView
from bot.wording import Words

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | float | date | datetime | None
"""Datetimes are aware; the writer shows them on the reader's clock. None: an empty cell."""


class Kind(StrEnum):
    """What the cells of a column hold."""

    NUMBER = "number"  # a tracking number: text, whatever it looks like
    TEXT = "text"
    MOMENT = "moment"  # day and time on the reader's clock
    DAY = "day"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its heading in both languages, the reader's first."""

    heading: str
    also: str
    kind: Kind = Kind.TEXT
    width: float = 16.0
    """In half-width characters, the unit of spreadsheets; a Han character takes two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody is to get a list; which parcels are on it is looked up when the file is made."""

    source: str
    """Name of the `Source` that knows the list: `numbers`, `alert`."""
    asked: Mapping[str, Any]
    """What that source needs to find it again, as JSON can hold it."""
    scope: PartnerScope
    """Whose parcels the receivers may see."""
    language: Language
    zone: str
    name: str = field(compare=False)
    """Of the file, in the reader's language. The same list under another name is the same list."""
    asked_at: datetime = field(compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One row: a number and what is known of it."""

    number: str
    view: ParcelView | None = None
    """None: not found."""
    late_since: datetime | None = None
    """By what the list is about, where that is more than the parcel itself says."""
    rule: str | None = None
    mistyped: bool = False


ReadItems = Callable[[Connection, Sequence[Any]], Sequence[Item]]
"""A unit that reads the rows of some keys, in their order; what is gone or outside the scope is left out."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it stands now: one small key a row, in order, and how their rows are read."""

    keys: Sequence[Any]
    items: ReadItems
    title: str = ""
    """What the list is of, in the reader's language."""


Source = Callable[[Connection, Request, Words], Listing | None]
"""Knows one kind of list: a unit of reading. None: there is no such list for the request's scope any more."""


class Layout(Protocol):
    """The columns, and a row's cells, in the reader's words."""

    @property
    def columns(self) -> Sequence[Column]:
        """Left to right."""

    def row(self, item: Item) -> Sequence[Cell]:
        """One cell a column."""

    def about(self, listing: Listing, rows: int) -> Sequence[tuple[str, str]]:
        """Label and value of every line of the sheet that says what this is."""

    def sheets(self) -> tuple[str, str]:
        """Names of the two sheets: the list, and what it is."""
