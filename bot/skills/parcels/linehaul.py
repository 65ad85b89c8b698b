"""How is the flight, the train, the container, the waybill, and how are the reader's parcels on it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.contracts import Card, Field, Tone
from bot.skills.base import Answer, Ask
from bot.skills.parcels.aboard import lists_aboard, wants_parcels
from bot.skills.parcels.asked import look_up
from bot.skills.parcels.card import field
from bot.skills.parcels.filters import named_partners
from bot.skills.parcels.hauls import haul_line, haul_name, is_late, is_overdue, lateness
from bot.skills.parcels.lists import answer_with_lists, with_notes
from bot.skills.parcels.phrases import capital, joined, press, stage_table
from bot.skills.parcels.refusals import nothing_named, refused
from bot.tracking.queries import find_linehauls
from bot.tracking.views import LinehaulView
from bot.understanding.numbers import canonical
from bot.wording import Words
from bot.wording.stages import STAGES, stage_of

_CARDS = 3
_AFTER_DEPARTURE = frozenset(STAGES[STAGES.index("departed"):])
"""Stages of parcels that show that what carries them has left, even when it does not say so itself."""


def linehaul_status(ask: Ask, conn: Connection) -> Answer:
    """The linehauls named, or those that carry the parcels named."""
    asked = look_up(ask, conn)
    refs = asked.refs or tuple(
        dict.fromkeys(view.linehaul.key for view in asked.views if view.linehaul is not None)
    )
    if refs:
        return linehaul_answer(ask, conn, refs)
    if asked.found:
        number = asked.found[0][0]
        text = ask.words.say("parcels.haul.not_yet", number=number)
        return Answer(cards=(Card(language=ask.words.language, text=(text,)),), remember=number)
    return refused(ask, asked) if asked.given else nothing_named(ask, example="linehaul")


def linehaul_answer(ask: Ask, conn: Connection, refs: Sequence[str]) -> Answer:
    """A card for each of the first few; what nobody knows is named."""
    words = ask.words
    mistyped = [ref for ref in refs if (number := canonical(ref)) is not None and not number.valid]
    looked_at = [ref for ref in refs if ref not in mistyped][: ask.services.max_numbers]
    scope, partners = named_partners(ask, conn)
    found = find_linehauls(conn, looked_at, scope, ask.now)
    runs = [current_run(found[ref], ask.now) for ref in looked_at if ref in found]
    if partners and not runs:
        return _none_of(ask, looked_at, partners)

    def notes(words: Words) -> list[str]:
        said = _notes(words, unknown=[ref for ref in looked_at if ref not in found], mistyped=mistyped)
        if len(runs) > _CARDS:
            said.append(words.many("parcels.haul.first", _CARDS, given=words.number(len(runs))))
        return said

    named = [haul.number for haul in runs[:_CARDS]]
    if runs and wants_parcels(ask):
        lists = [one for haul in runs[:_CARDS] for one in lists_aboard(ask, conn, haul)]
        return answer_with_lists(ask, lists, named=named, notes=notes)
    cards = with_notes([linehaul_card(ask, haul, partners) for haul in runs[:_CARDS]], words, notes)
    return Answer(cards=cards, remember=" ".join(named))


def current_run(runs: Sequence[LinehaulView], now: datetime) -> LinehaulView:
    """A flight number flies every day: the run people mean is the one under way, else the last that left."""
    under_way = [run for run in runs if run.departed_at is not None and run.arrived_at is None]
    left = [run for run in runs if run.departed_at is not None or _planned_before(run, now)]
    return (under_way or left or list(runs))[0]


def _none_of(ask: Ask, refs: Sequence[str], partners: Sequence[str]) -> Answer:
    words = ask.words
    text = words.say("parcels.haul.none_of", refs=joined(words, refs), which=joined(words, partners))
    return Answer(cards=(Card(language=words.language, text=(text,)),), remember=" ".join(refs[:_CARDS]))


def linehaul_card(ask: Ask, haul: LinehaulView, partners: Sequence[str] = ()) -> Card:
    """One linehaul with the reader's parcels on it, or those of the partners an operator named."""
    words = ask.words
    fields = (
        field(words, "route", _route(words, haul)),
        field(words, "departure", _compared(words, haul.planned_departure, haul.departed_at)),
        field(words, "arrival", _arrival(words, haul)),
        field(words, "latest", _latest(words, haul)),
        field(words, "partner", joined(words, partners)) if partners else None,
        field(words, "parcels", _parcels(words, haul)),
    )
    return Card(
        language=words.language,
        title=words.say("parcels.title", number=capital(words, haul_name(words, haul)), status=_status(words, haul)),
        tone=Tone.WARNING if is_late(haul) else Tone.NEUTRAL,
        text=(haul_line(words, haul),) if is_overdue(haul, ask.now) else (),
        fields=tuple(one for one in fields if isinstance(one, Field)),
        table=stage_table(words, haul.by_stage),
        actions=() if haul.kind in ("uld", "bag") else (press(words, "follow", haul.number),),
        footer=_footer(words, haul),
    )


