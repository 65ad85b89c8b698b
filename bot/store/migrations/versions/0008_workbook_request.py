"""Lists somebody is to get as a workbook are remembered beside the message that names them.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "workbook_request",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_workbook_request")),
    )
    op.create_index("ix_workbook_request_created_at", "workbook_request", ["created_at"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("workbook_request")
