"""Tables of cases: requests for a person, and who was told of them."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from bot.store.schema import Instant, Key, metadata

request = Table(
    "request",
    metadata,
    Column("id", Key, primary_key=True),  # shown as C-<id>: easy to guess, so it grants nothing
    Column("kind", String(16), nullable=False),  # handoff, problem, document, template
    Column("state", String(8), nullable=False),  # open, taken, closed
    Column("contact_id", Key, ForeignKey("contact.id"), nullable=False),
    Column("partner_id", Key, ForeignKey("partner.id")),  # None: asked by operator staff
    Column("conversation_id", Key, ForeignKey("conversation.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("about", Text, nullable=False),  # JSON list of numbers, references, topics
    Column("assignee", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_request_contact_id", "contact_id", "id"),
    Index("ix_request_state", "state", "id"),
)

request_notice = Table(  # which conversations of the desk were told of a request
    "request_notice",
    metadata,
    Column("request_id", Key, ForeignKey(request.c.id), primary_key=True),
    Column("conversation_id", Key, ForeignKey("conversation.id"), primary_key=True),
    Column("name", Text, nullable=False),  # whom that reaches, as people call them
    Column("outbox_id", Key),  # the message; None: it was there already
    Column("at", Instant, nullable=False),
)
