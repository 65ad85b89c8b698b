"""The answer about many parcels: counts first, then what needs somebody, then the rest."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from bot.contracts import Card, File, Table, Tone
from bot.skills.base import Answer, Ask, Done
from bot.skills.parcels.asked import Asked
from bot.skills.parcels.phrases import ALONG, as_of, capital, counts, folded, short_status, status_event
from bot.skills.parcels.refusals import notes
from bot.skills.parcels.steps import owner
from bot.tracking.views import ParcelView
from bot.wording import Words
from bot.workbook.numbers import ask_for_numbers

COMFORTABLE = 15
"""Lines people read in a message; of a longer list the rest is in a workbook, where they can have one."""
REMEMBERED = 15
"""Numbers the next question may mean."""
_TITLE = 100
"""Characters; headers and subjects longer than this are cut by what shows them."""
_NEEDS_SOMEBODY = ("lost", "refused", "held", "attempt_failed", "returning", "no_scan")


def many_parcels(ask: Ask, asked: Asked) -> Answer:
    """A summary card with a line for each; where files can be handed over, a long list comes as a workbook."""
    found = sorted(asked.found, key=lambda pair: urgency(pair[1][0]))
    remember = " ".join(number for number, _ in found[:REMEMBERED])
    if len(asked.looked_at) <= COMFORTABLE or not ask.takes_files:
        return Answer(cards=(_card(ask.words, asked, found),), remember=remember)

    def change(conn: Connection) -> Done:
        file = ask_for_numbers(conn, asked.looked_at, scope=ask.person.scope, words=ask.words)
        shown = found if ask.on_own_page else found[:COMFORTABLE]
        return Done(lambda words: (with_workbook(words, _card(words, asked, shown), file),), remember)

    return Answer(change=change)


def with_workbook(words: Words, card: Card, file: File) -> Card:
    """The card with the workbook that holds the whole list."""
    return card.model_copy(update={"text": (*card.text, words.say("parcels.many.workbook")), "files": (file,)})


def _card(words: Words, asked: Asked, shown: Sequence[tuple[str, tuple[ParcelView, ...]]]) -> Card:
    title, *said = _headline(words, asked)
    return Card(
        language=words.language,
        title=title,
        tone=_tone(asked),
        text=(*said, *notes(words, asked)),
        table=parcel_table(words, [(number, parcels[0]) for number, parcels in shown], total=len(asked.found)),
        footer=as_of(words, asked.views),
    )


def by_stage(views: tuple[ParcelView, ...]) -> Mapping[str, int]:
    """Counts by folded stage, furthest along first."""
    counted = Counter(folded(view) for view in views)
    return {stage: counted[stage] for stage in ALONG if counted[stage]}


def _headline(words: Words, asked: Asked) -> list[str]:
    """How many of what; in two parts when a title cannot hold it."""
    stages = dict(by_stage(asked.views))
    if asked.unknown:
        stages["unknown"] = len(asked.unknown)
    total = asked.given - asked.left - len(asked.mistyped)
    counted = counts(words, stages)
    whole = words.many("parcels.many.title", total, counts=counted)
    return [whole] if len(whole) <= _TITLE else [words.many("parcels.many.total", total), counted]


def parcel_table(words: Words, shown: Sequence[tuple[str, ParcelView]], *, total: int) -> Table:
    """A line for each parcel that is shown, of so many in all."""
    return Table(
        columns=tuple(words.say(f"parcels.column.{name}") for name in ("number", "status", "since", "owner")),
        rows=tuple(_row(words, number, view) for number, view in shown),
        more=words.say("parcels.rows_more", n="{n}"), hidden=total - len(shown),
    )  # fmt: skip


def _row(words: Words, number: str, view: ParcelView) -> tuple[str, ...]:
    status = capital(words, short_status(words, view))
    event = status_event(view)
    reason = view.holds[0].reason if view.holds else event.reason if event is not None else None
    if reason and reason != "OTHER":
        status = words.say("parcels.because", what=status, reason=words.reason(reason))
    elif view.late_since is not None and not view.final:
        status = words.say("parcels.because", what=status, reason=words.say("parcels.is_late"))
    return (number, status, _since(words, view), owner(words, view))


def _since(words: Words, view: ParcelView) -> str:
    since = view.holds[0].since if view.holds else view.status_at
    if since is None:
        return ""
    when = words.clock(since)
    return words.say("parcels.at_place", what=when, place=words.place(view.place)) if view.place else when


def urgency(view: ParcelView) -> tuple[int, float]:
    """What needs somebody first, then what is late, then what moves, delivered last; the oldest first in each."""
    stage = folded(view)
    at = view.status_at.timestamp() if view.status_at is not None else 0.0
    if stage in _NEEDS_SOMEBODY:
        return _NEEDS_SOMEBODY.index(stage), at
    if view.final:
        return 99, at
    return (len(_NEEDS_SOMEBODY) if view.late_since is not None else 50), at


def _tone(asked: Asked) -> Tone:
    stages = set(by_stage(asked.views))
    if stages & {"lost", "refused", "held"}:
        return Tone.WARNING
    return Tone.GOOD if stages == {"delivered"} and not asked.unknown else Tone.NEUTRAL
