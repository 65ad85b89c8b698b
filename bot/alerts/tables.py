"""Tables of alerts: episodes, the groups they are told in, who follows, who wants quiet, who was told, who did what."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from bot.store.schema import Instant, Key, metadata

alert_group = Table(  # what one message is about; `A-<id>` for people
    "alert_group",
    metadata,
    Column("id", Key, primary_key=True),
    Column("key", String(120), nullable=False),  # rule and linehaul, else rule, hub and local day
    Column("rule", String(4), nullable=False),
    Column("of_linehaul", Boolean, nullable=False),  # the linehaul itself is late; else parcels are
    Column("linehaul_id", Key),
    Column("hub", String(8)),
    Column("mode", String(8)),
    Column("local_day", Date),
    Column("awaited", String(40), nullable=False),  # the milestone whose absence it is about
    Column("opened_at", Instant, nullable=False),
    Column("last_added_at", Instant, nullable=False),
    Column("closed_at", Instant),  # None: something in it is still late
    Column("flush_at", Instant),  # when to look at it next; survives restarts
    Column("flush_number", Integer, nullable=False),
    Column("last_flush_at", Instant),
    # One open group a key; what is closed stays for the record.
    Index("uq_alert_group_key", "key", unique=True,
          sqlite_where=sql("closed_at IS NULL"), postgresql_where=sql("closed_at IS NULL")),
    Index("ix_alert_group_flush_at", "flush_at",
          sqlite_where=sql("flush_at IS NOT NULL"), postgresql_where=sql("flush_at IS NOT NULL")),
    Index("ix_alert_group_linehaul_id", "linehaul_id"),
    Index("ix_alert_group_closed", "key", "closed_at"),
)  # fmt: skip

alert = Table(  # one episode of lateness of one parcel or linehaul
    "alert",
    metadata,
    Column("id", Key, primary_key=True),
    Column("rule", String(4), nullable=False),
    Column("subject_kind", String(8), nullable=False),  # parcel, linehaul
    Column("subject_id", Key, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("previous_id", Key),  # the generation before
    Column("number", String(80), nullable=False),  # the parcel's number, the linehaul's key
    Column("partner_id", Key),  # None: a linehaul
    Column("linehaul_id", Key),
    Column("hub", String(8)),
    Column("mode", String(8)),
    Column("country", String(2)),
    Column("awaited", String(40), nullable=False),
    Column("awaited_stage", Integer, nullable=False),
    Column("state", String(8), nullable=False),  # pending, firing, cleared
    Column("late_since", Instant, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("fire_at", Instant, nullable=False),
    Column("fired_at", Instant),
    Column("closed_at", Instant),
    Column("ended_at", Instant),  # in the world
    Column("moved", Boolean, nullable=False, default=False),  # not over: the subject is late by another rule now
    Column("group_id", Key, ForeignKey(alert_group.c.id)),
    Column("told_flush", Integer),  # the first message that counted it; None: nobody was told
    Column("suppression", String(20)),  # why nobody was told
    Column("flap_count", Integer, nullable=False),
    UniqueConstraint("subject_kind", "subject_id", "rule", "generation"),
    Index("uq_alert_open", "subject_kind", "subject_id", "rule", unique=True,
          sqlite_where=sql("closed_at IS NULL"), postgresql_where=sql("closed_at IS NULL")),
    Index("ix_alert_fire_at", "fire_at",
          sqlite_where=sql("state = 'pending'"), postgresql_where=sql("state = 'pending'")),
    Index("ix_alert_group_id", "group_id", "closed_at",
          sqlite_where=sql("group_id IS NOT NULL"), postgresql_where=sql("group_id IS NOT NULL")),
)  # fmt: skip

_TARGET = (("number", 64), ("ref", 80), ("hub", 8), ("mode", 8), ("country", 2))


def _target() -> list[Column[str]]:
    """What one row of a wish is about; all empty: everything."""
    return [Column(name, String(length)) for name, length in _TARGET]


alert_subscription = Table(  # one row for each number and reference of a wish, one for hub, mode and country
    "alert_subscription",
    metadata,
    Column("id", Key, primary_key=True),
    Column("wish_id", Key),  # the first row of the same wish; None: itself
    Column("conversation_id", Key, ForeignKey("conversation.id"), nullable=False),
    Column("contact_id", Key, ForeignKey("contact.id"), nullable=False),
    Column("partner_id", Key, ForeignKey("partner.id")),  # only parcels of this partner; None: an operator's
    *_target(),
    Column("parcel_id", Key),
    Column("key", String(200), nullable=False),  # the target as text: the same thing is followed once
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("conversation_id", "key"),
    Index("ix_alert_subscription_parcel_id", "parcel_id",
          sqlite_where=sql("parcel_id IS NOT NULL"), postgresql_where=sql("parcel_id IS NOT NULL")),
    Index("ix_alert_subscription_ref", "ref",
          sqlite_where=sql("ref IS NOT NULL"), postgresql_where=sql("ref IS NOT NULL")),
    Index("ix_alert_subscription_broad", "hub",
          sqlite_where=sql("parcel_id IS NULL AND ref IS NULL"),
          postgresql_where=sql("parcel_id IS NULL AND ref IS NULL")),
)  # fmt: skip

alert_mute = Table(
    "alert_mute",
    metadata,
    Column("id", Key, primary_key=True),
    Column("wish_id", Key),
    Column("conversation_id", Key, ForeignKey("conversation.id")),  # None: every conversation
    Column("contact_id", Key, ForeignKey("contact.id")),  # None: an administrator at the command line
    *_target(),
    Column("parcel_id", Key),
    Column("until", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_alert_mute_conversation_id", "conversation_id", "until"),
)

alert_delivery = Table(  # what a conversation knows of a group
    "alert_delivery",
    metadata,
    Column("group_id", Key, ForeignKey(alert_group.c.id), primary_key=True),
    Column("conversation_id", Key, ForeignKey("conversation.id"), primary_key=True),
    Column("told_at", Instant, nullable=False),
    Column("open_count", Integer, nullable=False),  # as it was told
    Column("severity", String(8), nullable=False),
    Column("over", Boolean, nullable=False),  # it was told that it is over
    Column("card_id", Key),  # the newest message that shows it alone: changed in place when something changes
    Column("shown", Text),  # what that message shows now
)

alert_held = Table(  # something to tell when a conversation's quiet hours end
    "alert_held",
    metadata,
    Column("conversation_id", Key, ForeignKey("conversation.id"), primary_key=True),
    Column("group_id", Key, ForeignKey(alert_group.c.id), primary_key=True),
    Column("opens_at", Instant, nullable=False),
    Index("ix_alert_held_opens_at", "opens_at"),
)

alert_message = Table(  # every message, for the record
    "alert_message",
    metadata,
    Column("id", Key, primary_key=True),
    Column("group_id", Key, ForeignKey(alert_group.c.id), nullable=False),
    Column("conversation_id", Key, ForeignKey("conversation.id"), nullable=False),
    Column("flush_number", Integer, nullable=False),
    Column("kind", String(8), nullable=False),  # alert, clear, catch_up
    Column("open_count", Integer, nullable=False),
    Column("outbox_id", Key),
    Column("at", Instant, nullable=False),
    Index("ix_alert_message_group_id", "group_id"),
)

alert_stand = Table(  # how a side stands to a group: 0 the operators, else a partner
    "alert_stand",
    metadata,
    Column("group_id", Key, ForeignKey(alert_group.c.id), primary_key=True),
    Column("side", Key, primary_key=True),
    Column("acked_by", Text),
    Column("acked_at", Instant),
    Column("acked_until", Instant),
    Column("resolved_by", Text),
    Column("resolved_at", Instant),
)

alert_act = Table(  # what people did, for the record
    "alert_act",
    metadata,
    Column("id", Key, primary_key=True),
    Column("group_id", Key, ForeignKey(alert_group.c.id), nullable=False),
    Column("side", Key, nullable=False),
    Column("act", String(12), nullable=False),
    Column("contact_id", Key, ForeignKey("contact.id")),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_alert_act_group_id", "group_id"),
)
