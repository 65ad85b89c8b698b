"""Whether a conversation is told, and if not, why: the same judgement for a message and for the end of quiet hours."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.alerts.picture import Picture
from bot.alerts.readers import Reader
from bot.alerts.stands import Stand
from bot.delays import Severity
from bot.delays.severity import ORDER

MATERIAL_SHARE, MATERIAL_LEAST = 0.10, 20
"""A message follows another when the open count moved by so much."""
GROWTH_DESPITE_ACK = 1.25


class Verdict(StrEnum):
    """What a conversation is told now; the reasons are those kept with an episode."""

    ALERT = "alert"
    CLEAR = "clear"
    NOTHING = "nothing"  # nothing of it concerns the conversation now
    MUTED = "muted"
    ACK_COVERS = "ack_covers"
    BUNDLED = "bundled"  # too little has changed: counted in the group's next message
    QUIET = "quiet"  # held until quiet hours end


REASONS = (Verdict.BUNDLED, Verdict.ACK_COVERS, Verdict.QUIET, Verdict.MUTED)
"""In this order, where several conversations were not told for different reasons."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a conversation was told last."""

    open_count: int
    severity: Severity
    over: bool
    row: Any = None


def judge(picture: Picture, reader: Reader, known: Known | None, stand: Stand) -> Verdict:
    """What to tell, quiet hours aside."""
    count = picture.count(reader.cover)
    told = known is not None and not known.over
    if count.open == 0:
        if _is_muted(picture, reader):
            return Verdict.MUTED
        return Verdict.CLEAR if told else Verdict.NOTHING
    if stand.resolved:
        return Verdict.ACK_COVERS
    if known is None or known.over or ORDER[picture.severity(count.oldest)] > ORDER[known.severity]:
        return Verdict.ALERT
    if stand.acked:
        return Verdict.ALERT if count.open >= known.open_count * GROWTH_DESPITE_ACK else Verdict.ACK_COVERS
    moved = abs(count.open - known.open_count)
    material = moved >= MATERIAL_LEAST and moved >= known.open_count * MATERIAL_SHARE
    return Verdict.ALERT if material else Verdict.BUNDLED


def _is_muted(picture: Picture, reader: Reader) -> bool:
    """Nothing is open because of a mute, or what was is over while muted."""
    if not reader.cover.mutes:
        return False
    return picture.count(reader.cover, muted=False).open > 0 or picture.total(reader.cover) == 0
