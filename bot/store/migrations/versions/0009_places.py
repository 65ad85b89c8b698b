"""Which groups are our own people's, which channel a thread stands in; messages are found by the platform's id.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FOLLOWED = """UPDATE conversation SET staff = TRUE WHERE kind = 'group' AND partner_id IS NULL AND id IN (
SELECT alert_subscription.conversation_id FROM alert_subscription WHERE alert_subscription.partner_id IS NULL)"""
ONLY = sa.text("provider_ref IS NOT NULL")


def upgrade() -> None:
    """Add the columns and the index. A group an operator asked alerts for goes on getting them: it is our own."""
    op.add_column("conversation", sa.Column("staff", sa.Boolean(), nullable=True))
    op.add_column("conversation", sa.Column("within", sa.Text(), nullable=True))
    op.execute(FOLLOWED)
    op.create_index("ix_outbox_provider_ref", "outbox", ["provider_ref"], sqlite_where=ONLY, postgresql_where=ONLY)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_outbox_provider_ref", table_name="outbox")
    for name in ("within", "staff"):
        op.drop_column("conversation", name)
