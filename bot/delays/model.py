"""What delays judges, and its verdicts: frozen values; every instant is aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple


class Severity(StrEnum):
    """How bad a lateness is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"  # never set by a rule of ours until an administrator configures it


class Subject(NamedTuple):
    """A parcel or linehaul as far as lateness needs it. The status is the effective one, with what carries it.

    A tuple, as is `Due`: a sweep and an ingest make them by the thousand.
    """

    kind: Literal["parcel", "movement", "consignment", "container", "uld", "bag"]
    milestone: str | None
    """None: nothing that counts has been reported."""
    stage: int | None
    status_at: datetime | None
    mode: str | None = None
    """`air`, `rail`, `truck`."""
    hub: str | None = None
    country: str | None = None
    """Of destination, ISO 3166 alpha-2."""
    promised_at: datetime | None = None
    final: bool = False
    held_since: datetime | None = None
    """An open hold; its milestone says whose."""
    hold: str | None = None
    planned_departure: datetime | None = None
    departed_at: datetime | None = None
    planned_arrival: datetime | None = None
    expected_arrival: datetime | None = None
    told_at: datetime | None = None
    """When the carrier told the expected arrival."""
    arrived_at: datetime | None = None


class Due(NamedTuple):
    """An instant at which something must have happened: `milestone` by `at`, else `rule` is broken."""

    at: datetime
    milestone: str
    """What ends the lateness; any later stage does as well."""
    rule: str
    """`D06`, `D24` ... of the delay rules."""
    severity: Severity


@dataclass(frozen=True, slots=True)
class Estimate:
    """When a parcel may be delivered, as a range; never a promise."""

    earliest: datetime
    latest: datetime
    share: float
    """Share of comparable parcels that arrive within the range, 0 to 1."""
    basis: Literal["standards", "history"]
