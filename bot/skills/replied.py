"""What a person replied to, where the platform tells only its id: looked up among what we sent."""

from sqlalchemy import Connection

from bot.contracts import InboundMessage
from bot.outbox.lookup import cards_sent
from bot.skills.answering import shown


def with_quoted_text(conn: Connection, message: InboundMessage) -> InboundMessage:
    """The message with the subject and the rows of what it replies to; itself where there is nothing to look up.

    Whatever stands there is looked for within what the person may see, like anything a person types.
    """
    quoted = message.quoted
    if quoted is None or quoted.text or not quoted.message_id:
        return message
    cards = cards_sent(conn, quoted.message_id, message.conversation.adapter)
    if not cards:
        return message
    return message.model_copy(update={"quoted": quoted.model_copy(update={"text": shown(cards, "")})})
