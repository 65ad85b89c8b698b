"""What "export" without a reference means: the parcels the person asked about last, unless an alert was told since."""

from collections.abc import Sequence

from bot.skills.memory import LONGEST_TURN
from bot.understanding import Turn
from bot.understanding.masking import mask
from bot.understanding.numbers import is_parcel_kind


def listed_last(turns: Sequence[Turn]) -> tuple[str, ...]:
    """The numbers of the person's last question that named any; empty when something else was spoken of since."""
    for turn in reversed(turns):
        if len(turn.text) >= LONGEST_TURN:  # it was cut: half a list must not pass for the whole
            return ()
        named = mask(turn.text)
        if turn.role == "bot" and named.alert_ids:
            return ()
        numbers = tuple(dict.fromkeys(one.value for one in named.numbers if is_parcel_kind(one.kind)))
        if turn.role == "user" and numbers:
            return numbers
    return ()
