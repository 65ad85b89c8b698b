"""What is due stands in a queue, and the few that are late in a table of their own: a sweep leaves parcels' rows alone.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CARRIERS = ("linehaul_id", "unit_id")
_LATE = (
    ("late_since", sa.BigInteger()), ("late_milestone", sa.SmallInteger()), ("late_rule", sa.SmallInteger()),
    ("told_rules", sa.Integer()),
)  # fmt: skip


def upgrade() -> None:
    """Make the tables, fill them from the parcels, and take their columns away."""
    _queue()
    _lateness()
    for name in ("due_at", "late_since", *(f"late_{carrier}" for carrier in _CARRIERS)):
        op.drop_index(f"ix_parcel_{name}", table_name="parcel")
    for name, _ in _LATE:
        op.drop_column("parcel", name)


def _queue() -> None:
    op.create_table(
        "parcel_due",
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parcel_id", Key, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("at", "parcel_id", name=op.f("pk_parcel_due")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO parcel_due (at, parcel_id) SELECT due_at, id FROM parcel WHERE due_at IS NOT NULL "
               "ORDER BY due_at, id")


def _lateness() -> None:
    op.create_table(
        "lateness",
        sa.Column("parcel_id", Key, autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("milestone", sa.SmallInteger(), nullable=False),
        sa.Column("rule", sa.SmallInteger(), nullable=False),
        sa.Column("told_rules", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("owed_at", sa.BigInteger(), nullable=True),
        sa.Column("due_milestone", sa.SmallInteger(), nullable=True),
        sa.Column("due_rule", sa.SmallInteger(), nullable=True),
        sa.Column("linehaul_id", Key, nullable=True),
        sa.Column("unit_id", Key, nullable=True),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("pk_lateness")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO lateness (parcel_id, since, milestone, rule, told_rules, due_at, owed_at, due_milestone, "
        "due_rule, linehaul_id, unit_id) SELECT id, late_since, late_milestone, late_rule, told_rules, due_at, "
        "owed_at, due_milestone, due_rule, linehaul_id, unit_id FROM parcel WHERE late_since IS NOT NULL"
    )
    for carrier in _CARRIERS:
        known = sa.text(f"{carrier} IS NOT NULL")
        op.create_index(f"ix_lateness_{carrier}", "lateness", [carrier], unique=False, sqlite_where=known,
                        postgresql_where=known)


def downgrade() -> None:
    """Put everything back into the parcels' rows."""
    for name, kind in _LATE:
        none = {"nullable": False, "server_default": "0"} if name == "told_rules" else {"nullable": True}
        op.add_column("parcel", sa.Column(name, kind, **none))
    op.execute(
        "UPDATE parcel SET (late_since, late_milestone, late_rule, told_rules, due_at, owed_at, due_milestone, "
        "due_rule) = (SELECT since, milestone, rule, told_rules, due_at, owed_at, due_milestone, due_rule "
        "FROM lateness WHERE parcel_id = parcel.id) WHERE id IN (SELECT parcel_id FROM lateness)"
    )
    for name, column in (("due_at", "due_at"), ("late_since", "late_since"),
                         *((f"late_{carrier}", carrier) for carrier in _CARRIERS)):
        some = sa.text("due_at IS NOT NULL" if name == "due_at" else "late_since IS NOT NULL")
        op.create_index(f"ix_parcel_{name}", "parcel", [column], unique=False, sqlite_where=some,
                        postgresql_where=some)
    op.drop_table("lateness")
    op.drop_table("parcel_due")
