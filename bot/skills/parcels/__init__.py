"""Questions about parcels and what carries them."""

from collections.abc import Mapping
from typing import Final

from bot.skills.base import Skill
from bot.skills.parcels.delay_reason import delay_reason
from bot.skills.parcels.delayed import delayed_list
from bot.skills.parcels.eta import eta
from bot.skills.parcels.history import history
from bot.skills.parcels.linehaul import linehaul_status
from bot.skills.parcels.summary import summary
from bot.skills.parcels.track import track

PARCEL_SKILLS: Final[Mapping[str, Skill]] = {
    "track": track,
    "history": history,
    "eta": eta,
    "delay_reason": delay_reason,
    "linehaul_status": linehaul_status,
    "delayed_list": delayed_list,
    "summary": summary,
}
"""By the intent each answers."""
