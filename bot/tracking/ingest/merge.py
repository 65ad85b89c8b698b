"""Two parcels that a feed says are one become one: events, numbers and what carried them go to the one that stays."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, literal, select

from bot.store.schema import insert
from bot.tracking.codes import Role
from bot.tracking.parcelstate import ParcelState
from bot.tracking.tables import containment, event, lateness, parcel, parcel_alias


def merge_parcels(conn: Connection, kept: ParcelState, gone: ParcelState) -> None:
    """Move everything and delete the one that goes; the caller writes `kept`."""
    if not gone.is_new:
        _delete_moved(conn, kept, gone)
    kept.events += gone.events
    kept.judge_all = kept.relink = True
    kept.changed = kept.changed_rest = True
    kept.first_seen = min(kept.first_seen, gone.first_seen)
    kept.lane_id = kept.lane_id if kept.lane_id is not None else gone.lane_id
    kept.promised_at = kept.promised_at if kept.promised_at is not None else gone.promised_at


def _delete_moved(conn: Connection, kept: ParcelState, gone: ParcelState) -> None:
    _move(conn, event, "subject", kept.id, gone.id)
    _move(conn, containment, "subject", kept.id, gone.id)
    _move(conn, parcel_alias, "parcel_id", kept.id, gone.id, role=Role.OTHER)
    conn.execute(delete(lateness).where(lateness.c.parcel_id == gone.id))
    conn.execute(delete(parcel).where(parcel.c.id == gone.id))


def _move(conn: Connection, table: Table, owner: str, kept: int, gone: int, **changed: Any) -> None:
    values: dict[str, ColumnElement[Any]] = {column.name: column for column in table.c}
    values |= {owner: literal(kept), **{name: literal(value) for name, value in changed.items()}}
    source = select(*(value.label(name) for name, value in values.items())).where(table.c[owner] == gone)
    if conn.dialect.name == "sqlite":
        conn.execute(insert(conn, table).from_select(list(values), source).prefix_with("OR IGNORE"))
    else:
        conn.execute(insert(conn, table).from_select(list(values), source).on_conflict_do_nothing())
    conn.execute(delete(table).where(table.c[owner] == gone))
