"""What tracking tells the other rooms: frozen pictures of parcels, linehauls, lists. Instants are aware UTC.

The pictures every question is answered from are named tuples: a frozen dataclass takes three times as long to make.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from bot.understanding.numbers import canonical

Precision = Literal["second", "minute", "day"]
Scope = Literal["parcel", "bag", "uld", "container", "consignment", "movement"]
LinehaulKind = Literal["movement", "consignment", "container", "uld", "bag"]
Mode = Literal["air", "rail", "truck"]

_NO_COUNTS: Mapping[str, int] = MappingProxyType({})


class EventView(NamedTuple):
    """One visible event of a parcel, at the level that reported it."""

    id: int
    milestone: str
    occurred_at: datetime | None
    """None: the source gave no time. A day is given by its noon where it happened."""
    precision: Precision
    received_at: datetime
    location: str | None
    reason: str | None
    source: str
    text: str | None
    scope: Scope
    scope_key: str
    """The parcel's number, or the key of the linehaul."""
    operator: str | None
    quality: frozenset[str]
    """Some of clock_skew, tz_assumed, inferred, activity_after_final."""


class HoldView(NamedTuple):
    """A hold that is open now."""

    milestone: str
    reason: str | None
    since: datetime | None
    location: str | None


class LinehaulView(NamedTuple):
    """One flight, train, air waybill, container, air pallet or bag, as far as the reader may see it."""

    id: int
    kind: LinehaulKind
    key: str
    """`CV7911/2026-11-24` for a movement (local departure date), the number itself otherwise."""
    number: str
    mode: Mode | None
    origin: str | None
    hub: str | None
    planned_departure: datetime | None
    departed_at: datetime | None
    planned_arrival: datetime | None
    expected_arrival: datetime | None
    """The latest estimate of the carrier; None: as planned."""
    arrived_at: datetime | None
    milestone: str | None
    status_at: datetime | None
    late_since: datetime | None
    events: tuple[EventView, ...] = ()
    """Newest first."""
    parcels: int = 0
    """In the reader's scope."""
    by_stage: Mapping[str, int] = _NO_COUNTS
    """Parcels in the reader's scope by their effective milestone; `UNKNOWN` where there is none yet."""
    late_parcels: int = 0
    data_as_of: datetime | None = None


class ParcelView(NamedTuple):
    """Where one parcel is, by its own events and those of everything that carried it."""

    id: int
    partner_id: int
    partner: str
    """The partner's code."""
    number: str
    aliases: tuple[str, ...]
    """Its other numbers."""
    lane: str | None
    mode: Mode | None
    hub: str | None
    country: str | None
    carrier: str | None
    promised_at: datetime | None
    milestone: str | None
    """None: known, but nothing that counts has been reported."""
    stage: int | None
    status_at: datetime | None
    place: str | None
    source: str | None
    final: bool
    reason: str | None
    holds: tuple[HoldView, ...]
    flags: frozenset[str]
    """Some of customs_predeclared, activity_after_final, clock_skew."""
    attempts: int
    events: tuple[EventView, ...]
    """Visible ones, newest first."""
    linehaul: LinehaulView | None
    """The outermost unit that carries it now, or carried it last."""
    due_at: datetime | None
    due_milestone: str | None
    late_since: datetime | None
    late_rule: str | None
    data_as_of: datetime
    """When the slowest of the sources that speak of this parcel was last heard."""
    precision: Precision = "second"
    """Of `status_at`; a day is given by its noon where it happened."""

    @property
    def kind(self) -> str:
        """What sort of number its main one is; empty when it has no known shape."""
        found = canonical(self.number)
        return found.kind if found is not None else ""


@dataclass(frozen=True, slots=True)
class LateRow:
    """One late parcel in a list."""

    number: str
    parcel_id: int
    milestone: str | None
    place: str | None
    status_at: datetime | None
    late_since: datetime
    rule: str | None
    linehaul: str | None
    """Key of the outermost linehaul."""
    country: str | None
    hub: str | None


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One held parcel in a list."""

    number: str
    hold: str
    """The milestone that says so; the oldest open one."""
    reason: str | None
    since: datetime
    place: str | None
    linehaul: str | None
    """Key of the outermost linehaul."""


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """Held parcels with the same hold and reason, counted."""

    hold: str
    reason: str | None
    parcels: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which parcels are meant; None does not restrict. The period is [since, until) of the last
    status, in a list of late or held parcels of the instant from which they are."""

    hub: str | None = None
    """Routed through this hub, wherever they are now."""
    at_hub: str | None = None
    """At this hub now: arrived there and not handed over yet. For lists; figures know routes alone."""
    mode: str | None = None
    country: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    linehauls: frozenset[int] | None = None
    """Carried by one of these; for lists."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of the parcels in a scope and filter."""

    total: int
    by_stage: Mapping[str, int]
    """By milestone; `UNKNOWN` where nothing that counts was reported."""
    received: int
    """At the hub or beyond, and not on the way back."""
    delivered: int
    late: int
    held: int
    returned: int
    linehauls: int = 0
    """Flights and trains on the way (departed, not arrived) with parcels of the scope."""
    late_linehauls: int = 0
