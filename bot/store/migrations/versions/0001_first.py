"""Everything there is from the first day.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "alert_group",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("of_linehaul", sa.Boolean(), nullable=False),
        sa.Column("linehaul_id", Key, nullable=True),
        sa.Column("hub", sa.String(length=8), nullable=True),
        sa.Column("mode", sa.String(length=8), nullable=True),
        sa.Column("local_day", sa.Date(), nullable=True),
        sa.Column("awaited", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_added_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("flush_at", sa.BigInteger(), nullable=True),
        sa.Column("flush_number", sa.Integer(), nullable=False),
        sa.Column("last_flush_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_group")),
    )
    op.create_index("ix_alert_group_closed", "alert_group", ["key", "closed_at"], unique=False)
    op.create_index(
        "ix_alert_group_flush_at",
        "alert_group",
        ["flush_at"],
        unique=False,
        sqlite_where=sa.text("flush_at IS NOT NULL"),
        postgresql_where=sa.text("flush_at IS NOT NULL"),
    )
    op.create_index("ix_alert_group_linehaul_id", "alert_group", ["linehaul_id"], unique=False)
    op.create_index(
        "uq_alert_group_key",
        "alert_group",
        ["key"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "channel_pace",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("recent", sa.Text(), nullable=False),
        sa.Column("closed_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_channel_pace")),
    )
    op.create_table(
        "lane",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=True),
        sa.Column("mode", sa.String(length=8), nullable=True),
        sa.Column("hub", sa.String(length=8), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("carrier", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
        sa.UniqueConstraint("name", name=op.f("uq_lane_name")),
    )
    op.create_table(
        "linehaul",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("dated", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=True),
        sa.Column("hub", sa.String(length=8), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("planned_departure", sa.BigInteger(), nullable=True),
        sa.Column("departed_at", sa.BigInteger(), nullable=True),
        sa.Column("planned_arrival", sa.BigInteger(), nullable=True),
        sa.Column("expected_arrival", sa.BigInteger(), nullable=True),
        sa.Column("arrived_at", sa.BigInteger(), nullable=True),
        sa.Column("plan_from", sa.BigInteger(), nullable=True),
        sa.Column("plan_to", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("top_id", Key, nullable=True),
        sa.Column("milestone", sa.SmallInteger(), nullable=True),
        sa.Column("status_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("due_milestone", sa.SmallInteger(), nullable=True),
        sa.Column("due_rule", sa.SmallInteger(), nullable=True),
        sa.Column("late_since", sa.BigInteger(), nullable=True),
        sa.Column("late_milestone", sa.SmallInteger(), nullable=True),
        sa.Column("late_rule", sa.SmallInteger(), nullable=True),
        sa.Column("told_rules", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linehaul")),
    )
    op.create_index("ix_linehaul_departed_at", "linehaul", ["departed_at"], unique=False)
    op.create_index(
        "ix_linehaul_due_at",
        "linehaul",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_linehaul_key", "linehaul", ["key"], unique=False)
    op.create_index(
        "ix_linehaul_late_since",
        "linehaul",
        ["late_since"],
        unique=False,
        sqlite_where=sa.text("late_since IS NOT NULL"),
        postgresql_where=sa.text("late_since IS NOT NULL"),
    )
    op.create_index("ix_linehaul_number", "linehaul", ["number"], unique=False)
    op.create_index("ix_linehaul_status_at", "linehaul", ["status_at"], unique=False)
    op.create_index("ix_linehaul_top_id", "linehaul", ["top_id"], unique=False)
    op.create_table(
        "partner",
        sa.Column("id", Key, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("calendar", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("code", name=op.f("uq_partner_code")),
    )
    op.create_table(
        "source",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("last_received_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name")),
    )
    op.create_table(
        "pulse",
        sa.Column("partner_id", Key, autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lane_id", Key, autoincrement=False, nullable=False),
        sa.Column("linehaul_id", Key, autoincrement=False, nullable=False),
        sa.Column("unit_id", Key, autoincrement=False, nullable=False),
        sa.Column("milestone", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("customs", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("held", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "partner_id", "hour", "lane_id", "linehaul_id", "unit_id", "milestone", "customs", "held",
            name=op.f("pk_pulse"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally",
        sa.Column("linehaul_id", Key, autoincrement=False, nullable=False),
        sa.Column("unit_id", Key, autoincrement=False, nullable=False),
        sa.Column("partner_id", Key, autoincrement=False, nullable=False),
        sa.Column("lane_id", Key, autoincrement=False, nullable=False),
        sa.Column("milestone", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("customs", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("held", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "linehaul_id", "unit_id", "partner_id", "lane_id", "milestone", "customs", "held", name=op.f("pk_tally")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tally_partner_id", "tally", ["partner_id"], unique=False)
    op.create_index("ix_tally_unit_id", "tally", ["unit_id"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", Key, nullable=False),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("subject_kind", sa.String(length=8), nullable=False),
        sa.Column("subject_id", Key, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("previous_id", Key, nullable=True),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("partner_id", Key, nullable=True),
        sa.Column("linehaul_id", Key, nullable=True),
        sa.Column("hub", sa.String(length=8), nullable=True),
        sa.Column("mode", sa.String(length=8), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("awaited", sa.String(length=40), nullable=False),
        sa.Column("awaited_stage", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("late_since", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("fire_at", sa.BigInteger(), nullable=False),
        sa.Column("fired_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("group_id", Key, nullable=True),
        sa.Column("told_flush", sa.Integer(), nullable=True),
        sa.Column("suppression", sa.String(length=20), nullable=True),
        sa.Column("flap_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["alert_group.id"], name=op.f("fk_alert_group_id_alert_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "rule",
            "generation",
            name=op.f("uq_alert_subject_kind_subject_id_rule_generation"),
        ),
    )
    op.create_index(
        "ix_alert_fire_at",
        "alert",
        ["fire_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_alert_group_id",
        "alert",
        ["group_id", "closed_at"],
        unique=False,
        sqlite_where=sa.text("group_id IS NOT NULL"),
        postgresql_where=sa.text("group_id IS NOT NULL"),
    )
    op.create_index(
        "uq_alert_open",
        "alert",
        ["subject_kind", "subject_id", "rule"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "alert_stand",
        sa.Column("group_id", Key, nullable=False),
        sa.Column("side", Key, nullable=False),
        sa.Column("acked_by", sa.Text(), nullable=True),
        sa.Column("acked_at", sa.BigInteger(), nullable=True),
        sa.Column("acked_until", sa.BigInteger(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["alert_group.id"], name=op.f("fk_alert_stand_group_id_alert_group")),
        sa.PrimaryKeyConstraint("group_id", "side", name=op.f("pk_alert_stand")),
    )
    op.create_table(
        "api_token",
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("partner_id", Key, nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_api_token_partner_id_partner")),
        sa.PrimaryKeyConstraint("public_id", name=op.f("pk_api_token")),
    )
    op.create_table(
        "contact",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("partner_id", Key, nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_contact_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_partner_id", "contact", ["partner_id"], unique=False)
    op.create_table(
        "containment",
        sa.Column("subject", Key, nullable=False),
        sa.Column("linehaul_id", Key, nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("off_loaded", sa.Boolean(), nullable=False),
        sa.Column("source_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["linehaul_id"], ["linehaul.id"], name=op.f("fk_containment_linehaul_id_linehaul")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_containment_source_id_source")),
        sa.PrimaryKeyConstraint("subject", "linehaul_id", name=op.f("pk_containment")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_containment_linehaul_id_subject", "containment", ["linehaul_id", "subject"], unique=False)
    op.create_table(
        "event",
        sa.Column("subject", Key, autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("milestone", sa.SmallInteger(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("precision", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("quality", sa.SmallInteger(), nullable=False),
        sa.Column("source_id", Key, nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=True),
        sa.Column("location", sa.String(length=120), nullable=True),
        sa.Column("operator", sa.String(length=64), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("pieces_total", sa.Integer(), nullable=True),
        sa.Column("partner_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_event_source_id_source")),
        sa.PrimaryKeyConstraint("subject", "key", name=op.f("pk_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "parcel",
        sa.Column("id", Key, nullable=False),
        sa.Column("partner_id", Key, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("lane_id", Key, nullable=True),
        sa.Column("promised_at", sa.BigInteger(), nullable=True),
        sa.Column("milestone", sa.SmallInteger(), nullable=True),
        sa.Column("status_at", sa.BigInteger(), nullable=True),
        sa.Column("customs", sa.SmallInteger(), nullable=True),
        sa.Column("customs_at", sa.BigInteger(), nullable=True),
        sa.Column("hold", sa.SmallInteger(), nullable=True),
        sa.Column("hold_reason", sa.SmallInteger(), nullable=True),
        sa.Column("held_since", sa.BigInteger(), nullable=True),
        sa.Column("linehaul_id", Key, nullable=True),
        sa.Column("unit_id", Key, nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("owed_at", sa.BigInteger(), nullable=True),
        sa.Column("due_milestone", sa.SmallInteger(), nullable=True),
        sa.Column("due_rule", sa.SmallInteger(), nullable=True),
        sa.Column("late_since", sa.BigInteger(), nullable=True),
        sa.Column("late_milestone", sa.SmallInteger(), nullable=True),
        sa.Column("late_rule", sa.SmallInteger(), nullable=True),
        sa.Column("told_rules", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_parcel_lane_id_lane")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_parcel_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
    )
    op.create_index(
        "ix_parcel_due_at",
        "parcel",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_parcel_late_linehaul_id",
        "parcel",
        ["linehaul_id"],
        unique=False,
        sqlite_where=sa.text("late_since IS NOT NULL"),
        postgresql_where=sa.text("late_since IS NOT NULL"),
    )
    op.create_index(
        "ix_parcel_late_since",
        "parcel",
        ["late_since"],
        unique=False,
        sqlite_where=sa.text("late_since IS NOT NULL"),
        postgresql_where=sa.text("late_since IS NOT NULL"),
    )
    op.create_index(
        "ix_parcel_late_unit_id",
        "parcel",
        ["unit_id"],
        unique=False,
        sqlite_where=sa.text("late_since IS NOT NULL"),
        postgresql_where=sa.text("late_since IS NOT NULL"),
    )
    op.create_table(
        "alert_act",
        sa.Column("id", Key, nullable=False),
        sa.Column("group_id", Key, nullable=False),
        sa.Column("side", Key, nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("contact_id", Key, nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_alert_act_contact_id_contact")),
        sa.ForeignKeyConstraint(["group_id"], ["alert_group.id"], name=op.f("fk_alert_act_group_id_alert_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_act")),
    )
    op.create_index("ix_alert_act_group_id", "alert_act", ["group_id"], unique=False)
    op.create_table(
        "contact_address",
        sa.Column("adapter", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("contact_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_contact_address_contact_id_contact")),
        sa.PrimaryKeyConstraint("adapter", "external_id", name=op.f("pk_contact_address")),
    )
    op.create_index("ix_contact_address_contact_id", "contact_address", ["contact_id"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", Key, nullable=False),
        sa.Column("adapter", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("partner_id", Key, nullable=True),
        sa.Column("contact_id", Key, nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("last_language", sa.String(length=8), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("route_url", sa.Text(), nullable=True),
        sa.Column("route_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("next_reply_seq", sa.BigInteger(), nullable=False),
        sa.Column("next_push_seq", sa.BigInteger(), nullable=False),
        sa.Column("broken", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_conversation_contact_id_contact")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_conversation_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("adapter", "external_id", name=op.f("uq_conversation_adapter_external_id")),
    )
    op.create_index(
        "ix_conversation_broken",
        "conversation",
        ["id"],
        unique=False,
        sqlite_where=sa.text("broken IS NOT NULL"),
        postgresql_where=sa.text("broken IS NOT NULL"),
    )
    op.create_table(
        "parcel_alias",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("parcel_id", Key, nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_parcel_alias_parcel_id_parcel")),
        sa.PrimaryKeyConstraint("number", "parcel_id", name=op.f("pk_parcel_alias")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_parcel_alias_others",
        "parcel_alias",
        ["parcel_id"],
        unique=False,
        sqlite_where=sa.text("role > 0"),
        postgresql_where=sa.text("role > 0"),
    )
    op.create_table(
        "alert_delivery",
        sa.Column("group_id", Key, nullable=False),
        sa.Column("conversation_id", Key, nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_alert_delivery_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["alert_group.id"], name=op.f("fk_alert_delivery_group_id_alert_group")),
        sa.PrimaryKeyConstraint("group_id", "conversation_id", name=op.f("pk_alert_delivery")),
    )
    op.create_table(
        "alert_held",
        sa.Column("conversation_id", Key, nullable=False),
        sa.Column("group_id", Key, nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_alert_held_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["alert_group.id"], name=op.f("fk_alert_held_group_id_alert_group")),
        sa.PrimaryKeyConstraint("conversation_id", "group_id", name=op.f("pk_alert_held")),
    )
    op.create_index("ix_alert_held_opens_at", "alert_held", ["opens_at"], unique=False)
    op.create_table(
        "alert_message",
        sa.Column("id", Key, nullable=False),
        sa.Column("group_id", Key, nullable=False),
        sa.Column("conversation_id", Key, nullable=False),
        sa.Column("flush_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.Column("outbox_id", Key, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_alert_message_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["alert_group.id"], name=op.f("fk_alert_message_group_id_alert_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_message")),
    )
    op.create_index("ix_alert_message_group_id", "alert_message", ["group_id"], unique=False)
    op.create_table(
        "alert_mute",
        sa.Column("id", Key, nullable=False),
        sa.Column("wish_id", Key, nullable=True),
        sa.Column("conversation_id", Key, nullable=True),
        sa.Column("contact_id", Key, nullable=True),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("ref", sa.String(length=80), nullable=True),
        sa.Column("hub", sa.String(length=8), nullable=True),
        sa.Column("mode", sa.String(length=8), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("parcel_id", Key, nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_alert_mute_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_alert_mute_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_mute")),
    )
    op.create_index("ix_alert_mute_conversation_id", "alert_mute", ["conversation_id", "until"], unique=False)
    op.create_table(
        "alert_subscription",
        sa.Column("id", Key, nullable=False),
        sa.Column("wish_id", Key, nullable=True),
        sa.Column("conversation_id", Key, nullable=False),
        sa.Column("contact_id", Key, nullable=False),
        sa.Column("partner_id", Key, nullable=True),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("ref", sa.String(length=80), nullable=True),
        sa.Column("hub", sa.String(length=8), nullable=True),
        sa.Column("mode", sa.String(length=8), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("parcel_id", Key, nullable=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_alert_subscription_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_alert_subscription_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_alert_subscription_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_subscription")),
        sa.UniqueConstraint("conversation_id", "key", name=op.f("uq_alert_subscription_conversation_id_key")),
    )
    op.create_index(
        "ix_alert_subscription_broad",
        "alert_subscription",
        ["hub"],
        unique=False,
        sqlite_where=sa.text("parcel_id IS NULL AND ref IS NULL"),
        postgresql_where=sa.text("parcel_id IS NULL AND ref IS NULL"),
    )
    op.create_index(
        "ix_alert_subscription_parcel_id",
        "alert_subscription",
        ["parcel_id"],
        unique=False,
        sqlite_where=sa.text("parcel_id IS NOT NULL"),
        postgresql_where=sa.text("parcel_id IS NOT NULL"),
    )
    op.create_index(
        "ix_alert_subscription_ref",
        "alert_subscription",
        ["ref"],
        unique=False,
        sqlite_where=sa.text("ref IS NOT NULL"),
        postgresql_where=sa.text("ref IS NOT NULL"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", Key, nullable=False),
        sa.Column("adapter", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", Key, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("available_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("backoff", sa.Float(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_inbox_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("adapter", "message_id", name=op.f("uq_inbox_adapter_message_id")),
    )
    op.create_index(
        "ix_inbox_dead",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_inbox_due",
        "inbox",
        ["adapter", "available_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["conversation_id", "id"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", Key, nullable=False),
        sa.Column("conversation_id", Key, nullable=False),
        sa.Column("adapter", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=8), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("message_class", sa.SmallInteger(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("cards", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("route_url", sa.Text(), nullable=True),
        sa.Column("route_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("mentions", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("uncertain", sa.Integer(), nullable=False),
        sa.Column("resent", sa.Boolean(), nullable=False),
        sa.Column("backoff", sa.Float(), nullable=False),
        sa.Column("available_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("replay_of", Key, nullable=True),
        sa.Column("bundle_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["bundle_id"], ["outbox.id"], name=op.f("fk_outbox_bundle_id_outbox")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_outbox_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["replay_of"], ["outbox.id"], name=op.f("fk_outbox_replay_of_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_outbox_dedup_key")),
    )
    op.create_index(
        "ix_outbox_dead",
        "outbox",
        ["adapter", "finished_at"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["adapter", "queue", "available_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["conversation_id", "queue", "seq"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_replay_of",
        "outbox",
        ["replay_of"],
        unique=False,
        sqlite_where=sa.text("replay_of IS NOT NULL"),
        postgresql_where=sa.text("replay_of IS NOT NULL"),
    )
    op.create_table(
        "request",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("contact_id", Key, nullable=False),
        sa.Column("partner_id", Key, nullable=True),
        sa.Column("conversation_id", Key, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_request_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_request_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_request_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    op.create_index("ix_request_contact_id", "request", ["contact_id", "id"], unique=False)
    op.create_index("ix_request_state", "request", ["state", "id"], unique=False)
    op.create_table(
        "talk_memory",
        sa.Column("conversation_id", Key, autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("turns", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("refused_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_talk_memory_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "contact_id", name=op.f("pk_talk_memory")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "talk_undo",
        sa.Column("conversation_id", Key, autoincrement=False, nullable=False),
        sa.Column("contact_id", Key, autoincrement=False, nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_talk_undo_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_talk_undo_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "contact_id", name=op.f("pk_talk_undo")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attempt",
        sa.Column("outbox_id", Key, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_attempt_outbox_id_outbox")),
        sa.PrimaryKeyConstraint("outbox_id", "number", name=op.f("pk_attempt")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """There is no way back from the first revision but an empty database."""
    raise NotImplementedError("the first revision cannot be undone; restore a backup instead")
