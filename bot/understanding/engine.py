"""Text and earlier turns in, one reading out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bot.understanding import followup, language
from bot.understanding.certainty import CHANGING, CLOSED, is_certain, runners_up
from bot.understanding.evidence import digest, why
from bot.understanding.model import Alternative, Turn, Understanding
from bot.understanding.patterns import corrects_number
from bot.understanding.phrasebook import either
from bot.understanding.reading import Reading, read
from bot.understanding.slots import find_slots
from bot.understanding.turning import turned_away
from bot.understanding.weighing import ranked

_CERTAIN: Final = 3.0
_BARE: Final = 4.2
_DEEPEST: Final = 5
_NAMING: Final = either("num", "ref", "hub", "period", "country", "mode", "also", "refers")
_ASKING: Final = either("where", "when", "why", "history", "make_it", "doc_type", "status")
"""What a message may ask by itself: it then is no repetition of the question before."""
_ELSEWHERE: Final = either("question", "outside", "inject", "machine")
_ORDERS: Final = either("inject", "machine")
_ENDING: Final = either("off", "retract")
_GOING_ON: Final = _ENDING | either("also")
_OF_PARCELS: Final = frozenset({"track", "eta", "delay_reason"})
_Again = Callable[[int], Understanding]
_STATE_CHANGE_NEEDS: Final = 3.5
_WHO: Final = re.compile(r"谁(?!能|可以|可|帮|都|也)|(?:^|[,.;:!?，。；！？\ue000-\uf8ff]\s*)who\b(?! can| could)")
_NOT_OF_WHO: Final = frozenset({"subscribe", "unsubscribe", "mute", "acknowledge", "set_language"})
"""A question about who does or did it never does it; a problem may well be told as a question."""


def understand(text: str, *, context: Sequence[Turn] = (), now: datetime) -> Understanding:
    """Read one message in the light of the turns before it; never raises for any text.

    Args:
        text: the message as received.
        context: earlier turns, oldest first.
        now: the reference clock with its zone; dates are resolved in that zone.
    """
    return _understand(text, context, now, depth=0)


def _understand(text: str, context: Sequence[Turn], now: datetime, depth: int) -> Understanding:
    reading = read(text)
    earlier: dict[int, Understanding] = {}

    def again(index: int) -> Understanding:
        if index not in earlier:
            before = context[:index] if depth + 1 < _DEEPEST else ()
            earlier[index] = _understand(context[index].text, before, now, depth + 1)
        return earlier[index]

    if not CHANGING.isdisjoint(reading.scores):
        for changing in _not_to_be_done(reading):
            reading.scores.pop(changing, None)
            reading.judged.pop(changing, None)
    intent, slots = _in_context(reading, context, again, now) if context else (None, {})
    if intent is None:
        intent = _leading(reading.judged, reading)
        slots = find_slots(intent, reading, now)
        if context:
            intent, slots = _filled(intent, slots, reading, context, again)
    return _result(intent, slots, reading, context, now)


def _leading(scores: Mapping[str, float], reading: Reading) -> str:
    """The intent that leads; to change something takes words of its own that ask for it."""
    return next(
        intent
        for intent, _ in ranked(scores)
        if intent not in CHANGING or reading.scores.get(intent, 0.0) >= _STATE_CHANGE_NEEDS
    )


def _not_to_be_done(reading: Reading) -> frozenset[str]:
    """Changes that a message cannot bring about: it asks who did, or gives orders about the bot itself."""
    if reading.present & _ORDERS:
        return CHANGING
    return _NOT_OF_WHO if _asks_who(reading) else frozenset()


def _asks_who(reading: Reading) -> bool:
    return _WHO.search(reading.text) is not None


def _in_context(
    reading: Reading, context: Sequence[Turn], again: _Again, now: datetime
) -> tuple[str | None, dict[str, Any]]:
    """What a message means that says little by itself; no intent where it says enough."""
    intent = _leading(reading.scores, reading)
    noted = _noted(intent, reading, context)
    if noted:
        return _taken("acknowledge", reading), {"alert_id": noted[0] if len(noted) == 1 else list(noted)}
    index = followup.last_user_turn(context)
    if index is not None and _continues(intent, reading) and not reading.has("case"):
        before = again(index)
        ends = before.intent == "subscribe" and reading.present & _ENDING and not _turns_away("unsubscribe", reading)
        if before.intent not in CLOSED and (ends or _is_bare(intent, reading)):
            slots = followup.changed(before.intent, dict(before.slots), reading, context, now)
            return _taken("unsubscribe" if ends else before.intent, reading), slots
    meant = followup.about_earlier(intent, reading, context)
    if meant == intent:
        return None, {}
    return _filled(_taken(meant, reading), find_slots(meant, reading, now), reading, context, again)


def _taken(intent: str, reading: Reading) -> str:
    """An intent that the turns before speak for."""
    before = reading.judged.get(intent, 0.0)
    reading.judged[intent] = _CERTAIN + max(reading.scores.get(intent, 0.0), before)
    reading.earlier[intent] = reading.judged[intent] - before
    return intent


def _filled(
    intent: str, slots: dict[str, Any], reading: Reading, context: Sequence[Turn], again: _Again
) -> tuple[str, dict[str, Any]]:
    slots = followup.fill(intent, slots, reading, context, again)
    if intent in _OF_PARCELS and "refs" in slots and "numbers" not in slots:
        reading.judged["linehaul_status"] = reading.judged[intent]
        intent = "linehaul_status"
    return intent, slots


def _is_bare(intent: str, reading: Reading) -> bool:
    """Whether a message names something and asks nothing of its own about it."""
    if corrects_number(reading.text):
        return True
    if reading.present & _ASKING:
        return False
    return reading.scores[intent] <= _BARE or (intent == "track" and bool(reading.parcels) and reading.has("also"))


def _noted(intent: str, reading: Reading, context: Sequence[Turn]) -> tuple[str, ...]:
    """The alerts that a bare `noted` answers; none when the message names its own."""
    if context[-1].role != "bot" or reading.present & _ELSEWHERE or _asks_who(reading):
        return ()
    if not (reading.has("noted") or reading.has("taking")) or (reading.has("odd") and not reading.has("short")):
        return ()
    if reading.masked.alert_ids or reading.masked.case_ids or _turns_away("acknowledge", reading):
        return ()
    if intent not in ("thanks", "out_of_scope", "greeting", "acknowledge", "track") or reading.parcels:
        return ()
    return followup.last_alert_ids(context)


def _turns_away(changing: str, reading: Reading) -> bool:
    return bool(turned_away(reading.text, frozenset({changing})).intents)


def _continues(intent: str, reading: Reading) -> bool:
    if corrects_number(reading.text):
        return True
    weak = reading.scores[intent] < _CERTAIN or bool(reading.present & _GOING_ON)
    if not weak or intent in ("thanks", "greeting", "help") or _not_to_be_done(reading):
        return False
    return bool(reading.present & (_NAMING | _ENDING)) and followup.inherits(reading)


def _result(
    intent: str, slots: dict[str, Any], reading: Reading, context: Sequence[Turn], now: datetime
) -> Understanding:
    scores = reading.judged
    top = scores.get(intent, 0.0)
    second = max((score for other, score in scores.items() if other != intent), default=0.0)
    spoken = reading.language
    if spoken is None:
        spoken = language.latest([turn.text for turn in context if turn.role == "user"][-3:])
    settled = intent in reading.earlier  # by the turns before: what was learned knows nothing of them
    learned = 0.0 if settled else top - reading.scores.get(intent, 0.0)
    certain = is_certain(intent, scores, learned) and not (intent in CHANGING and reading.wary)
    others = () if certain else runners_up(intent, scores)
    return Understanding(
        language=spoken,
        intent=intent,
        slots=slots,
        numbers=reading.masked.numbers,
        reasons=lambda: why(intent, slots, reading),
        digest=lambda: digest(intent, reading),
        confidence=max(0.0, min(1.0, (top - second) / top)) if top > 0 else 0.0,
        certain=certain,
        alternatives=tuple(Alternative(name, score, find_slots(name, reading, now)) for name, score in others),
    )
