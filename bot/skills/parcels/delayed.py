"""Which parcels are late or held: a list of what a message asks for."""

from sqlalchemy import Connection

from bot.skills.base import Answer, Ask
from bot.skills.parcels.asked import look_up, parcels_named
from bot.skills.parcels.filters import read_filters
from bot.skills.parcels.held import find_held, wants_held
from bot.skills.parcels.late import find_late
from bot.skills.parcels.lists import answer_with_lists
from bot.skills.parcels.thread import topic
from bot.skills.parcels.track import answer_about
from bot.skills.spotting import says


def delayed_list(ask: Ask, conn: Connection) -> Answer:
    """A list for each country named, one where none is; of numbers given, how those are."""
    if parcels_named(ask):
        return answer_about(ask, conn, look_up(ask, conn))
    held = wants_held(ask)
    lists = [find_late] if says(topic(ask), "late") or not held else []
    lists += [find_held] if held else []
    found = [find(ask, conn, wanted) for wanted in read_filters(ask, conn) for find in lists]
    return answer_with_lists(ask, found)
