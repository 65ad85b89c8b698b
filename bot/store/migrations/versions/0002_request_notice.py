"""Who at the desk was told of a request; ways to the people of the desk, and to the parcels that are held.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table and the indexes."""
    op.create_table(
        "request_notice",
        sa.Column("request_id", Key, nullable=False),
        sa.Column("conversation_id", Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("outbox_id", Key, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_request_notice_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_notice_request_id_request")),
        sa.PrimaryKeyConstraint("request_id", "conversation_id", name=op.f("pk_request_notice")),
    )
    op.create_index("ix_contact_role", "contact", ["role"], unique=False)
    op.create_index("ix_conversation_contact_id", "conversation", ["contact_id"], unique=False)
    held = sa.text("held_since IS NOT NULL")
    op.create_index(
        "ix_parcel_held_since", "parcel", ["held_since"], unique=False, sqlite_where=held, postgresql_where=held
    )


def downgrade() -> None:
    """Take them away again; who was told is forgotten."""
    op.drop_index("ix_parcel_held_since", table_name="parcel")
    op.drop_index("ix_conversation_contact_id", table_name="conversation")
    op.drop_index("ix_contact_role", table_name="contact")
    op.drop_table("request_notice")
