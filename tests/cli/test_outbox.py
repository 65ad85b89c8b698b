"""`outbox` as an administrator uses it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from bot.cases.tables import request, request_notice
from bot.contracts import Card
from bot.outbox import OutgoingMessage, enqueue
from bot.outbox.tables import outbox
from bot.people.tables import contact, conversation
from bot.store import open_store
from tests.cli.conftest import Run

NOW = datetime.now(UTC)


@pytest.fixture
def with_messages(run: Run) -> Run:
    """One message that waits (O-1) and two that died, the second a day ago (O-2, O-3)."""
    assert run("db", "upgrade").code == 0

    def fill(conn: Connection) -> None:
        place = {"adapter": "local", "external_id": "lina", "kind": "direct", "created_at": NOW}
        (key,) = conn.execute(conversation.insert(), place).inserted_primary_key or (0,)
        for number in range(1, 4):
            enqueue(conn, OutgoingMessage(
                conversation_id=key, queue="reply", message_class=0, dedup_key=f"k{number}", cards=(Card(title="答"),)
            ), NOW)
        for number, ago in ((2, timedelta(hours=1)), (3, timedelta(days=1))):
            dead = {"state": "dead", "finished_at": NOW - ago, "error": "refused:\tno such group"}
            conn.execute(update(outbox).where(outbox.c.id == number).values(dead))

    _in_store(fill)
    return run


def _in_store(unit: Callable[[Connection], None]) -> None:
    async def go() -> None:
        store = open_store(f"sqlite+aiosqlite:///{Path('data/parcelbridge.db')}")
        await store.write(unit)
        await store.close()

    asyncio.run(go())


def test_messages_are_listed_by_state(with_messages: Run) -> None:
    everything, dead = with_messages("outbox", "list"), with_messages("outbox", "list", "--state", "dead")
    assert [line.split("\t")[0] for line in everything.out.splitlines()] == ["O-3", "O-2", "O-1"]
    assert dead.out.splitlines()[1].split("\t")[:6] == ["O-2", "dead", "local", "lina", "reply", "0"]
    assert dead.out.splitlines()[1].endswith("refused: no such group")
    assert with_messages("outbox", "list", "--state", "sent").out == "no messages are sent\n"


def test_one_message_is_sent_again(with_messages: Run) -> None:
    ended = with_messages("outbox", "replay", "O-2")
    assert (ended.code, ended.out) == (0, "O-2: will be sent again as O-4\n")
    assert "O-4\tready" in with_messages("outbox", "list", "--state", "ready").out


def test_a_channels_dead_messages_of_the_last_hours_are_sent_again(with_messages: Run) -> None:
    ended = with_messages("outbox", "replay", "--channel", "local", "--since", "2h")
    assert ended.out == "O-2: will be sent again as O-4\n1 messages will be sent again\n"


def test_what_the_desk_need_not_know_any_more_is_not_sent_again(with_messages: Run) -> None:
    def closed(conn: Connection) -> None:
        people = {"name": "Li", "role": "partner", "origin": "chat"}
        (who,) = conn.execute(contact.insert(), people).inserted_primary_key or (0,)
        case = {"kind": "handoff", "state": "closed", "contact_id": who, "conversation_id": 1, "text": "?",
                "about": "[]", "created_at": NOW, "updated_at": NOW}
        (key,) = conn.execute(request.insert(), case).inserted_primary_key or (0,)
        conn.execute(request_notice.insert(), {
            "request_id": key, "conversation_id": 1, "name": "An", "outbox_id": 2, "at": NOW,
        })  # fmt: skip

    _in_store(closed)
    ended = with_messages("outbox", "replay", "O-2")
    assert (ended.code, ended.out) == (1, "O-2: skipped: C-1 is closed\n")
    assert "O-2 was not sent again: C-1 is closed" in ended.err
    several = with_messages("outbox", "replay", "--channel", "local", "--since", "2d")
    assert several.out.splitlines() == [
        "O-2: skipped: C-1 is closed", "O-3: will be sent again as O-4", "1 messages will be sent again",
    ]  # fmt: skip


def test_a_message_is_dropped(with_messages: Run) -> None:
    assert with_messages("outbox", "drop", "o-1").out == "O-1: dropped\n"
    assert "O-1\tdropped" in with_messages("outbox", "list").out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("replay", "O-1"), 1, "O-1 is ready; only dead or dropped messages can be sent again"),
        (("replay", "O-99"), 1, "there is no message O-99"),
        (("replay", "A-1"), 2, "'A-1' names no message"),
        (("replay",), 2, "give either REF, or --channel C --since 2h"),
        (("replay", "O-2", "--channel", "local", "--since", "2h"), 2, "give either REF"),
        (("replay", "--channel", "local"), 2, "--channel and --since go together"),
        (("replay", "--channel", "fax", "--since", "2h"), 1, "configured: local (local)"),
        (("replay", "--channel", "local", "--since", "soon"), 2, "--since 'soon': not a length of time"),
        (("drop", "O-99"), 1, "there is no message O-99"),
        (("list", "--state", "lost"), 2, "no such state; choose one of ready"),
    ],
)
def test_wrong_use_is_one_line_that_names_the_fix(
    with_messages: Run, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    ended = with_messages("outbox", *arguments)
    assert ended.code == code
    assert sentence in ended.line
