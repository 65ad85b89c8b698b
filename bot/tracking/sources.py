"""When a source was last heard: what "has been silent since" rests on."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.store.prepared import Prepared
from bot.store.schema import from_micros
from bot.tracking.tables import source

_HEARD = Prepared(lambda _: select(source.c.last_received_at).where(source.c.name == bindparam("name")))


def last_heard(conn: Connection, name: str) -> datetime | None:
    """The last instant at which a source told us anything; None when it never did."""
    row = _HEARD.first(conn, {"name": name})
    return None if row is None or row[0] is None else from_micros(row[0])
