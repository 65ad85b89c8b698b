"""Requests for a person: opened, added to, found, listed, closed. Units; the caller commits.

Somebody else's case is as unknown as one that does not exist: a partner's contact sees the own ones and those of
colleagues of the same partner, operator staff see all.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, false, select, true, update

from bot.cases.model import RequestKind, RequestState, RequestView
from bot.cases.tables import request, request_notice
from bot.people import Person, Role
from bot.people.tables import contact, partner

SAME_REQUEST_WITHIN: Final = timedelta(hours=2)
"""Somebody who asks again for the same within this time adds to the request instead of opening another."""
TEXT_CHARACTERS: Final = 8_000
_REF = re.compile(r"C-?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a wish for a person."""

    request: RequestView
    created: bool
    """False when it was added to a request that was open already."""
    grown: bool = False
    """It names more numbers now."""


def open_request(
    conn: Connection, *, kind: RequestKind, person: Person, conversation_id: int, text: str, about: Sequence[str],
    now: datetime,
) -> Opened:  # fmt: skip
    """Keep a request until somebody has dealt with it."""
    same = _same(conn, kind=kind, person=person, conversation_id=conversation_id, about=about, now=now)
    if same is not None:
        words = f"{same.text}\n{text}"[-TEXT_CHARACTERS:]
        names = list(dict.fromkeys([*same.about, *about]))
        conn.execute(
            update(request).where(request.c.id == key_of(same.ref))
            .values(text=words, about=json.dumps(names, ensure_ascii=False), updated_at=now)
        )
        now_known = _one(conn, request.c.id == key_of(same.ref))
        return Opened(now_known, created=False, grown=len(now_known.about) > len(same.about))
    values = {
        "kind": kind, "state": RequestState.OPEN, "contact_id": person.contact_id, "partner_id": person.partner_id,
        "conversation_id": conversation_id, "text": text[:TEXT_CHARACTERS],
        "about": json.dumps(list(about), ensure_ascii=False), "created_at": now, "updated_at": now,
    }
    key = conn.execute(request.insert().returning(request.c.id), values).scalar_one()
    return Opened(_one(conn, request.c.id == key), created=True)


def find_request(conn: Connection, ref: str, person: Person | None) -> RequestView | None:
    """The request of a reference; None: there is none, or none this person may know of. None as person sees all."""
    key = key_of(ref)
    if key is None:
        return None
    row = conn.execute(_views().where(request.c.id == key, _visible(person))).first()
    return None if row is None else _view(row)


def list_requests(
    conn: Connection, *, person: Person | None = None, mine: bool = False, state: RequestState | None = None,
    limit: int = 20,
) -> tuple[RequestView, ...]:  # fmt: skip
    """Requests the person may know of, newest first; `mine` only the person's own; no person: all."""
    statement = _views().where(_visible(person)).order_by(request.c.id.desc()).limit(limit)
    if mine and person is not None:
        statement = statement.where(request.c.contact_id == person.contact_id)
    if state is not None:
        statement = statement.where(request.c.state == state)
    return tuple(_view(row) for row in conn.execute(statement))


def untold_requests(conn: Connection, *, limit: int) -> tuple[RequestView, ...]:
    """Open requests nobody of the desk was told of, the oldest first; costs what is open."""
    told = select(request_notice.c.request_id).where(request_notice.c.request_id == request.c.id)
    waiting = _views().where(request.c.state == RequestState.OPEN, ~told.exists())
    return tuple(_view(row) for row in conn.execute(waiting.order_by(request.c.id).limit(limit)))


def set_state(
    conn: Connection, ref: str, person: Person | None, state: RequestState, *, now: datetime
) -> RequestView | None:
    """Close or reopen; returns the request as it was before, None when it is unknown to the person."""
    before = find_request(conn, ref, person)
    if before is not None and before.state is not state:
        conn.execute(update(request).where(request.c.id == key_of(ref)).values(state=state, updated_at=now))
    return before


def _same(
    conn: Connection, *, kind: RequestKind, person: Person, conversation_id: int, about: Sequence[str], now: datetime
) -> RequestView | None:
    statement = (
        _views()
        .where(
            request.c.contact_id == person.contact_id, request.c.conversation_id == conversation_id,
            request.c.kind == kind, request.c.state != RequestState.CLOSED,
            request.c.updated_at > now - SAME_REQUEST_WITHIN,
        )
        .order_by(request.c.id.desc())
        .limit(1)
    )  # fmt: skip
    row = conn.execute(statement).first()
    if row is None:
        return None
    view = _view(row)
    return view if set(about) <= set(view.about) or not view.about else None


def _views() -> Select[Any]:
    return select(
        request, contact.c.name.label("person"), contact.c.role, partner.c.code.label("partner"),
        partner.c.name.label("partner_name"),
    ).select_from(
        request.join(contact, contact.c.id == request.c.contact_id)
        .outerjoin(partner, partner.c.id == request.c.partner_id)
    )  # fmt: skip


def _visible(person: Person | None) -> ColumnElement[bool]:
    """What a person may know of: their scope decides, and in another partner's group there is nothing to see."""
    if person is None or person.scope.partner_ids is None:
        return true()
    if not person.scope.partner_ids:
        return false()
    return request.c.partner_id.in_(sorted(person.scope.partner_ids))


def _one(conn: Connection, which: ColumnElement[bool]) -> RequestView:
    return _view(conn.execute(_views().where(which)).one())


def key_of(ref: str) -> int | None:
    """The number behind `C-204`; None when that is no reference."""
    match = _REF.fullmatch(ref.strip())
    return int(match[1]) if match else None


def _view(row: Any) -> RequestView:
    return RequestView(
        ref=f"C-{row.id}", kind=RequestKind(row.kind), state=RequestState(row.state), contact_id=row.contact_id,
        person=row.person, partner=row.partner, partner_name=row.partner_name, partner_id=row.partner_id,
        conversation_id=row.conversation_id, text=row.text, about=tuple(json.loads(row.about)),
        assignee=row.assignee, created_at=row.created_at, updated_at=row.updated_at, stranger=row.role == Role.STRANGER,
    )  # fmt: skip
