"""The list of late parcels; its cost grows with what is late."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from bot.people import PartnerScope
from bot.tracking.codes import MILESTONE_NAMES, RULES
from bot.tracking.finding import FoundParcel, load_parcels
from bot.tracking.matching import joined, matching
from bot.tracking.reading import Reader, instant, shown_at
from bot.tracking.tables import lateness, parcel
from bot.tracking.views import Filter, LateRow

_LATE = lateness.join(parcel, parcel.c.id == lateness.c.parcel_id)


def late_list(
    conn: Connection, wanted: Filter, scope: PartnerScope, now: datetime, *, limit: int  # noqa: ARG001
) -> tuple[int, tuple[LateRow, ...]]:
    """How many parcels are late, and those late longest."""
    where = matching(wanted, scope, lateness.c.since)
    total = conn.execute(joined(select(func.count()), _LATE).where(*where)).scalar_one()
    ids = conn.execute(_longest_first(where).limit(limit)).scalars().all()
    found = load_parcels(conn, ids)
    reader = Reader(conn, scope, found)
    return total, tuple(_late_row(reader, one) for one in found)


def late_ids(conn: Connection, wanted: Filter, scope: PartnerScope) -> Sequence[int]:
    """Every parcel that is late, those late longest first: keys alone."""
    return conn.execute(_longest_first(matching(wanted, scope, lateness.c.since))).scalars().all()


def _longest_first(where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Keys of the late parcels."""
    return joined(select(parcel.c.id), _LATE).where(*where).order_by(lateness.c.since, parcel.c.id)


def _late_row(reader: Reader, found: FoundParcel) -> LateRow:
    state, lane_parts = found.state, found.lane
    status, outer = reader.status(state), reader.outermost(state)
    since = instant(state.late_since)
    assert since is not None
    fact = status.fact
    return LateRow(
        number=state.number, parcel_id=state.id, milestone=None if fact is None else MILESTONE_NAMES[fact.milestone],
        place=None if fact is None else fact.location, status_at=shown_at(fact), late_since=since,
        rule=RULES[state.late_rule] if state.late_rule else None, linehaul=outer.key if outer is not None else None,
        country=lane_parts.country, hub=lane_parts.hub or (outer.hub if outer is not None else None),
    )
