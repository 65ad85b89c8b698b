"""The answer about one parcel: where it is, since when, why, what happens next, who has it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.contracts import Card, Field, Tone
from bot.skills.base import Ask
from bot.skills.parcels import lines
from bot.skills.parcels.phrases import as_of, folded, joined, labelled, press, title
from bot.skills.parcels.steps import next_step, owner
from bot.tracking.views import ParcelView
from bot.wording import Words

_BAD = frozenset({"lost", "destroyed", "refused"})
_WARNING = frozenset({"held", "attempt_failed", "returning", "returned"})
_OTHER_NUMBERS = 3


def parcel_card(ask: Ask, conn: Connection, number: str, parcels: Sequence[ParcelView]) -> Card:
    """Everything worth knowing of the latest parcel behind a number, and that there are earlier ones."""
    words, view = ask.words, parcels[0]
    text = [
        lines.silence(ask, conn, view),
        lines.last_event(words, view),
        lines.news(words, view),
        *lines.holds(words, view),
        lines.linehaul(words, view),
        lines.late(words, view),
        earlier_lives(words, parcels),
    ]
    return Card(
        language=words.language,
        title=title(words, number, view),
        tone=tone(view),
        text=tuple(filter(None, text)),
        fields=_fields(ask, number, view),
        actions=tuple([press(words, name, number) for name in _buttons(view)]),
        footer=as_of(words, (view,)),
    )


def tone(view: ParcelView) -> Tone:
    """How the first line should feel."""
    stage = folded(view)
    if stage in _BAD:
        return Tone.BAD
    if stage in _WARNING or (view.late_since is not None and not view.final):
        return Tone.WARNING
    return Tone.GOOD if stage == "delivered" else Tone.NEUTRAL


def field(words: Words, name: str, value: str) -> Field | None:
    """A labelled value; nothing where there is no value."""
    return labelled(words.say(f"parcels.field.{name}"), value) if value else None


def earlier_lives(words: Words, parcels: Sequence[ParcelView]) -> str:
    """Carriers use numbers again: say so, once, without showing the old parcel as if it were this one."""
    others = len(parcels) - 1
    return words.many("parcels.earlier_lives", others) if others else ""


def _fields(ask: Ask, number: str, view: ParcelView) -> tuple[Field, ...]:
    words = ask.words
    others = [one for one in (view.number, *view.aliases) if one != number]
    candidates = (
        field(words, "next", next_step(words, view)),
        field(words, "owner", owner(words, view)),
        lines.estimate(words, view, ask.services.estimator),
        lines.promise(words, view),
        field(words, "other_numbers", joined(words, others, at_most=_OTHER_NUMBERS)) if others else None,
        field(words, "partner", view.partner if ask.person.is_operator else ""),
    )
    return tuple([one for one in candidates if one is not None])


def _buttons(view: ParcelView) -> tuple[str, ...]:
    """A parcel that has reached its end need not be followed."""
    return ("history", "person") if view.final else ("history", "follow", "person")
