"""Tables of tracking. Instants are microseconds since 1970, codes are small integers: see `codes.py` for their names.

`subject` is what an event speaks of, or what is contained: a parcel's id, or the negative id of a linehaul.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, SmallInteger, String, Table, Text
from sqlalchemy import text as sql

from bot.people.tables import partner
from bot.store.schema import Key, metadata

lane = Table(
    "lane",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String(120), nullable=False, unique=True),  # as the feed wrote it
    Column("origin", String(8)),
    Column("mode", String(8)),  # air, rail, truck
    Column("hub", String(8)),
    Column("country", String(2)),  # of destination
    Column("carrier", String(64)),
)

source = Table(  # who reports, and when it was last heard: the heartbeat
    "source",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("rank", SmallInteger, nullable=False),  # whose word counts first when several report the same: 0 is best
    Column("last_received_at", BigInteger),
)

oddity = Table(  # new events of a source that tell us less than they should, by the hour of their coming
    "oddity",
    metadata,
    Column("source_id", Key, ForeignKey(source.c.id), primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),  # since 1970
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),  # 1 unknown code, 2 quarantined
    Column("events", Integer, nullable=False),
    Column("example", Text, nullable=False),  # the latest of them: the code, or how far ahead it was
    sqlite_with_rowid=False,
)

parcel = Table(
    "parcel",
    metadata,
    Column("id", Key, primary_key=True),
    Column("partner_id", Key, ForeignKey(partner.c.id), nullable=False),
    Column("number", String(64), nullable=False),  # the one it was first reported under
    Column("first_seen", BigInteger, nullable=False),
    Column("lane_id", Key, ForeignKey(lane.c.id)),
    Column("promised_at", BigInteger),
    # What its own events say, without those of what carries it: `snapshot.py`.
    Column("milestone", SmallInteger),
    Column("status_at", BigInteger),
    Column("customs", SmallInteger),  # import customs reported before any arrival of its own
    Column("customs_at", BigInteger),
    Column("hold", SmallInteger),  # the oldest open one
    Column("hold_reason", SmallInteger),
    Column("held_since", BigInteger),
    # What carries it now or carried it last: shortcuts of `containment`.
    Column("linehaul_id", Key),  # consignment or movement
    Column("unit_id", Key),  # bag, air pallet or container
    # When it is looked at again, as in `parcel_due`: never later than what is owed, often earlier, so that the queue
    # rests while the parcel goes on; the sweep then sets it right.
    Column("due_at", BigInteger),
    Column("owed_at", BigInteger),  # by when what is due next is due
    Column("due_milestone", SmallInteger),
    Column("due_rule", SmallInteger),
    Index(  # parcels that are held are few
        "ix_parcel_held_since",
        "held_since",
        sqlite_where=sql("held_since IS NOT NULL"),
        postgresql_where=sql("held_since IS NOT NULL"),
    ),
)

# Which parcels to look at when: what is due together stands together, and leaves in one piece. A parcel that is to be
# looked at earlier gets another place; the one it left counts for nothing.
parcel_due = Table(
    "parcel_due",
    metadata,
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("parcel_id", Key, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

lateness = Table(  # parcels that are late now: few, so that marking them touches few pages and not their rows
    "lateness",
    metadata,
    Column("parcel_id", Key, primary_key=True, autoincrement=False),
    Column("since", BigInteger, nullable=False),
    Column("milestone", SmallInteger, nullable=False),  # what ends it
    Column("rule", SmallInteger, nullable=False),
    Column("told_rules", Integer, nullable=False),  # bits of the rules told while it lasts
    # While it lasts these stand in for the parcel's own.
    Column("due_at", BigInteger),
    Column("owed_at", BigInteger),
    Column("due_milestone", SmallInteger),
    Column("due_rule", SmallInteger),
    # As in the parcel's row. What a flight's event may end: only the late parcels it carries are looked at.
    Column("linehaul_id", Key),
    Column("unit_id", Key),
    Index(
        "ix_lateness_linehaul_id",
        "linehaul_id",
        sqlite_where=sql("linehaul_id IS NOT NULL"),
        postgresql_where=sql("linehaul_id IS NOT NULL"),
    ),
    Index(
        "ix_lateness_unit_id",
        "unit_id",
        sqlite_where=sql("unit_id IS NOT NULL"),
        postgresql_where=sql("unit_id IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

tally = Table(  # how many parcels are alike: summaries and counts on a flight never scan parcels
    "tally",
    metadata,
    Column("linehaul_id", Key, primary_key=True, autoincrement=False),  # 0 stands for none, here and below
    Column("unit_id", Key, primary_key=True, autoincrement=False),
    Column("partner_id", Key, primary_key=True, autoincrement=False),
    Column("lane_id", Key, primary_key=True, autoincrement=False),
    Column("milestone", SmallInteger, primary_key=True, autoincrement=False),
    Column("customs", SmallInteger, primary_key=True, autoincrement=False),
    Column("held", SmallInteger, primary_key=True, autoincrement=False),  # 0 or 1
    Column("parcels", Integer, nullable=False),
    Index("ix_tally_unit_id", "unit_id"),
    Index("ix_tally_partner_id", "partner_id"),
    sqlite_with_rowid=False,
)

pulse = Table(  # the same by the hour of the last status: summaries of a period never scan parcels
    "pulse",
    metadata,
    Column("partner_id", Key, primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),  # since 1970
    Column("lane_id", Key, primary_key=True, autoincrement=False),
    Column("linehaul_id", Key, primary_key=True, autoincrement=False),  # 0 also where it decides nothing any more
    Column("unit_id", Key, primary_key=True, autoincrement=False),
    Column("milestone", SmallInteger, primary_key=True, autoincrement=False),
    Column("customs", SmallInteger, primary_key=True, autoincrement=False),
    Column("held", SmallInteger, primary_key=True, autoincrement=False),
    Column("parcels", Integer, nullable=False),
    sqlite_with_rowid=False,
)

parcel_alias = Table(  # every number, the main one included; the way from a number to a parcel
    "parcel_alias",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("parcel_id", Key, ForeignKey(parcel.c.id), primary_key=True),
    Column("role", SmallInteger, nullable=False),  # 0 main, 1 order, 2 linehaul, 3 last mile, 4 return, 5 other
    # Few parcels have other numbers: this index holds only those.
    Index("ix_parcel_alias_others", "parcel_id", sqlite_where=sql("role > 0"), postgresql_where=sql("role > 0")),
    sqlite_with_rowid=False,
)

linehaul = Table(  # whatever carries parcels; shared between partners
    "linehaul",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", SmallInteger, nullable=False),  # codes.KINDS
    Column("key", String(80), nullable=False),  # CV7911/2026-11-24, 157-12345675, CSQU3054383
    Column("number", String(64), nullable=False),
    Column("dated", Boolean, nullable=False),  # False: a movement whose departure date is a guess so far
    Column("first_seen", BigInteger, nullable=False),
    Column("mode", String(8)),
    Column("origin", String(8)),
    Column("hub", String(8)),
    Column("country", String(2)),
    Column("planned_departure", BigInteger),  # of the first plan
    Column("departed_at", BigInteger),
    Column("planned_arrival", BigInteger),
    Column("expected_arrival", BigInteger),  # of the last plan, when it differs
    Column("arrived_at", BigInteger),
    Column("plan_from", BigInteger),  # when the first plan was reported
    Column("plan_to", BigInteger),  # when the last one was
    Column("told_at", BigInteger),  # when a plan that differs from the first was reported
    Column("top_id", Key),  # the outermost that carries it; itself when nothing does
    # With the events of what carries it: small, so kept ready for everything inside it.
    Column("milestone", SmallInteger),
    Column("status_at", BigInteger),
    Column("due_at", BigInteger),
    Column("due_milestone", SmallInteger),
    Column("due_rule", SmallInteger),
    Column("late_since", BigInteger),
    Column("late_milestone", SmallInteger),
    Column("late_rule", SmallInteger),
    Column("told_rules", Integer, nullable=False, server_default="0"),
    Index("ix_linehaul_key", "key"),
    Index("ix_linehaul_number", "number"),
    Index("ix_linehaul_top_id", "top_id"),
    Index("ix_linehaul_status_at", "status_at"),
    Index("ix_linehaul_departed_at", "departed_at"),
    Index(
        "ix_linehaul_due_at",
        "due_at",
        sqlite_where=sql("due_at IS NOT NULL"),
        postgresql_where=sql("due_at IS NOT NULL"),
    ),
    Index(
        "ix_linehaul_late_since",
        "late_since",
        sqlite_where=sql("late_since IS NOT NULL"),
        postgresql_where=sql("late_since IS NOT NULL"),
    ),
)

containment = Table(
    "containment",
    metadata,
    Column("subject", Key, primary_key=True),
    Column("linehaul_id", Key, ForeignKey(linehaul.c.id), primary_key=True),
    Column("valid_from", BigInteger),  # the first scan that named it; None: told by what carries
    Column("valid_to", BigInteger),  # None: until a later scan names another of its kind
    Column("off_loaded", Boolean, nullable=False),  # taken off: the departure does not count for it
    Column("source_id", Key, ForeignKey(source.c.id)),
    Index("ix_containment_linehaul_id_subject", "linehaul_id", "subject"),
    sqlite_with_rowid=False,
)

event = Table(  # stored once, at the level that reported it; the events of one subject stand side by side
    "event",
    metadata,
    Column("subject", Key, primary_key=True, autoincrement=False),
    # Identity within the subject: hash of source and event id, or of the content. `ingest/identity.py`.
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("milestone", SmallInteger, nullable=False),
    Column("occurred_at", BigInteger),  # None: the source gave no time; a day is kept as its noon
    Column("received_at", BigInteger, nullable=False),
    Column("precision", SmallInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),  # codes.State
    Column("quality", SmallInteger, nullable=False),  # bits of codes.QUALITY
    Column("source_id", Key, ForeignKey(source.c.id), nullable=False),
    Column("reason", SmallInteger),
    Column("location", String(120)),
    Column("operator", String(64)),
    Column("zone", String(64)),  # whose clock a time without an offset was read by
    Column("code", String(120)),  # the source's own word
    Column("note", Text),
    Column("pieces", Integer),
    Column("pieces_total", Integer),
    # Whose feed said it of something that carries several partners' parcels: its words are for that partner alone.
    Column("partner_id", Key),
    sqlite_with_rowid=False,
)
