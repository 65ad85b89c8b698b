"""Which parcels of a flight, a train or another carrier are held or late: the list, not the counts."""

from sqlalchemy import Connection

from bot.skills.base import Ask
from bot.skills.parcels.filters import Wanted, named_partners
from bot.skills.parcels.held import find_held
from bot.skills.parcels.late import find_late
from bot.skills.parcels.lists import FoundList
from bot.skills.spotting import says
from bot.tracking.carriage import inside_of
from bot.tracking.views import Filter, LinehaulView


def wants_parcels(ask: Ask) -> bool:
    """Whether a question that names a carrier is after a list of parcels on it."""
    text = ask.text
    return (says(text, "held") or says(text, "late")) and says(text, "list") and not says(text, "why")


def lists_aboard(ask: Ask, conn: Connection, haul: LinehaulView) -> tuple[FoundList, ...]:
    """The list of what is held on one carrier, of what is late on it, or both, as the message asks."""
    scope, partners = named_partners(ask, conn)
    aboard = Filter(linehauls=frozenset(inside_of(conn, [haul.id])))
    wanted = Wanted(aboard, None, scope, partners, haul)
    kinds = {"held": find_held, "late": find_late}
    return tuple(find(ask, conn, wanted) for kind, find in kinds.items() if says(ask.text, kind))
