"""What "export" without a reference means: what the person asked about last, unless an alert was told since."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.skills.memory import LONGEST_TURN
from bot.skills.pointing import parcels_in
from bot.skills.spotting import says
from bot.understanding import Turn, Understanding, understand
from bot.understanding.masking import mask


def listed_last(turns: Sequence[Turn], local_now: datetime) -> Understanding | None:
    """The request for the parcels of the person's last message, or for the list it asked for; None: it was neither."""
    text = _last_question(turns)
    if text is None or len(text) >= LONGEST_TURN:  # it was cut: half a list must not pass for the whole
        return None
    numbers = tuple(parcels_in(mask(text)))
    read = understand(text, now=local_now)
    if numbers:
        return replace(read, intent="export", slots={"numbers": numbers}, confidence=1.0)
    if read.intent == "delayed_list" or (read.intent == "linehaul_status" and says(text, "list")):
        return replace(read, slots={**read.slots, "said": text, "whole": True}, confidence=1.0)
    return None


def _last_question(turns: Sequence[Turn]) -> str | None:
    for turn in reversed(turns):
        if turn.role == "user":
            return turn.text
        if mask(turn.text).alert_ids:
            return None
    return None
