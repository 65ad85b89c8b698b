"""Where a file is part of the message, as in a mail, an alert carries the list of its parcels."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from bot.alerts.listing import ask_for_list
from bot.alerts.telling import Saying, words_for
from bot.alerts.verdict import Verdict
from bot.contracts import Card
from bot.people.tables import conversation
from bot.wording import Words

MOST = 5
"""Lists in one message; of the alerts beyond, the message says how to ask for them."""


def with_lists(
    cards: Sequence[Card], sayings: Sequence[Saying], now: datetime, *, through: Collection[str]
) -> Sequence[Card]:
    """The cards of one message, with a list for each alert it tells; `through` are the adapters that carry files."""
    open_now = [said for said in sayings if said.verdict is Verdict.ALERT]
    if not through or not open_now:
        return cards
    conn, reader = open_now[0].picture.conn, open_now[0].reader
    adapter = conn.execute(select(conversation.c.adapter).where(conversation.c.id == reader.conversation_id)).scalar()
    if adapter not in through:
        return cards
    readers = words_for(reader, now)
    files = tuple(
        ask_for_list(conn, said.view.ref, said.reader.cover, words=readers[0]) for said in open_now[:MOST]
    )
    if len(sayings) == 1:
        cards = [_pointing(card, words) for card, words in zip(cards, readers, strict=True)]
    return [cards[0].model_copy(update={"files": files}), *cards[1:]]


def _pointing(card: Card, words: Words) -> Card:
    """What the table leaves out is in the list that comes with it."""
    if card.table is None:
        return card
    more = words.say("alerts.more.attached", n="{n}")
    return card.model_copy(update={"table": card.table.model_copy(update={"more": more})})
