"""Which parcels of a flight, a train or another carrier are held or late: the list, not the counts."""

from sqlalchemy import Connection

from bot.contracts import Card
from bot.skills.base import Ask
from bot.skills.parcels.filters import Wanted, named_partners
from bot.skills.parcels.hauls import haul_name
from bot.skills.parcels.held import held_card
from bot.skills.parcels.late import late_card
from bot.skills.spotting import says
from bot.tracking.carriage import inside_of
from bot.tracking.views import Filter, LinehaulView


def wants_parcels(ask: Ask) -> bool:
    """Whether a question that names a carrier is after a list of parcels on it."""
    text = ask.text
    return (says(text, "held") or says(text, "late")) and says(text, "list") and not says(text, "why")


def lists_aboard(ask: Ask, conn: Connection, haul: LinehaulView) -> tuple[Card, ...]:
    """The list of what is held on one carrier, of what is late on it, or both, as the message asks."""
    scope, partners = named_partners(ask, conn)
    aboard = Filter(linehauls=frozenset(inside_of(conn, [haul.id])))
    wanted = Wanted(aboard, None, scope, partners, haul_name(ask.words, haul))
    kinds = {"held": held_card, "late": late_card}
    return tuple(card(ask, conn, wanted) for kind, card in kinds.items() if says(ask.text, kind))
