"""Sentences about one parcel, each with one thing to say; empty when there is nothing to say."""

from datetime import UTC, date, datetime

from sqlalchemy import Connection

from bot.contracts import Field
from bot.delays import Estimate, Subject
from bot.skills.base import Ask, Estimator
from bot.skills.parcels.hauls import haul_line
from bot.skills.parcels.phrases import aged, capital, happening, labelled, moment, source_name, status_event
from bot.skills.parcels.steps import action_needed
from bot.tracking.silence import silent_sources
from bot.tracking.views import EventView, HoldView, ParcelView
from bot.wording import Words

_HAUL_MATTERS = range(50, 130)
"""Stages in which the linehaul is what people ask about."""
_NEWS = frozenset({"ETA_CHANGED", "NUMBER_CHANGED", "ADDRESS_CHANGED", "DELIVERY_SCHEDULED", "CLAIM_ISSUED"})
_MOST_IN_TEN = 9
_DELIVERY_ZONE = UTC
"""A promised day is kept as the end of that day in UTC; in Europe, where parcels are delivered, it is the same day."""


def last_event(words: Words, view: ParcelView) -> str:
    """The last event that counts, its place, time and age."""
    if view.milestone is None:
        return words.say("parcels.no_scan")
    if _told_by_hold(view):
        return ""
    event = status_event(view)
    reason = event.reason if event is not None else None
    what = capital(words, happening(words, milestone=view.milestone, reason=reason, place=view.place))
    if event is not None and event.occurred_at is None:
        return words.say("parcels.last_without_time", what=what, when=aged(words, event.received_at))
    if view.status_at is None:
        return words.say("parcels.last_without_any_time", what=what)
    if event is not None and event.precision == "day":
        return words.say("parcels.last_day", what=what, day=words.near_day(view.status_at))
    return words.say("parcels.last", what=what, when=words.when(view.status_at), age=words.age(view.status_at))


def news(words: Words, view: ParcelView) -> str:
    """What was reported after the status without changing it: an exception, a new date, a new number."""
    event = next((one for one in view.events if _is_news(one, view)), None)
    if event is None:
        return ""
    what = capital(words, happening(words, milestone=event.milestone, reason=event.reason, place=event.location))
    return words.say("parcels.news", what=what, when=moment(words, event))


def holds(words: Words, view: ParcelView) -> list[str]:
    """Every open hold: since when, why, and what is expected from whom."""
    return [_hold(words, hold, alone=_told_by_hold(view) and place == 0) for place, hold in enumerate(view.holds)]


def linehaul(words: Words, view: ParcelView) -> str:
    """The flight or train, while it still matters."""
    if view.linehaul is None or (view.stage is not None and view.stage not in _HAUL_MATTERS):
        return ""
    return haul_line(words, view.linehaul)


def late(words: Words, view: ParcelView) -> str:
    """That it is late, and since when."""
    if view.late_since is None or view.final:
        return ""
    return words.say(
        "parcels.late", when=words.clock(view.late_since), length=words.length(words.now - view.late_since)
    )


def silence(ask: Ask, conn: Connection, view: ParcelView) -> str:
    """The source that should have spoken long ago, so that nobody takes old news for new."""
    if view.final:
        return ""
    gaps = {name: gap for name, gap in ask.services.usual_gaps.items() if any(e.source == name for e in view.events)}
    if not gaps:
        return ""
    silent = {one.name: one.since for one in silent_sources(conn, ask.now, gaps)}
    for event in view.events:
        if event.source in silent:
            when = ask.words.clock(silent[event.source])
            return ask.words.say("parcels.silent", source=source_name(ask.words, event.source), when=when)
    return ""


def promise(words: Words, view: ParcelView) -> Field | None:
    """The date owed, and what became of it."""
    if view.promised_at is None:
        return None
    return labelled(words.say("parcels.field.promise"), _promise(words, view, view.promised_at))


def estimate(words: Words, view: ParcelView, estimator: Estimator) -> Field | None:
    """When parcels like this one arrive; a range with its share, never a date that somebody could hold us to."""
    text = usual_range(words, view, estimator)
    return labelled(words.say("parcels.field.estimate"), text) if text else None


