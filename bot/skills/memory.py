"""What was said in a conversation with a person, kept for as long as the next message may refer to it.

One row for each person in each conversation, so that in a group nobody's "it" means somebody else's parcel; one more
row (contact 0) for what was pushed to everybody there. One statement reads both, one writes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from pydantic_core import to_json
from sqlalchemy import Connection, bindparam, delete, select

from bot.skills.question import Question, from_json
from bot.skills.tables import talk_memory
from bot.store.prepared import MakeInsert, Prepared, micros
from bot.store.schema import from_micros, to_micros
from bot.understanding import Turn

TURNS: Final = 8
PUSH_LASTS: Final = timedelta(hours=24)
"""An alert of the night may be acknowledged in the morning."""
ASKED: Final = 12
SAME_DAY: Final = timedelta(hours=6)
"""A number asked about again so soon is noted once."""
ASKED_LASTS: Final = timedelta(days=8)
"""Numbers a person may come back to as "yesterday's"."""
LONGEST_TURN: Final = 600
EVERYBODY: Final = 0

_MICROSECOND: Final = timedelta(microseconds=1)
_DECODER: Final = json.JSONDecoder()

Line = tuple[str, str, int]


class Memory(NamedTuple):
    """What we remember of one person in one conversation; expired things are left out."""

    lines: tuple[Line, ...] = ()
    """Role `user` or `bot`, text, microseconds; oldest first."""
    pushed: Line | None = None
    asked: tuple[tuple[str, int], ...] = ()
    question: Question | None = None
    refused_at: datetime | None = None

    def turns(self, quoted: str = "", *, began: bool = False) -> tuple[Turn, ...]:
        """The conversation as understanding takes it; what the person replied to comes last, or first if it `began`."""
        lines = list(self.lines)
        if self.pushed is not None:
            lines = sorted([*lines, self.pushed], key=lambda line: line[2])[-TURNS:]
        told = [Turn("user" if role == "user" else "bot", text) for role, text, _ in lines]
        if not quoted:
            return tuple(told)
        replied = Turn("bot", quoted[:LONGEST_TURN])
        return (replied, *told) if began else (*told, replied)

    def said(self) -> tuple[str, ...]:
        """The person's own words, newest first."""
        return tuple([text for role, text, _ in reversed(self.lines) if role == "user"])


NO_MEMORY: Final = Memory()

_RECALL = Prepared(
    lambda _: select(
        talk_memory.c.contact_id, talk_memory.c.turns, talk_memory.c.asked, talk_memory.c.question,
        micros(talk_memory.c.refused_at), micros(talk_memory.c.updated_at),
    ).where(
        talk_memory.c.conversation_id == bindparam("conversation_id"),
        talk_memory.c.contact_id.in_([bindparam("contact_id"), bindparam("everybody")]),
    )
)
_NAMES = ("conversation_id", "contact_id", "turns", "asked", "question", "refused_at", "updated_at")


def _upsert(make: MakeInsert) -> Any:
    statement = make(talk_memory).values({name: bindparam(name) for name in _NAMES})
    return statement.on_conflict_do_update(
        index_elements=["conversation_id", "contact_id"],
        set_={name: getattr(statement.excluded, name) for name in _NAMES[2:]},
    )


_REMEMBER = Prepared(_upsert)


def recall(
    conn: Connection, conversation_id: int, contact_id: int, *, now: datetime, lasts: timedelta
) -> Memory:
    """What may be referred to now. `lasts` is how long a conversation's context lives."""
    values = {"conversation_id": conversation_id, "contact_id": contact_id, "everybody": EVERYBODY}
    at = to_micros(now)
    own: Sequence[Any] | None = None
    pushed: tuple[Line, ...] = ()
    for row in _RECALL.all(conn, values):
        if row[0] == contact_id:
            own = row
        else:
            pushed = _fresh(row[1], at - _micros(PUSH_LASTS))
    if own is None:
        return Memory(pushed=pushed[-1]) if pushed else NO_MEMORY
    alive, asked_since = at - _micros(lasts), at - _micros(ASKED_LASTS)
    return Memory(
        lines=_fresh(own[1], alive),
        pushed=pushed[-1] if pushed else None,
        asked=tuple([(number, when) for number, when in _read(own[2]) if when >= asked_since]),
        question=from_json(_read(own[3])) if own[3] is not None and own[5] >= alive else None,
        refused_at=None if own[4] is None else from_micros(own[4]),
    )


def _fresh(stored: str, oldest: int) -> tuple[Line, ...]:
    return tuple([(role, text, at) for role, text, at in _read(stored) if at >= oldest])


def _micros(span: timedelta) -> int:
    return span // _MICROSECOND


def _read(stored: str) -> Any:
    return _DECODER.raw_decode(stored)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One message and what was answered, as far as the next one may refer to it."""

    said: str
    shown: str
    numbers: Sequence[str] = ()
    """Parcels the person asked about."""
    question: Question | None = None


def remember(
    conn: Connection, conversation_id: int, contact_id: int, *, memory: Memory, exchange: Exchange, now: datetime
) -> None:
    """Add an exchange to what was recalled; whatever had expired is dropped."""
    at = to_micros(now)
    lines = [*memory.lines, ("user", exchange.said[:LONGEST_TURN], at)]
    if exchange.shown:
        lines.append(("bot", exchange.shown[:LONGEST_TURN], at))
    again, recently = set(exchange.numbers), to_micros(now - SAME_DAY)
    asked = [pair for pair in memory.asked if pair[0] not in again or pair[1] < recently]
    asked += [(number, at) for number in exchange.numbers]
    _write(conn, conversation_id, contact_id, now=now, values={
        "turns": _json(lines[-TURNS:]),
        "asked": _json(asked[-ASKED:]),
        "question": _json(exchange.question.to_json()) if exchange.question else None,
        "refused_at": None,
    })


def note_refusal(conn: Connection, conversation_id: int, contact_id: int, *, now: datetime) -> None:
    """Remember that a stranger was told how to get access."""
    values = {"turns": "[]", "asked": "[]", "question": None, "refused_at": now}
    _write(conn, conversation_id, contact_id, now=now, values=values)


def note_push(conn: Connection, conversation_id: int, text: str, now: datetime) -> None:
    """Remember what was just pushed here, so that a bare "noted" or "who?" is understood. For alerts."""
    line = ("bot", text[:LONGEST_TURN], to_micros(now))
    values = {"turns": _json([line]), "asked": "[]", "question": None, "refused_at": None}
    _write(conn, conversation_id, EVERYBODY, now=now, values=values)


def forget(conn: Connection, before: datetime) -> int:
    """Delete what nobody has added to since; returns how many rows."""
    return conn.execute(delete(talk_memory).where(talk_memory.c.updated_at < before)).rowcount


def _write(
    conn: Connection, conversation_id: int, contact_id: int, *, now: datetime, values: dict[str, Any]
) -> None:
    row = {"conversation_id": conversation_id, "contact_id": contact_id, "updated_at": now, **values}
    _REMEMBER.run(conn, row)


def _json(value: Any) -> str:
    return to_json(value).decode()  # pydantic's writer needs a quarter of the time of json's
