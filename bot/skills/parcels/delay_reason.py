"""Why is it late or not moving: the cause that explains most, named first, and whose turn it is."""

from sqlalchemy import Connection

from bot.contracts import Card, Field
from bot.skills.base import Answer, Ask
from bot.skills.parcels import lines
from bot.skills.parcels.asked import look_up
from bot.skills.parcels.card import field, tone
from bot.skills.parcels.filters import read_filters
from bot.skills.parcels.hauls import haul_line, haul_name, is_late
from bot.skills.parcels.held import find_held, wants_list
from bot.skills.parcels.lists import answer_with_lists
from bot.skills.parcels.many import many_parcels
from bot.skills.parcels.phrases import as_of, press, status_event, title
from bot.skills.parcels.refusals import notes
from bot.skills.parcels.steps import next_step, owner, particular_action
from bot.skills.parcels.track import answer_about
from bot.tracking.queries import find_linehauls
from bot.tracking.views import ParcelView
from bot.wording import Words

_PARCELS = 3
"""Causes of more parcels than this are a list."""
_CUSTOMS = frozenset({"IMPORT_CUSTOMS_HELD", "IMPORT_CUSTOMS_STARTED", "HUB_RECEIVED"})
_PAST_CUSTOMS = frozenset({
    "IMPORT_CUSTOMS_RELEASED", "HUB_PROCESSED", "LASTMILE_HANDED_OVER", "LASTMILE_RECEIVED", "LASTMILE_SORTED",
    "DEPOT_ARRIVED", "OUT_FOR_DELIVERY", "DELIVERY_ATTEMPTED", "AVAILABLE_FOR_PICKUP", "DELIVERED",
})  # fmt: skip
_ENOUGH_OTHERS = 10
"""Fewer neighbours prove nothing."""


def delay_reason(ask: Ask, conn: Connection) -> Answer:
    """The cause, parcel by parcel; many parcels as a summary with what holds them."""
    asked = look_up(ask, conn)
    if asked.nothing and wants_list(ask):
        return answer_with_lists(ask, [find_held(ask, conn, wanted) for wanted in read_filters(ask, conn)])
    if not asked.found:
        return answer_about(ask, conn, asked, example="why")
    if len(asked.found) > _PARCELS:
        return many_parcels(ask, asked)
    cards = [_card(ask, conn, number, parcels[0]) for number, parcels in asked.found]
    said = notes(ask.words, asked)
    if said:
        cards[-1] = cards[-1].model_copy(update={"text": (*cards[-1].text, *said)})
    return Answer(cards=tuple(cards), remember=" ".join(number for number, _ in asked.found))


def _card(ask: Ask, conn: Connection, number: str, view: ParcelView) -> Card:
    words = ask.words
    causes = [line for line in _causes(ask, view) if line]
    late = lines.late(words, view)
    verdict = [words.say("parcels.why.no_reason") if not causes else "", late] if late else [_in_time(ask, view)]
    text = dict.fromkeys([  # the last event may be the cause
        lines.silence(ask, conn, view), *causes, *verdict, lines.last_event(words, view),
        _neighbours(ask, conn, view),
    ])
    fields = (
        field(words, "next", next_step(words, view)),
        field(words, "owner", owner(words, view)),
        lines.estimate(words, view, ask.services.estimator),
        lines.promise(words, view),
    )
    return Card(
        language=words.language, title=title(words, number, view), tone=tone(view), text=tuple(filter(None, text)),
        fields=tuple(one for one in fields if isinstance(one, Field)),
        actions=() if view.final else (press(words, "follow", number), press(words, "person", number)),
        footer=as_of(words, (view,)),
    )


def _causes(ask: Ask, view: ParcelView) -> list[str]:
    """What explains the delay, the strongest first."""
    words = ask.words
    found = lines.holds(words, view)
    haul = view.linehaul
    if haul is not None and is_late(haul) and not view.final:
        found.append(haul_line(words, haul))
    found.append(lines.news(words, view))
    event = status_event(view)
    if event is not None and event.milestone in ("DELIVERY_ATTEMPTED", "IMPORT_CUSTOMS_REFUSED"):
        found += [lines.last_event(words, view), particular_action(words, event.reason)]
    if view.attempts > 1 and not view.final:
        found.append(words.many("parcels.why.attempts", view.attempts))
    return found


def _in_time(ask: Ask, view: ParcelView) -> str:
    """It is not late: say so, and until when; of a held parcel its hold says more."""
    words = ask.words
    if view.final:
        return words.say("parcels.why.over")
    if view.holds:
        return ""
    if view.due_at is not None and view.due_milestone is not None and view.due_at > ask.now:
        return words.say(
            "parcels.why.in_time_until", milestone=_owed(words, view.due_milestone), when=words.clock(view.due_at)
        )
    return words.say("parcels.why.in_time")


def _owed(words: Words, milestone: str) -> str:
    """What is due; a pick-up point does as well as the addressee."""
    if milestone in ("AVAILABLE_FOR_PICKUP", "DELIVERED"):
        return words.say("parcels.why.delivery")
    return words.milestone(milestone)


def _neighbours(ask: Ask, conn: Connection, view: ParcelView) -> str:
    """How far the other parcels of the same linehaul are, when this one waits for customs."""
    haul, words = view.linehaul, ask.words
    waiting = any(hold.milestone in _CUSTOMS for hold in view.holds) or view.milestone in _CUSTOMS
    if haul is None or not waiting:
        return ""
    full = next(iter(find_linehauls(conn, [haul.key], ask.person.scope, ask.now).get(haul.key, ())), None)
    if full is None or full.parcels < _ENOUGH_OTHERS:
        return ""
    released = sum(count for code, count in full.by_stage.items() if code in _PAST_CUSTOMS)
    return words.say(
        "parcels.why.neighbours",
        haul=haul_name(words, haul), total=words.number(full.parcels), released=words.number(released),
    )  # fmt: skip
