"""Events with unknown codes or in the future are counted by source and hour.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "oddity",
        sa.Column("source_id", Key, autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_oddity_source_id_source")),
        sa.PrimaryKeyConstraint("source_id", "hour", "kind", name=op.f("pk_oddity")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take it away again; the counts are forgotten."""
    op.drop_table("oddity")
