"""What adapters keep over restarts.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "adapter_state",
        sa.Column("adapter", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("adapter", "key", name=op.f("pk_adapter_state")),
    )
    op.create_index("ix_adapter_state_until", "adapter_state", ["until"], unique=False)


def downgrade() -> None:
    """Take it away again; what adapters kept is forgotten."""
    op.drop_table("adapter_state")
