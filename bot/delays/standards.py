"""Service standards: how long each leg takes, what is due next, and when a parcel may be delivered."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from bot.delays.calendars import Calendars
from bot.delays.model import Due, Estimate, Severity, Subject

_DAY_HOURS = 24.0
_SHARE = 0.8
"""From the median to the ninetieth percentile of every leg: about eight in ten parcels arrive before its end."""


@dataclass(frozen=True, slots=True)
class Leg:
    """From one milestone to the next: median and ninetieth percentile, hours or working days of a country."""

    start: str
    end: str
    applies: str
    unit: str
    p50: float
    p90: float


def _read() -> tuple[Leg, ...]:
    with (Path(__file__).with_name("data") / "standards.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Leg(row["from"], row["to"], row["applies"], row["unit"], float(row["p50"]), float(row["p90"]))
            for row in csv.DictReader(file)
        )


LEGS = _read()
_ROAD = (
    "ANNOUNCED", "COLLECTED", "ORIGIN_ACCEPTED", "ORIGIN_SORT_OUT", "EXPORT_CUSTOMS_RELEASED", "LINEHAUL_TENDERED",
    "LINEHAUL_DEPARTED", "LINEHAUL_ARRIVED", "HUB_RECEIVED", "IMPORT_CUSTOMS_STARTED", "IMPORT_CUSTOMS_RELEASED",
    "HUB_PROCESSED", "LASTMILE_HANDED_OVER", "DELIVERED",
)  # fmt: skip
_STAGE_ON_ROAD = {
    "ANNOUNCED": 10, "COLLECTED": 20, "ORIGIN_ACCEPTED": 30, "ORIGIN_SORT_OUT": 45, "EXPORT_CUSTOMS_RELEASED": 55,
    "LINEHAUL_TENDERED": 60, "LINEHAUL_DEPARTED": 70, "LINEHAUL_ARRIVED": 80, "HUB_RECEIVED": 90,
    "IMPORT_CUSTOMS_STARTED": 100, "IMPORT_CUSTOMS_RELEASED": 110, "HUB_PROCESSED": 120, "LASTMILE_HANDED_OVER": 130,
    "DELIVERED": 180,
}  # fmt: skip
_DEPARTURE_GRACE = timedelta(hours=1)
_HOLD_DAYS = 5
_NO_SCAN_DAYS = 2
_CUSTOMS_HOURS = 24
_RECEIVE_HOURS = {"air": 12, "rail": 72, "truck": 12}


@dataclass(frozen=True, slots=True)
class Standards:
    """The first version of judgement: service standards and fixed rules. Pure."""

    calendars: Calendars = field(default_factory=Calendars)
    air_grace: timedelta = timedelta(hours=3)
    rail_grace: timedelta = timedelta(hours=24)

    def next_due(self, subject: Subject) -> Due | None:
        """What must happen next and by when; None when nothing is owed."""
        if subject.final:
            return None
        found = self._of_movement(subject) if subject.kind == "movement" else self._of_parcel(subject)
        owed = [due for due in found if due.rule not in subject.passed]
        return min(owed, key=lambda due: due.at) if owed else None

    def _of_movement(self, subject: Subject) -> Sequence[Due]:
        if subject.arrived_at is not None or (subject.stage or 0) >= 80:
            return ()
        owed = []
        if subject.planned_departure is not None and subject.departed_at is None and (subject.stage or 0) < 70:
            at = subject.planned_departure + _DEPARTURE_GRACE
            owed.append(Due(at, "LINEHAUL_DEPARTED", "D05", Severity.MEDIUM))
        rule, grace = ("D09", self.rail_grace) if subject.mode == "rail" else ("D06", self.air_grace)
        if subject.planned_arrival is not None:
            deadline = subject.planned_arrival + grace
            expected, told = subject.expected_arrival, subject.told_at
            at = min(deadline, told) if expected is not None and told is not None and expected > deadline else deadline
            owed.append(Due(at, "LINEHAUL_ARRIVED", rule, _severity(subject, grace)))
        return owed

    def _of_parcel(self, subject: Subject) -> Sequence[Due]:
        if subject.kind != "parcel":
            return ()
        owed = []
        if subject.promised_at is not None and (subject.stage or 0) < 170:
            owed.append(Due(subject.promised_at, "DELIVERED", "D24", Severity.MEDIUM))
        leg = self._leg_rule(subject)
        if leg is not None:
            owed.append(leg)
        return owed

    def _leg_rule(self, subject: Subject) -> Due | None:
        """The rule of the leg the parcel is on."""
        since, stage = subject.status_at, subject.stage
        if since is None or stage is None:
            return None
        if subject.held_since is not None and subject.hold == "IMPORT_CUSTOMS_HELD":
            at = self.calendars.add_working_days(subject.held_since, _HOLD_DAYS, "BE")
            return Due(at, "IMPORT_CUSTOMS_RELEASED", "D14", Severity.HIGH)
        if stage == 80:
            hours = _RECEIVE_HOURS.get(subject.mode or "air", 12)
            return Due(since + timedelta(hours=hours), "HUB_RECEIVED", "D10", Severity.MEDIUM)
        if 90 <= stage < 110 and subject.held_since is None:
            return Due(since + timedelta(hours=_CUSTOMS_HOURS), "IMPORT_CUSTOMS_RELEASED", "D12", Severity.MEDIUM)
        if stage == 110:
            return Due(since + timedelta(hours=_CUSTOMS_HOURS), "HUB_PROCESSED", "D16", Severity.MEDIUM)
        if stage == 130:
            at = self.calendars.add_working_days(since, _NO_SCAN_DAYS, subject.country)
            return Due(at, "LASTMILE_RECEIVED", "D18", Severity.MEDIUM)
        if 140 <= stage < 165:
            last = _leg("LASTMILE_HANDED_OVER", subject.country or "", subject.mode)
            at = self.calendars.add_working_days(since, last.p90 if last else 5, subject.country)
            return Due(at, "DELIVERED", "D19", Severity.MEDIUM)
        return None

    def estimate(self, subject: Subject, now: datetime) -> Estimate | None:
        """When the parcel may be delivered: the rest of the way at the median and at the ninetieth percentile."""
        stage = subject.stage
        if subject.kind != "parcel" or subject.final or stage is None or stage >= 170:
            return None
        early = late = max(subject.status_at or now, now - timedelta(days=2))
        known = subject.expected_arrival or subject.planned_arrival
        for start, end in pairwise(_ROAD):
            if _STAGE_ON_ROAD[end] <= stage:
                continue
            if end == "LINEHAUL_ARRIVED" and known is not None and known > now - timedelta(days=1):
                early, late = max(known, now), max(known, now) + timedelta(hours=3)
                continue
            leg = _leg(start, subject.country or "", subject.mode)
            if leg is not None:
                place = leg.unit.removeprefix("working days").strip() or subject.country
                early = self._after(early, leg.p50, leg.unit, place)
                late = self._after(late, leg.p90, leg.unit, place)
        early, late = max(early, now), max(late, now + timedelta(hours=8))
        return Estimate(early, late, _SHARE, "standards")

    def _after(self, instant: datetime, amount: float, unit: str, country: str | None) -> datetime:
        if unit in ("hours", "days"):
            return instant + timedelta(hours=amount * (_DAY_HOURS if unit == "days" else 1))
        return self.calendars.add_working_days(instant, amount, country)


def _severity(subject: Subject, grace: timedelta) -> Severity:
    late = (subject.expected_arrival or subject.planned_arrival) if subject.planned_arrival else None
    far = late is not None and subject.planned_arrival is not None and late - subject.planned_arrival > 3 * grace
    return Severity.HIGH if far else Severity.MEDIUM


def _leg(start: str, country: str, mode: str | None) -> Leg | None:
    """The leg that begins there: the country's own, else the mode's or everybody's, else other countries'."""
    for applies in ((country,), ("all", mode or "air"), ("other",)):
        for leg in LEGS:
            if leg.start == start and leg.applies in applies:
                return leg
    return None
