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
        sa.Column("top_id", Key, nullable=True),
        sa.Column("milestone", sa.SmallInteger(), nullable=True),
        sa.Column("status_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("due_milestone", sa.SmallInteger(), nullable=True),
        sa.Column("due_rule", sa.SmallInteger(), nullable=True),
        sa.Column("late_since", sa.BigInteger(), nullable=True),
        sa.Column("late_milestone", sa.SmallInteger(), nullable=True),
        sa.Column("late_rule", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linehaul")),
    )
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
        sa.Column("last_received_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name")),
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
        sa.Column("id", Key, nullable=False),
        sa.Column("subject", Key, nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("milestone", sa.SmallInteger(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("precision", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("source_id", Key, nullable=False),
        sa.Column("reason", sa.SmallInteger(), nullable=True),
        sa.Column("location", sa.String(length=120), nullable=True),
        sa.Column("operator", sa.String(length=64), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("pieces_total", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_event_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("uq_event_subject_key", "event", ["subject", "key"], unique=True)
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
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("due_milestone", sa.SmallInteger(), nullable=True),
        sa.Column("due_rule", sa.SmallInteger(), nullable=True),
        sa.Column("late_since", sa.BigInteger(), nullable=True),
        sa.Column("late_milestone", sa.SmallInteger(), nullable=True),
        sa.Column("late_rule", sa.SmallInteger(), nullable=True),
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
        "ix_parcel_late_since",
        "parcel",
        ["late_since"],
        unique=False,
        sqlite_where=sa.text("late_since IS NOT NULL"),
        postgresql_where=sa.text("late_since IS NOT NULL"),
    )
    op.create_index("ix_parcel_linehaul_id", "parcel", ["linehaul_id"], unique=False)
    op.create_index("ix_parcel_partner_id_status_at", "parcel", ["partner_id", "status_at"], unique=False)
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
        "ix_inbox_due",
        "inbox",
        ["available_at"],
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
