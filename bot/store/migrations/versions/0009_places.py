"""Which groups are our own people's, which channel a thread stands in; messages are found by the platform's id.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ONLY = sa.text("provider_ref IS NOT NULL")


def upgrade() -> None:
    """Add the columns and the index; no group is known to be our own people's yet."""
    op.add_column("conversation", sa.Column("staff", sa.Boolean(), nullable=True))
    op.add_column("conversation", sa.Column("within", sa.Text(), nullable=True))
    op.create_index("ix_outbox_provider_ref", "outbox", ["provider_ref"], sqlite_where=ONLY, postgresql_where=ONLY)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_outbox_provider_ref", table_name="outbox")
    for name in ("within", "staff"):
        op.drop_column("conversation", name)
