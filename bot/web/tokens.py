"""Bearer tokens: made once, shown once, recognised by their hash.

A token is `pb_<role>_<public id>_<secret>`. The secret has 256 bits, so one round of SHA-256 is enough to keep it; the
public id finds the row and the hashes are compared in constant time.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex

from sqlalchemy import Connection, select, update

from bot.people.tables import partner
from bot.web.tables import api_token

_SHAPE = re.compile(r"pb_(feed|api|console)_([0-9a-f]{12})_[0-9a-f]{64}")


class TokenRole(StrEnum):
    """What a token opens."""

    FEED = "feed"  # hands in events
    API = "api"  # reads its own partner's parcels, speaks in the chat for that partner's contacts
    CONSOLE = "console"  # reserved for the support console


@dataclass(frozen=True, slots=True)
class Caller:
    """The program behind a token."""

    role: TokenRole
    partner_id: int | None
    partner: str | None
    """Code of the partner it belongs to."""
    public_id: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as administrators see it."""

    public_id: str
    role: str
    partner: str | None
    created_at: datetime
    revoked_at: datetime | None


def make_token(conn: Connection, role: TokenRole, *, partner_id: int | None, now: datetime) -> str:
    """A new token; the text returned is never to be had again."""
    public_id = token_hex(6)
    token = f"pb_{role}_{public_id}_{token_hex(32)}"
    conn.execute(api_token.insert(), {
        "public_id": public_id, "role": role.value, "partner_id": partner_id,
        "secret_hash": _hash(token), "created_at": now,
    })
    return token


def find_caller(conn: Connection, token: str) -> Caller | None:
    """Who holds the token; None when it is malformed, unknown or revoked."""
    shape = _SHAPE.fullmatch(token)
    if shape is None:
        return None
    row = conn.execute(
        select(api_token.c.secret_hash, api_token.c.role, api_token.c.partner_id, partner.c.code)
        .select_from(api_token.outerjoin(partner, partner.c.id == api_token.c.partner_id))
        .where(api_token.c.public_id == shape[2], api_token.c.revoked_at.is_(None))
    ).first()
    if row is None or not compare_digest(row.secret_hash, _hash(token)):
        return None
    return Caller(TokenRole(row.role), row.partner_id, row.code, shape[2])


def list_tokens(conn: Connection) -> list[TokenRow]:
    """Every token ever made, oldest first."""
    rows = conn.execute(
        select(
            api_token.c.public_id, api_token.c.role, partner.c.code, api_token.c.created_at, api_token.c.revoked_at
        )
        .select_from(api_token.outerjoin(partner, partner.c.id == api_token.c.partner_id))
        .order_by(api_token.c.created_at, api_token.c.public_id)
    )
    return [TokenRow(*row) for row in rows]


def revoke_token(conn: Connection, public_id: str, now: datetime) -> bool:
    """Close a token for good; False when there is no open one of that id."""
    statement = update(api_token).where(api_token.c.public_id == public_id, api_token.c.revoked_at.is_(None))
    return conn.execute(statement.values(revoked_at=now)).rowcount > 0


def _hash(token: str) -> str:
    return sha256(token.encode("ascii")).hexdigest()
