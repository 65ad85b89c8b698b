"""Tables of people: partners, contacts and the conversations they hold with us."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text

from bot.store.schema import Instant, Key, metadata

partner = Table(
    "partner",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("calendar", String(16), nullable=False),
)

contact = Table(
    "contact",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),  # partner, operator, support, admin, stranger
    Column("partner_id", Key, ForeignKey("partner.id")),
    Column("language", String(16)),  # of answers; None: as the question; may be "bilingual"
    Column("time_zone", String(64)),  # None: the partner's, else the operator's
    Column("origin", String(16), nullable=False),  # where the role comes from: configuration, import, chat
    Index("ix_contact_partner_id", "partner_id"),
    Index("ix_contact_role", "role"),  # operator staff are few
)

contact_address = Table(
    "contact_address",
    metadata,
    Column("adapter", String(64), primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("contact_id", Key, ForeignKey("contact.id"), nullable=False),
    Index("ix_contact_address_contact_id", "contact_id"),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Key, primary_key=True),
    Column("adapter", String(64), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("kind", String(16), nullable=False),  # direct, group, thread
    Column("title", Text),
    Column("partner_id", Key, ForeignKey("partner.id")),
    Column("contact_id", Key, ForeignKey("contact.id")),  # the one person of a direct conversation
    Column("language", String(16)),  # set for the whole conversation; may be "bilingual"
    Column("last_language", String(8)),  # of the last text written here, for what is pushed
    Column("time_zone", String(64)),
    Column("staff", Boolean),  # an operator said that only our own people read here
    Column("within", Text),  # external id of the channel a thread stands in, whose `staff` counts for it
    Column("route_url", Text),  # last reply route; a credential
    Column("route_expires_at", Instant),
    Column("next_reply_seq", BigInteger, nullable=False, default=1),
    Column("next_push_seq", BigInteger, nullable=False, default=1),
    Column("broken", Text),  # why nothing can reach it; None: it can be reached
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("adapter", "external_id"),
    Index("ix_conversation_contact_id", "contact_id"),
    Index("ix_conversation_broken", "id", sqlite_where=text("broken IS NOT NULL"),
          postgresql_where=text("broken IS NOT NULL")),
)
