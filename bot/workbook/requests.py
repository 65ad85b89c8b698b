"""Asking for a workbook: a small row beside the message, in its transaction; the file itself is made at sending."""

import json
import secrets
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from bot.contracts import File
from bot.people import PartnerScope
from bot.store.prepared import Prepared, micros
from bot.store.schema import from_micros
from bot.workbook.model import MEDIA_TYPE, Request
from bot.workbook.tables import workbook_request

PREFIX = "workbook:"
"""Begins the references of such files."""
_KEY_BYTES = 18

_INSERT = Prepared(lambda make: make(workbook_request).values(
    key=bindparam("key_"), request=bindparam("request_"), created_at=bindparam("at")))
_COLUMNS = (workbook_request.c.request, micros(workbook_request.c.created_at))
_FIND = Prepared(lambda _: select(*_COLUMNS).where(workbook_request.c.key == bindparam("key_")))


def ask_for(conn: Connection, request: Request) -> File:
    """Remember a request; the file is what a card names. Inside the unit that writes the message."""
    key = secrets.token_urlsafe(_KEY_BYTES)
    _INSERT.run(conn, {"key_": key, "request_": _as_json(request), "at": request.asked_at})
    return File(name=request.name, media_type=MEDIA_TYPE, reference=PREFIX + key)


def find_request(conn: Connection, reference: str) -> Request | None:
    """The request behind a file's reference; None for anything else, and when it is too long ago."""
    if not reference.startswith(PREFIX):
        return None
    row = _FIND.first(conn, {"key_": reference.removeprefix(PREFIX)})
    return None if row is None else _from_json(row[0], from_micros(row[1]))


def forget_requests(conn: Connection, before: datetime) -> int:
    """Delete what was asked for earlier; returns how many."""
    return conn.execute(delete(workbook_request).where(workbook_request.c.created_at < before)).rowcount


def _as_json(request: Request) -> str:
    partners = request.scope.partner_ids
    return json.dumps({
        "source": request.source, "asked": request.asked, "language": request.language, "zone": request.zone,
        "name": request.name, "partners": None if partners is None else sorted(partners),
    }, ensure_ascii=False, separators=(",", ":"))  # fmt: skip


def _from_json(stored: str, asked_at: datetime) -> Request:
    values = json.loads(stored)
    partners = values.pop("partners")
    scope = PartnerScope(None if partners is None else frozenset(partners))
    return Request(scope=scope, asked_at=asked_at, **values)
