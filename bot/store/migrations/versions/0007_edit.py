"""What was sent can be changed in place: which messages, what changes them, and the card each alert stands on.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; what was sent before stays as it is."""
    op.add_column("outbox", sa.Column("editable", sa.Boolean(), nullable=True))
    op.add_column("outbox", sa.Column("edit_of", Key, nullable=True))
    op.add_column("alert_delivery", sa.Column("card_id", Key, nullable=True))
    op.add_column("alert_delivery", sa.Column("shown", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    for name in ("shown", "card_id"):
        op.drop_column("alert_delivery", name)
    op.execute("DELETE FROM attempt WHERE outbox_id IN (SELECT id FROM outbox WHERE edit_of IS NOT NULL)")
    op.execute("DELETE FROM outbox WHERE edit_of IS NOT NULL")
    for name in ("edit_of", "editable"):
        op.drop_column("outbox", name)
