"""What a bundle was made of is found without looking at every message.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ONLY = sa.text("bundle_id IS NOT NULL")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_outbox_bundle_id", "outbox", ["bundle_id"], unique=False, sqlite_where=ONLY, postgresql_where=ONLY
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_outbox_bundle_id", table_name="outbox")
