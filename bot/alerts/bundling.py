"""Alerts that had to wait for one conversation become one message, said in its own languages."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.contracts import Card, Table, Tone
from bot.wording import Words

Cards = tuple[Card, ...]
_WORST_FIRST = (Tone.BAD, Tone.WARNING, Tone.NEUTRAL, Tone.GOOD)


def worded_bundle(clock: Clock) -> Callable[[Sequence[Cards], str], Cards]:
    """For the sender: one card a language for messages that wait; of one alert only the last word counts."""

    def make(waiting: Sequence[Cards], _: str) -> Cards:
        last = list(_last_words(waiting))
        if len(last) == 1:
            return last[0]
        return tuple(_card(Words(card.language, ZoneInfo("UTC"), clock.now()), last) for card in last[-1])

    return make


def _last_words(waiting: Sequence[Cards]) -> Sequence[Cards]:
    """The newest message of each reference, in the order in which they were first spoken of."""
    newest: dict[str, Cards] = {}
    for place, cards in enumerate(waiting):
        newest[cards[0].reference or f"#{place}"] = cards
    return tuple(newest.values())


def _card(words: Words, waiting: Sequence[Cards]) -> Card:
    cards = [_in_language(cards, words.language) for cards in waiting]
    rows = tuple((card.reference, card.title or "".join(card.text[:1]), _detail(card)) for card in cards)
    columns = tuple(words.say(f"alerts.column.{name}") for name in ("ref", "alert", "detail"))
    example = next((card.reference for card in cards if card.reference), "")
    return Card(
        language=words.language, title=words.many("alerts.bundle.title", len(rows)),
        tone=min((card.tone for card in cards), key=_WORST_FIRST.index),
        table=Table(columns=columns, rows=rows, more=words.say("alerts.catch_up.more", n="{n}"), key_columns=2),
        footer=words.say("alerts.bundle.footer", ref=example) if example else "",
    )  # fmt: skip


def _in_language(cards: Cards, language: str) -> Card:
    return next((card for card in cards if card.language == language), cards[0])


def _detail(card: Card) -> str:
    return card.text[0] if card.title and card.text else ""
