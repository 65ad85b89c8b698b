"""The delay rules of the first version: what a parcel or a movement owes, and by when.

Left for later: rules that need more than a subject (backlogs, feeds, cut-offs, pieces), and those never pushed (D01).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.delays.calendars import HOME, Calendars
from bot.delays.model import Due, Subject
from bot.delays.severity import BY_RULE, severity_of
from bot.delays.table import OTHER, leg_for

DEPARTURE_GRACE = timedelta(minutes=60)
SILENCE: Mapping[str, timedelta] = {"air": timedelta(hours=6), "rail": timedelta(hours=48)}
"""After the usual time of a movement without plan; then it is called silent."""
STUCK_EXTRA, STUCK_LEAST = timedelta(hours=12), timedelta(hours=48)
EXPORT_HOLD = timedelta(hours=24)
RECEIVE: Mapping[str, timedelta] = {"air": timedelta(hours=12), "rail": timedelta(hours=72)}
CUSTOMS = timedelta(hours=24)
SORTING = timedelta(hours=24)
HOLD_DAYS, FIRST_SCAN_DAYS = 5, 2
LOOK_AGAIN: Mapping[str, timedelta] = {"air": timedelta(hours=6), "rail": timedelta(hours=24)}
"""A parcel under way is looked at that often once its linehaul should be there: the linehaul's arrival is one row and
touches no parcel."""

_NO_TIME = timedelta(0)
_NEXT_AT_ORIGIN: Mapping[int, tuple[str, str]] = {
    20: ("L02", "ORIGIN_ACCEPTED"), 30: ("L03", "ORIGIN_SORT_OUT"), 40: ("L03", "ORIGIN_SORT_OUT"),
    45: ("L04", "EXPORT_CUSTOMS_STARTED"),
}
_ARRIVED, _RETURN = 80, 210


def of_movement(subject: Subject, *, air_grace: timedelta, rail_grace: timedelta) -> Iterator[Due]:
    """What a flight or train owes."""
    if subject.arrived_at is not None or (subject.stage or 0) >= _ARRIVED:
        return
    gone = subject.departed_at or (subject.status_at if (subject.stage or 0) >= 70 else None)
    if gone is None and subject.planned_departure is not None and subject.mode != "rail":
        yield _due(subject.planned_departure + DEPARTURE_GRACE, "LINEHAUL_DEPARTED", "D05")
    if subject.planned_arrival is not None:
        yield _arrival(subject, subject.planned_arrival, rail_grace if subject.mode == "rail" else air_grace)
    elif gone is not None:
        leg = leg_for("L07", subject.mode or "air")
        usual = timedelta(hours=leg.p90 if leg else 0) + SILENCE.get(subject.mode or "", SILENCE["air"])
        yield _due(gone + usual, "LINEHAUL_ARRIVED", "D08")


def _arrival(subject: Subject, planned: datetime, grace: timedelta) -> Due:
    """Late when the deadline passes, or as soon as the carrier says that it will."""
    rule = "D09" if subject.mode == "rail" else "D06"
    deadline, expected = planned + grace, subject.expected_arrival
    told = subject.told_at or subject.departed_at
    at = min(deadline, told) if expected is not None and told is not None and expected > deadline else deadline
    return _due(at, "LINEHAUL_ARRIVED", rule, (expected or deadline) - planned)


Deadline = tuple[datetime, str, str]
"""When, what, by which rule."""


def of_parcel(subject: Subject, calendars: Calendars, now: datetime | None) -> list[Due]:
    """What a parcel owes: its promise, and the end of the leg it is on."""
    stage, since, owed = subject.stage or 0, subject.status_at, []
    if subject.promised_at is not None and stage < _RETURN:
        owed.append(Due(subject.promised_at, "DELIVERED", "D24", BY_RULE["D24"]))
    if since is not None and stage:
        leg = _held(subject, subject.held_since, calendars) if subject.held_since is not None else None
        leg = leg or _on_leg(subject, stage, since, calendars, now)
        if leg is not None:
            owed.append(Due(*leg, BY_RULE[leg[2]]))
    return owed


def _held(subject: Subject, since: datetime, calendars: Calendars) -> Deadline | None:
    if subject.hold == "IMPORT_CUSTOMS_HELD":
        return calendars.of(HOME).add_working_days(since, HOLD_DAYS), "IMPORT_CUSTOMS_RELEASED", "D14"
    if subject.hold == "EXPORT_CUSTOMS_HELD":
        return since + EXPORT_HOLD, "EXPORT_CUSTOMS_RELEASED", "D03"
    return None


def _on_leg(
    subject: Subject, stage: int, since: datetime, calendars: Calendars, now: datetime | None
) -> Deadline | None:
    if stage < 60:
        return _at_origin(stage, since)
    if stage <= 80:
        return _under_way(subject, stage, since, now)
    if stage < 110:
        return (since + CUSTOMS, "IMPORT_CUSTOMS_RELEASED", "D12") if subject.held_since is None else None
    if stage == 110:
        return since + SORTING, "HUB_PROCESSED", "D16"
    return _last_mile(subject, stage, since, calendars)


def _at_origin(stage: int, since: datetime) -> Deadline | None:
    name, awaited = _NEXT_AT_ORIGIN.get(stage, ("", ""))
    leg = leg_for(name) if name else None
    if leg is None:
        return None
    return since + max(timedelta(hours=leg.p90) + STUCK_EXTRA, STUCK_LEAST), awaited, "D02"


def _under_way(subject: Subject, stage: int, since: datetime, now: datetime | None) -> Deadline:
    """From tender to the hub. Before arrival this is not a deadline but the instant to look again."""
    mode = subject.mode or "air"
    receive = RECEIVE.get(mode, RECEIVE["air"])
    if stage == _ARRIVED:
        return since + receive, "HUB_RECEIVED", "D10"
    arrival = subject.expected_arrival or subject.planned_arrival
    if arrival is None:
        legs = ("L07",) if stage >= 70 else ("L06", "L07")
        arrival = since + timedelta(hours=sum(leg.p50 for name in legs if (leg := leg_for(name, mode))))
    at = arrival + receive
    if now is not None and at <= now:
        at = now + LOOK_AGAIN.get(mode, LOOK_AGAIN["air"])
    return at, "HUB_RECEIVED", "D10"


def _last_mile(subject: Subject, stage: int, since: datetime, calendars: Calendars) -> Deadline | None:
    calendar = calendars.of(subject.country or HOME)
    if stage == 130:
        return calendar.add_working_days(since, FIRST_SCAN_DAYS), "LASTMILE_RECEIVED", "D18"
    if 140 <= stage <= 165:
        leg = leg_for("L13", subject.country, OTHER)
        return calendar.add_working_days(since, leg.p90 if leg else 0), "AVAILABLE_FOR_PICKUP", "D19"
    return None


def _due(at: datetime, milestone: str, rule: str, late_by: timedelta = _NO_TIME) -> Due:
    return Due(at, milestone, rule, severity_of(rule, late_by))
