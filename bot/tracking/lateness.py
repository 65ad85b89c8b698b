"""Lateness as tracking tells it to the alerts: it started (from the sweep), it ended (from ingest).

A subject is late by one rule at a time, the one kept in its `late_*` columns. When a later rule takes its place the
sweep says so with `replaces`; the earlier lateness has then not ended, it went on under another name.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection

SubjectKind = Literal["parcel", "linehaul"]


class LateStarted(NamedTuple):
    """A deadline has passed without what was due. Said once for each subject and rule."""

    subject_kind: SubjectKind
    id: int
    """Of the parcel or the linehaul."""
    key: str
    """The parcel's main number, the linehaul's key (`CV7911/2026-11-24`)."""
    partner_id: int | None
    """None for a linehaul: it may carry parcels of several partners."""
    rule: str
    """`D06`, `D24` ... of the delay rules."""
    milestone: str
    """What ends the lateness; any later stage does as well."""
    late_since: datetime
    """The deadline that passed, not the instant at which it was noticed."""
    linehaul_id: int | None
    """The outermost linehaul known of a parcel; of a linehaul, what carries it, else itself."""
    hub: str | None
    mode: str | None
    country: str | None
    """Of destination, ISO 3166 alpha-2."""
    lane: str | None = None
    """The lane's name as the feed wrote it."""
    replaces: str | None = None
    """The rule by which the same subject was late until now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatenessEnded:
    """A late subject is no longer late: what was due (or a later stage) arrived, or the expectation was mended."""

    subject_kind: SubjectKind
    id: int
    rule: str
    """The rule by which it was late."""
    milestone: str | None
    """What ended it; None when nothing arrived but it is no longer late (re-timed, voided, promise moved)."""
    at: datetime | None
    """When that happened in the world; None when the source gave no time."""


RetimedObserver = Callable[[Connection, Collection[int], datetime], None]
"""Called by ingest as below, with the linehauls that are expected at another time than before."""

LatenessObserver = Callable[[Connection, Sequence[LatenessEnded], datetime], None]
"""Called by ingest inside its own transaction, perhaps more than once (a unit may be run again); the instant is now."""
