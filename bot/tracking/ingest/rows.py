"""One row of a feed in our own terms, whatever format it came in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.tracking.codes import Precision
from bot.tracking.refs import Ref

NOTHING_PLANNED: Mapping[int, int] = {}


@dataclass(slots=True)
class EventRow:
    """An event of a parcel (`number`) or of a linehaul (`linehaul` alone). Instants are microseconds."""

    milestone: int
    received: int
    number: str | None = None
    partner: str | None = None
    linehaul: Ref | None = None
    """What the event speaks of when there is no number, else the movement or consignment that carries the parcel."""
    units: tuple[Ref, ...] = ()
    """Further things the parcel is in, the innermost first: bag, air pallet, container, consignment."""
    of_linehaul: bool = False
    """The event happened to what carries the parcel, though the row names a parcel in it."""
    occurred: int | None = None
    precision: int = Precision.SECOND
    local_date: str | None = None
    """The day on the clocks where it happened; dates a departure."""
    lane: str | None = None
    promised: int | None = None
    location: str | None = None
    source: str = ""
    event_id: str | None = None
    reason: int | None = None
    plan: Mapping[int, int] = field(default_factory=lambda: NOTHING_PLANNED)
    """Planned instants by milestone."""
    contains: tuple[Ref, ...] = ()
    inside: tuple[str, ...] = ()
    """Numbers of parcels it contains."""
    voids: str | None = None
    aliases: tuple[tuple[int, str], ...] = ()
    """Other numbers of the parcel by role."""
    operator: str | None = None
    zone: str | None = None
    quality: int = 0
    code: str | None = None
    unknown: bool = False
    """Nobody knows what the code means: the event is kept as information."""
    note: str | None = None
    pieces: int | None = None
    pieces_total: int | None = None
    line: int = 0
    """Where it stands in its file or list, to name it when it cannot be stored."""


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
    unknown: int = 0
    """Of the new ones: with codes nobody knows."""
    quarantined: int = 0
    """Of the new ones: too far in the future to count."""

    def add(self, other: "Counts") -> None:
        """Sum up."""
        self.read += other.read
        self.new += other.new
        self.duplicate += other.duplicate
        self.rejected += other.rejected
        self.unknown += other.unknown
        self.quarantined += other.quarantined
