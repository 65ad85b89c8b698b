"""A conversation that can no longer be reached is named to the desk, in the transaction that finds it out."""

import logging
from typing import Any

from sqlalchemy import Connection, select

from bot.cases.desk import Desk
from bot.cases.readers import desk_readers, meet_staff
from bot.clock import Clock
from bot.contracts import Card, Field, Tone
from bot.outbox import MessageClass, OutgoingMessage, enqueue
from bot.outbox.finish import BrokenHook
from bot.people.tables import contact, conversation, partner
from bot.wording import Words

log = logging.getLogger(__name__)

WHY_SHOWN = 200
"""Characters of what the channel said."""


def tell_broken(desk: Desk, clock: Clock) -> BrokenHook:
    """For the outbox: what happened, to whom, and what to do; the conversation itself is not written to."""

    def tell(conn: Connection, why: str, *, conversation_id: int, row_id: int) -> None:
        place, now = _place(conn, conversation_id), clock.now()
        log.warning("conversation %s of %s cannot be reached any more: %s", place.external_id, place.adapter, why)
        meet_staff(conn, desk, now)
        for reader in desk_readers(
            conn, desk, partner_id=place.partner_id, not_here=conversation_id, now=now
        ):
            cards = tuple(_card(Words(language, reader.zone, now), place, why) for language in reader.languages)
            enqueue(conn, OutgoingMessage(
                conversation_id=reader.conversation_id, queue="push", message_class=MessageClass.ALERT, cards=cards,
                dedup_key=f"broken:{row_id}:{reader.conversation_id}", language=reader.languages[0],
            ), now)  # fmt: skip

    return tell


def _place(conn: Connection, conversation_id: int) -> Any:
    return conn.execute(
        select(
            conversation.c.adapter, conversation.c.external_id, conversation.c.title, conversation.c.partner_id,
            contact.c.name.label("person"), partner.c.name.label("partner"),
        )
        .select_from(
            conversation.outerjoin(contact, contact.c.id == conversation.c.contact_id)
            .outerjoin(partner, partner.c.id == conversation.c.partner_id)
        )
        .where(conversation.c.id == conversation_id)
    ).one()  # fmt: skip


def _card(words: Words, place: Any, why: str) -> Card:
    name = place.title or place.person or place.external_id
    fields = [Field(label=words.say("cases.broken.channel"), value=place.adapter)]
    if place.partner is not None:
        fields.append(Field(label=words.say("cases.broken.partner"), value=place.partner))
    fields.append(Field(label=words.say("cases.broken.why"), value=why.removeprefix("refused: ")[:WHY_SHOWN]))
    return Card(
        language=words.language, title=words.say("cases.broken.title", name=name), tone=Tone.WARNING,
        text=(words.say("cases.broken.what_now"),), fields=tuple(fields),
        footer=words.when(words.now),
    )  # fmt: skip
