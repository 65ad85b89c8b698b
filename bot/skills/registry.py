"""Every skill by the intent it answers."""

from collections.abc import Mapping
from typing import Final

from bot.skills.acts import ACT_SKILLS
from bot.skills.base import Skill
from bot.skills.choosing import CHOOSE_AGAIN, choose_again
from bot.skills.doubt import ASK_BACK, ask_back
from bot.skills.export import export
from bot.skills.language import set_language
from bot.skills.mute import mute
from bot.skills.parcels import PARCEL_SKILLS
from bot.skills.place import WHO_READS, who_reads
from bot.skills.recent import WHICH_PARCEL, which_parcel
from bot.skills.requests import REQUEST_SKILLS
from bot.skills.subscriptions import SUBSCRIPTION_SKILLS
from bot.skills.talk import TALK_SKILLS
from bot.skills.undo import undo
from bot.skills.unmute import follow_or_unmute

CONVERSATION_SKILLS: Final[Mapping[str, Skill]] = {
    **TALK_SKILLS,
    **SUBSCRIPTION_SKILLS,
    **ACT_SKILLS,
    **REQUEST_SKILLS,
    "subscribe": follow_or_unmute,
    "mute": mute,
    "set_language": set_language,
    "export": export,
    "undo": undo,
    ASK_BACK: ask_back,
    CHOOSE_AGAIN: choose_again,
    WHICH_PARCEL: which_parcel,
    WHO_READS: who_reads,
}
"""All but the questions about parcels."""

SKILLS: Final[Mapping[str, Skill]] = {**CONVERSATION_SKILLS, **PARCEL_SKILLS}
