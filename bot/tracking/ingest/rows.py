"""One row of a feed in our own terms, whatever format it came in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.tracking.codes import Precision

_TRAIN_OR_FLIGHT = r"X8[0-9]{3}(?:/X8[0-9]{3})?|[A-Z0-9]{2}[0-9]{3,4}[A-Z]?"
_MOVEMENT = re.compile(rf"(?P<number>{_TRAIN_OR_FLIGHT})(?:/(?P<date>20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}))?")
_WAYBILL = re.compile(r"([0-9]{3})[- ]?([0-9]{8})")
_CONTAINER = re.compile(r"[A-Z]{4}[0-9]{7}")
_ULD = re.compile(r"[A-Z]{3}[0-9]{4,5}[A-Z0-9]{2,3}")


@dataclass(frozen=True, slots=True)
class Ref:
    """A linehaul as a feed names it."""

    kind: str
    number: str
    date: str | None = None
    """Local departure date of a movement, when the feed says it."""

    @property
    def key(self) -> str:
        """`CV7911/2026-11-24`, or the number itself."""
        return f"{self.number}/{self.date}" if self.date else self.number


@dataclass(slots=True, kw_only=True)
class EventRow:
    """An event of a parcel (`number`) or of a linehaul (`linehaul` alone). Instants are aware."""

    milestone: str
    received: datetime
    number: str | None = None
    partner: str | None = None
    linehaul: Ref | None = None
    """What the event speaks of when there is no number, else what carries the parcel."""
    of_linehaul: bool = False
    """The event happened to the linehaul, though the row names a parcel in it."""
    units: tuple[Ref, ...] = ()
    """Further units the parcel is in, the innermost first."""
    occurred: datetime | None = None
    precision: Precision = Precision.SECOND
    lane: str | None = None
    promised: datetime | None = None
    location: str | None = None
    source: str = "feed"
    event_id: str | None = None
    reason: str | None = None
    plan: Mapping[str, datetime] = field(default_factory=dict)
    contains: tuple[str, ...] = ()
    voids: str | None = None
    aliases: tuple[str, ...] = ()
    operator: str | None = None
    zone: str | None = None
    code: str | None = None
    note: str | None = None
    pieces: int | None = None
    pieces_total: int | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken."""

    line: int
    reason: str
    row: str


@dataclass(slots=True)
class Counts:
    """What became of the rows of a feed."""

    read: int = 0
    new: int = 0
    duplicate: int = 0
    rejected: int = 0

    def add(self, other: "Counts") -> None:
        """Sum up."""
        self.read += other.read
        self.new += other.new
        self.duplicate += other.duplicate
        self.rejected += other.rejected


def parse_ref(text: str) -> Ref:
    """A flight, train, waybill, container, air pallet; anything else is a bag."""
    name = text.strip().upper()
    if hit := _MOVEMENT.fullmatch(name):
        return Ref("movement", hit["number"], hit["date"])
    if hit := _WAYBILL.fullmatch(name):
        return Ref("consignment", f"{hit[1]}-{hit[2]}")
    if _CONTAINER.fullmatch(name):
        return Ref("container", name)
    if _ULD.fullmatch(name):
        return Ref("uld", name)
    return Ref("bag", name[:64])
