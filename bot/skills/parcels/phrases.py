"""Pieces of sentences every parcel answer is made of: an event, a moment, a status, a footer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from bot.contracts import Action, Field, Table
from bot.tracking.views import EventView, ParcelView
from bot.wording import Words
from bot.wording.stages import STAGES, stage_of

ALONG = tuple(reversed(STAGES))
"""Stages as counts show them: furthest along first."""
_ROLES = frozenset({"carrier"})
"""Feeds called by what they are."""
_LIST = 10
_REASON_IS_SAID = frozenset({"OTHER"})
"""Reasons that say nothing."""


def capital(words: Words, text: str) -> str:
    """The text as the beginning of an English line; Chinese has no capitals."""
    return text[:1].upper() + text[1:] if words.language == "en" else text


def joined(words: Words, items: Sequence[str], *, at_most: int = _LIST) -> str:
    """Several things in a row, the rest counted."""
    shown = words.say("parcels.list_comma").join(items[:at_most])
    hidden = len(items) - at_most
    return shown if hidden <= 0 else words.many("parcels.list_more", hidden, items=shown)


def title(words: Words, number: str, view: ParcelView) -> str:
    """`LX123456785CN · In import clearance (Liège)`."""
    status = capital(words, short_status(words, view))
    if view.place and not view.holds:
        return words.say("parcels.title_at", number=number, status=status, place=words.place(view.place))
    return words.say("parcels.title", number=number, status=status)


def short_status(words: Words, view: ParcelView) -> str:
    """The status in a word or two; a hold goes before the milestone it interrupts."""
    if view.holds:
        return words.milestone(view.holds[0].milestone)
    return words.stage(view.milestone)


def folded(view: ParcelView) -> str:
    """The stage the parcel is counted under."""
    return "held" if view.holds else stage_of(view.milestone)


def happening(words: Words, *, milestone: str, reason: str | None, place: str | None) -> str:
    """`Delivery attempted (addressee not at home), Namur`."""
    what = words.milestone(milestone)
    said = words.reason(reason) if reason and reason not in _REASON_IS_SAID else ""
    if said and place:
        return words.say("parcels.because_at", what=what, reason=said, place=words.place(place))
    if said:
        return words.say("parcels.because", what=what, reason=said)
    return words.say("parcels.at_place", what=what, place=words.place(place)) if place else what


def moment(words: Words, event: EventView) -> str:
    """When an event happened, as exactly as its source said."""
    if event.occurred_at is None:
        return words.say("parcels.time_unknown")
    return words.near_day(event.occurred_at) if event.precision == "day" else words.clock(event.occurred_at)


def status_event(view: ParcelView) -> EventView | None:
    """The event that decided the status."""
    for event in view.events:
        if event.milestone == view.milestone and event.occurred_at in (view.status_at, None):
            return event
    return next((event for event in view.events if event.milestone == view.milestone), None)


def as_of(words: Words, views: Sequence[ParcelView], *, zone: bool = True) -> str:
    """How fresh the data is and, of one parcel, where it comes from. What is over needs no fresh data."""
    heard = min(map(_heard, [view for view in views if not view.final] or views))
    when = words.when(heard) if zone else words.clock(heard)
    source = views[0].source if len(views) == 1 else None
    if source:
        return words.say("parcels.as_of_source", when=when, source=source_name(words, source))
    return words.say("parcels.as_of", when=when)


def source_name(words: Words, source: str) -> str:
    """A feed as a person says it: a name stays, a word for what it is does not."""
    return words.say(f"parcels.source.{source}") if source in _ROLES else source


def _heard(view: ParcelView) -> datetime:
    """The slowest source may have nothing more to say of it: the newest report counts as well."""
    return max([view.data_as_of, *(event.received_at for event in view.events)])


def counts(words: Words, by_stage: Mapping[str, int]) -> str:
    """`21 delivered, 4 in import clearance`: furthest along first."""
    items = [
        words.say("parcels.count", n=words.number(count), stage=words.say(f"trade.stage.{stage}"))
        for stage, count in by_stage.items()
    ]
    return words.say("parcels.count_comma").join(items)


def stage_table(words: Words, by_milestone: Mapping[str, int]) -> Table | None:
    """Counts by milestone folded to stages, furthest along first; one stage says no more than the total."""
    counted: Counter[str] = Counter()
    for milestone, count in by_milestone.items():
        counted[stage_of(milestone)] += count
    if len(counted) < 2:
        return None
    rows = tuple(
        (capital(words, words.say(f"trade.stage.{stage}")), words.number(counted[stage]))
        for stage in ALONG if counted[stage]
    )  # fmt: skip
    return Table(columns=(words.say("parcels.column.status"), words.say("parcels.column.parcels")), rows=rows)


def press(words: Words, name: str, subject: str) -> Action:
    """A button that says, in the reader's language, what a person would type."""
    return Action(
        label=words.say(f"parcels.button.{name}"), say=words.say(f"parcels.button.{name}.say", subject=subject)
    )


@lru_cache(maxsize=1024)
def labelled(label: str, value: str) -> Field:
    """A labelled value, kept: the same few steps, owners and days are told all day."""
    return Field(label=label, value=value)


def aged(words: Words, instant: datetime) -> str:
    """Day, time and zone with the age beside them."""
    return words.say("parcels.when_and_age", when=words.when(instant), age=words.age(instant))
