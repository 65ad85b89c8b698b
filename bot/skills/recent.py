""""And yesterday's one?": parcels a person asked about on an earlier day, in the same conversation."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.skills.base import Answer, Ask
from bot.skills.choosing import Option, choose
from bot.skills.memory import SAME_DAY
from bot.store.schema import from_micros
from bot.understanding import Understanding
from bot.understanding.folding import fold

WHICH_PARCEL: Final = "which_parcel"
"""Intent of a message that may mean several parcels asked about before."""
SHOWN: Final = 5
_NOTHING_ELSE: Final = 30
"""So short a message says little more than "the other one"."""
_PARCEL_INTENTS: Final = frozenset({"track", "history", "eta", "delay_reason", "report_problem", "subscribe"})
_POINTS = r"(?:问的|查的|说的|问嘅)?\s?(?:那|嗰|哪)?\s?(?:[一两]?[票件个单]|包裹|单号)"
_DAYS: Final = (
    (1, re.compile(rf"(?:昨天|昨日|寻日|昨晚){_POINTS}|\byesterday'?s (?:one|parcel|number|shipment)\b"
                   r"|\b(?:one|parcel|number|shipment) (?:i asked (?:about|for) )?(?:from |of )?yesterday\b")),
    (2, re.compile(rf"(?:前天|前日){_POINTS}|\b(?:one|parcel|number) (?:from |of )?the day before yesterday\b")),
)  # fmt: skip
_THE_OTHER: Final = re.compile(
    r"\b(?:the|that) (?:other|previous|earlier) (?:one|parcel|number|shipment)\b|\bthe one before\b"
    r"|(?:另外?[的一那]{0,2}|[上前]一|(?:前面|之前|先前)的?那一?)[票件个单](?!问题|航班|工单|提醒|人)"
)


def that_day(
    understanding: Understanding, text: str, asked: Sequence[tuple[str, int]], local_now: datetime
) -> Understanding | None:
    """The request with the parcel of that day in it, or the question which one; None when no earlier day is meant."""
    if understanding.numbers or not asked:
        return None
    days_ago = _days_ago(text)
    if days_ago is None:
        return None
    day = local_now.date() - timedelta(days=days_ago)
    numbers = [number for number, at in asked if from_micros(at).astimezone(local_now.tzinfo).date() == day]
    if not numbers:
        return None
    intent = understanding.intent if understanding.intent in _PARCEL_INTENTS else "track"
    if len(numbers) == 1:
        return replace(understanding, intent=intent, slots={"numbers": numbers})
    return replace(understanding, intent=WHICH_PARCEL, slots={"numbers": numbers[-SHOWN:], "then": intent})


def the_other(
    understanding: Understanding, text: str, asked: Sequence[tuple[str, int]], local_now: datetime
) -> Understanding | None:
    """The request with the parcel asked about before the last one in it; None when no other one is meant."""
    if understanding.numbers or len(asked) < 2 or not _THE_OTHER.search(fold(text)):
        return None
    number, at = asked[-2]
    alone = understanding.intent == "out_of_scope" and len(text) <= _NOTHING_ELSE
    if not (alone or understanding.intent in _PARCEL_INTENTS) or from_micros(at) < local_now - SAME_DAY:
        return None
    intent = "track" if alone else understanding.intent
    return replace(understanding, intent=intent, slots={"numbers": [number]})


def _days_ago(text: str) -> int | None:
    folded = fold(text)
    return next((days for days, pattern in reversed(_DAYS) if pattern.search(folded)), None)


def which_parcel(ask: Ask, _: Connection) -> Answer:
    """Show the parcels that may be meant, newest first, and ask."""
    words, numbers = ask.words, list(reversed(ask.slots["numbers"]))
    options = [Option(number, ask.slots["then"], {"numbers": [number]}) for number in numbers]
    rows = ask.slots.get("rows")
    asked = words.say("talk.which_row?", n=words.number(rows)) if rows else words.say("talk.which_parcel?")
    return choose(words, asked, options, remember=" ".join(numbers))
