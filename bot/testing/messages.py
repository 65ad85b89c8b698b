"""Messages for tests, with every field that does not matter filled in."""

from datetime import UTC, datetime
from uuid import uuid4

from bot.contracts import Card, ConversationAddress, ConversationKind, InboundMessage, OutboundMessage, Sender

WHEN = datetime(2026, 11, 25, 8, tzinfo=UTC)


def inbound(
    text: str = "到哪了", *, adapter: str = "local", conversation: str = "li", **more: object
) -> InboundMessage:
    """What a person wrote; other fields by their names."""
    values: dict[str, object] = {
        "message_id": str(uuid4()),
        "conversation": ConversationAddress(adapter=adapter, external_id=conversation),
        "sender": Sender(external_id=conversation),
        "text": text,
        "sent_at": WHEN,
    }
    return InboundMessage.model_validate(values | more)


def outbound(
    *said: Card | str, adapter: str = "local", conversation: str = "li",
    kind: ConversationKind = ConversationKind.DIRECT, **more: object,
) -> OutboundMessage:
    """A message of cards, or of sentences that become a card each; other fields by their names."""
    values: dict[str, object] = {
        "message_id": str(uuid4()),
        "conversation": ConversationAddress(adapter=adapter, external_id=conversation, kind=kind),
        "cards": tuple(card if isinstance(card, Card) else Card(text=(card,)) for card in said or ("hello",)),
        "created_at": WHEN,
    }
    return OutboundMessage.model_validate(values | more)