def usual_range(words: Words, view: ParcelView, estimator: Estimator) -> str:
    """`8 in 10 comparable parcels arrive 24–26 Nov`; empty when nothing honest can be said."""
    estimated = likely(view, estimator, words.now)
    if estimated is None:
        return ""
    share = min(_MOST_IN_TEN, max(1, round(estimated.share * 10)))
    return words.say("parcels.usually", share=share, days=_days(words, estimated))


def usual_days(words: Words, view: ParcelView, estimator: Estimator) -> str:
    """The days alone, for a table whose footer says what they mean."""
    estimated = likely(view, estimator, words.now)
    return "" if estimated is None else _days(words, estimated)


def delivery_day(instant: datetime) -> date:
    """The day at the place of delivery: a promise for Friday stays Friday for a reader in Beijing."""
    return instant.astimezone(_DELIVERY_ZONE).date()


def subject_of(view: ParcelView) -> Subject:
    """The parcel as delays judge it."""
    hold = view.holds[0] if view.holds else None
    haul = view.linehaul
    return Subject(
        kind="parcel", milestone=view.milestone, stage=view.stage, status_at=view.status_at, mode=view.mode,
        hub=view.hub, country=view.country, promised_at=view.promised_at, final=view.final,
        held_since=hold.since if hold else None, hold=hold.milestone if hold else None,
        planned_departure=haul.planned_departure if haul else None, departed_at=haul.departed_at if haul else None,
        planned_arrival=haul.planned_arrival if haul else None,
        expected_arrival=haul.expected_arrival if haul else None, arrived_at=haul.arrived_at if haul else None,
    )  # fmt: skip


def likely(view: ParcelView, estimator: Estimator, now: datetime) -> Estimate | None:
    """A range that has not passed yet; when it has, the honest thing is to give none."""
    if view.final:
        return None
    estimated = estimator.estimate(subject_of(view), now)
    return None if estimated is None or estimated.latest < now else estimated


def _days(words: Words, estimated: Estimate) -> str:
    return words.days(delivery_day(max(estimated.earliest, words.now)), delivery_day(estimated.latest))


def _is_news(event: EventView, view: ParcelView) -> bool:
    if not (event.milestone in _NEWS or event.milestone.startswith("EXC_")):
        return False
    if any(hold.milestone == event.milestone for hold in view.holds):
        return False
    return view.status_at is None or (event.occurred_at or event.received_at) > view.status_at


def _told_by_hold(view: ParcelView) -> bool:
    """The hold is the last event: one sentence says both."""
    return any(hold.milestone == view.milestone and hold.since is not None for hold in view.holds[:1])


def _hold(words: Words, hold: HoldView, *, alone: bool) -> str:
    """`alone`: it stands for the last event too, so it names place and zone."""
    what = capital(words, words.milestone(hold.milestone))
    if alone and hold.location:
        what = words.say("parcels.hold_at", what=what, place=words.place(hold.location))
    if hold.since is not None:
        when = words.when(hold.since) if alone else words.clock(hold.since)
        what = words.say("parcels.hold_since", what=what, when=when, length=words.length(words.now - hold.since))
    if hold.reason is not None and hold.reason != "OTHER":
        what = words.say("parcels.hold_reason", what=what, reason=words.reason(hold.reason))
    sentence = words.say("parcels.sentence", text=what)
    action = action_needed(words, hold.reason)
    return words.say("parcels.two_sentences", first=sentence, second=action) if action else sentence


def _promise(words: Words, view: ParcelView, promised: datetime) -> str:
    day = words.day(delivery_day(promised))
    ended = view.status_at if view.milestone == "DELIVERED" else None
    if ended is not None:
        kept = ended <= promised
        return words.say("parcels.promise.kept" if kept else "parcels.promise.missed", day=day)
    if not view.final and words.now > promised:
        return words.say("parcels.promise.passed", day=day, length=words.length(words.now - promised))
    return day