def _planned_before(run: LinehaulView, now: datetime) -> bool:
    return run.planned_departure is not None and run.planned_departure <= now


def _status(words: Words, haul: LinehaulView) -> str:
    if haul.arrived_at is not None:
        late = lateness(words, haul.planned_arrival, haul.arrived_at)
        return words.say("parcels.haul.is_arrived", late=late)
    if haul.departed_at is not None:
        return words.say("parcels.haul.is_under_way", late=lateness(words, haul.planned_arrival, haul.expected_arrival))
    if haul.milestone is not None:
        return words.milestone(haul.milestone)
    left = any(stage_of(code) in _AFTER_DEPARTURE for code in haul.by_stage)
    return words.say("parcels.haul.is_under_way", late="") if left else words.say("parcels.haul.is_planned")


def _latest(words: Words, haul: LinehaulView) -> str:
    """The last report, where no times of its own say it better."""
    if haul.milestone is None or haul.status_at is None or haul.departed_at is not None:
        return ""
    return words.say("parcels.haul.reported", what=words.milestone(haul.milestone), when=words.clock(haul.status_at))


def _route(words: Words, haul: LinehaulView) -> str:
    ends = [words.place(place) for place in (haul.origin, haul.hub) if place]
    return " → ".join(ends) if len(ends) > 1 else ""


def _compared(words: Words, planned: datetime | None, actual: datetime | None) -> str:
    """The actual or expected time beside the planned one."""
    if actual is None:
        return words.say("parcels.haul.as_planned", when=words.clock(planned)) if planned is not None else ""
    if planned is None:
        return words.clock(actual)
    return words.say("parcels.haul.compared", actual=words.clock(actual), planned=words.clock(planned))


def _arrival(words: Words, haul: LinehaulView) -> str:
    if haul.arrived_at is not None or haul.expected_arrival is None:
        return _compared(words, haul.planned_arrival, haul.arrived_at)
    return words.say("parcels.haul.expected", when=_compared(words, haul.planned_arrival, haul.expected_arrival))


def _parcels(words: Words, haul: LinehaulView) -> str:
    if haul.late_parcels:
        return words.say(
            "parcels.haul.parcels_late", total=words.number(haul.parcels), late=words.number(haul.late_parcels)
        )
    return words.number(haul.parcels) if haul.parcels else ""


def _notes(words: Words, *, unknown: Sequence[str], mistyped: Sequence[str]) -> list[str]:
    said = []
    if unknown:
        said.append(words.many("parcels.haul.unknown", len(unknown), refs=joined(words, unknown)))
    said += [words.say("parcels.mistyped", number=ref) for ref in mistyped[:_CARDS]]
    return said


def _footer(words: Words, haul: LinehaulView) -> str:
    return words.say("parcels.as_of", when=words.when(haul.data_as_of)) if haul.data_as_of is not None else ""
