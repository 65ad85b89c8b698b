"""What is said of a flight, a train or another carrier: its name, where it is, how late."""

from datetime import datetime, timedelta

from bot.skills.parcels.phrases import capital
from bot.tracking.views import LinehaulView
from bot.wording import Words

_ON_TIME = timedelta(minutes=15)
_OVERDUE = timedelta(hours=1)
"""After the planned departure: later it is worth saying that nothing was reported."""


def haul_name(words: Words, haul: LinehaulView) -> str:
    """`flight CV7911`, `班列 X8155`, `主单 157-12345675`."""
    if haul.kind == "movement" and haul.mode is not None:
        return words.say(f"trade.linehaul.movement.{haul.mode}", number=haul.number)
    return words.say(f"trade.linehaul.{haul.kind}", number=haul.number)


def haul_line(words: Words, haul: LinehaulView) -> str:
    """Where it is, in one sentence."""
    name = capital(words, haul_name(words, haul))
    hub = words.place(haul.hub) if haul.hub else words.say("trade.some_hub")
    origin = words.place(haul.origin) if haul.origin else words.say("parcels.some_origin")
    if haul.arrived_at is not None:
        late = lateness(words, haul.planned_arrival, haul.arrived_at)
        return words.say("parcels.haul.arrived", haul=name, hub=hub, when=words.clock(haul.arrived_at), late=late)
    if haul.departed_at is not None:
        return _under_way(words, haul, name=name, hub=hub, origin=origin)
    if haul.planned_departure is not None:
        overdue = words.now - haul.planned_departure > _OVERDUE
        key = "parcels.haul.overdue" if overdue else "parcels.haul.planned"
        return words.say(key, haul=name, origin=origin, when=words.clock(haul.planned_departure))
    return words.say("parcels.haul.on", haul=haul_name(words, haul))


def lateness(words: Words, planned: datetime | None, actual: datetime | None) -> str:
    """`, 3 h late`, `, on time`, or nothing where no plan is known."""
    if planned is None or actual is None:
        return ""
    if actual - planned < _ON_TIME:
        return words.say("parcels.haul.punctual")
    return words.say("parcels.haul.late", length=words.length(actual - planned))


def expected(haul: LinehaulView) -> datetime | None:
    """When it should arrive by what is known now."""
    return haul.expected_arrival or haul.planned_arrival


def is_late(haul: LinehaulView) -> bool:
    """Whether it arrived late, is expected late, or is judged late."""
    latest = haul.arrived_at or haul.expected_arrival
    if haul.planned_arrival is not None and latest is not None:
        return latest - haul.planned_arrival >= _ON_TIME
    return haul.late_since is not None and haul.arrived_at is None


def is_overdue(haul: LinehaulView, now: datetime) -> bool:
    """Whether something it should have reported by now is missing."""
    if haul.arrived_at is not None:
        return False
    due = expected(haul) if haul.departed_at is not None else haul.planned_departure
    return due is not None and now - due > _OVERDUE


def _under_way(words: Words, haul: LinehaulView, *, name: str, hub: str, origin: str) -> str:
    departed = haul.departed_at
    assert departed is not None
    due = expected(haul)
    if due is None:
        return words.say("parcels.haul.bound", haul=name, origin=origin, when=words.clock(departed), hub=hub)
    if due < words.now:
        return words.say(
            "parcels.haul.missing", haul=name, origin=origin, when=words.clock(departed), hub=hub, due=words.clock(due)
        )
    late = lateness(words, haul.planned_arrival, haul.expected_arrival)
    return words.say(
        "parcels.haul.under_way",
        haul=name, origin=origin, when=words.clock(departed), hub=hub, due=words.clock(due), late=late,
    )  # fmt: skip
