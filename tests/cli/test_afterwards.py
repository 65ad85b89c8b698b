"""Asking a platform after a message was sent: who has read an alert, taking messages back, finding people."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select

from bot.adapter_state.tables import adapter_state
from bot.alerts.tables import alert_group, alert_message
from bot.cli.readers import reader_lines
from bot.contracts import Card
from bot.outbox import OutgoingMessage, enqueue
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import open_store
from bot.testing import FakeDingTalk
from bot.testing.dingtalk_afterwards import Shown
from tests.cli.conftest import CONFIG, Run

T = TypeVar("T")
NOW = datetime.now(UTC)
GROUP = "cidGroup=="


@contextmanager
def in_a_thread(fake: FakeDingTalk) -> Iterator[None]:
    """The platform beside commands, which have an event loop of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(fake.start(), loop).result(10)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(fake.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def dingtalk() -> Iterator[FakeDingTalk]:
    fake = FakeDingTalk()
    with in_a_thread(fake):
        yield fake


@pytest.fixture
def asked(run: Run, dingtalk: FakeDingTalk) -> Run:
    """O-1 and O-2 went to one group each, O-3 and O-4 to persons in one call, O-5 over a session; O-6 waits."""
    keys = {name: value for name, value in dingtalk.configuration(mode="stream").items() if value}
    entry = "\n".join(f"{name} = {value!r}" for name, value in keys.items())
    Path("config.toml").write_text(f"{CONFIG}\n[[adapters]]\n{entry}\n", encoding="utf-8")
    assert run("db", "upgrade").code == 0
    _in_store(_fill)
    dingtalk.openapi.afterwards.messages |= {
        "k1": Shown(GROUP, readers=["manager8821"]), "k2": Shown("cid2"),
        "k3": Shown(None, ("manager8821", "b"), readers=["b"]),
    }
    dingtalk.openapi.directory.people["manager8821"] = ("王晓敏", "13900000000", "u1")
    return run


def _fill(conn: Connection) -> None:
    places = [(GROUP, "group"), ("cid2", "group"), ("cid3", "direct"), ("cid4", "direct"), (GROUP, "group")]
    keys: dict[str, int] = {}
    for number, ((place, kind), ref) in enumerate(zip(places, ["k1", "k2", "k3", "k3", None], strict=True), 1):
        if place not in keys:
            row = {"adapter": "dingtalk", "external_id": place, "kind": kind, "created_at": NOW}
            (keys[place],) = conn.execute(conversation.insert(), row).inserted_primary_key or (0,)
        _message(conn, keys[place], number)
        sent = {"state": "sent", "finished_at": NOW, "sent_at": NOW, "provider_ref": ref}
        conn.execute(outbox.update().where(outbox.c.id == number).values(sent))
    _message(conn, keys[GROUP], 6)


def _message(conn: Connection, place: int, number: int) -> None:
    enqueue(conn, OutgoingMessage(
        conversation_id=place, queue="push", message_class=2, dedup_key=f"k{number}", cards=(Card(title="晚点"),)
    ), NOW)  # fmt: skip


def _in_store(unit: Callable[[Connection], T]) -> T:
    async def go() -> T:
        store = open_store(f"sqlite+aiosqlite:///{Path('data/parcelbridge.db')}")
        try:
            return await store.write(unit)
        finally:
            await store.close()

    return asyncio.run(go())


def test_a_message_is_taken_back_and_the_list_says_so(asked: Run, dingtalk: FakeDingTalk) -> None:
    ended = asked("outbox", "recall", "O-1", "o-2")
    assert (ended.code, ended.out) == (0, "O-1: taken back\nO-2: taken back\n")
    shown = dingtalk.openapi.afterwards.messages
    assert [shown[key].recalled for key in ("k1", "k2", "k3")] == [True, True, False]
    lines = {line.split("\t")[0]: line for line in asked("outbox", "list", "--state", "sent").out.splitlines()}
    assert "taken back by an administrator" in lines["O-1"]
    assert "taken back" not in lines["O-3"]
    assert "taken back before" in asked("outbox", "recall", "O-1").line
    assert dingtalk.stream.registrations == [], "a command hears nobody"


def test_what_went_to_several_persons_in_one_call_is_taken_back_only_with_all_of_them_named(
    asked: Run, dingtalk: FakeDingTalk
) -> None:
    ended = asked("outbox", "recall", "O-3")
    assert ended.code == 1
    assert "name them all: O-3 O-4" in ended.line
    shown = dingtalk.openapi.afterwards.messages
    assert [key for key, one in shown.items() if one.recalled] == []
    assert asked("outbox", "recall", "O-3", "O-4").code == 0
    assert [key for key, one in shown.items() if one.recalled] == ["k3"]
    refs = _in_store(lambda conn: conn.execute(select(outbox.c.provider_ref).where(outbox.c.id.in_([3, 4]))).all())
    assert [row.provider_ref for row in refs] == [None, None]


def test_each_message_that_could_not_be_taken_back_is_named(asked: Run, dingtalk: FakeDingTalk) -> None:
    del dingtalk.openapi.afterwards.messages["k2"]
    ended = asked("outbox", "recall", "O-1", "O-2")
    assert (ended.code, ended.out) == (1, "O-1: taken back\nO-2: not taken back: 消息不存在\n")
    assert "O-2" in ended.line


@pytest.mark.parametrize(("reference", "code", "sentence"), [
    ("O-5", 1, "O-5 went out over a way that gives no name to ask by"),
    ("O-6", 1, "O-6 is ready; only a message that was sent can be taken back"),
    ("O-99", 1, "there is no message O-99"), ("A-1", 2, "'A-1' names no message"),
])
def test_what_cannot_be_taken_back_is_one_line(asked: Run, reference: str, code: int, sentence: str) -> None:
    ended = asked("outbox", "recall", reference)
    assert ended.code == code
    assert sentence in ended.line


def _tell(conn: Connection) -> None:
    """All of them told of A-1."""
    conn.execute(alert_group.insert(), {
        "id": 1, "key": "k", "rule": "D02", "of_linehaul": False, "awaited": "DEPARTED", "opened_at": NOW,
        "last_added_at": NOW, "flush_number": 1,
    })  # fmt: skip
    for place, person in (("cid3", "manager8821"), ("cid4", "b")):
        kept = {"adapter": "dingtalk", "key": f"direct:{place}", "value": person, "number": 0}
        conn.execute(adapter_state.insert(), kept)
    for row in conn.execute(select(outbox.c.id, outbox.c.conversation_id).order_by(outbox.c.id)).all():
        conn.execute(alert_message.insert(), {
            "group_id": 1, "conversation_id": row.conversation_id, "flush_number": 1, "kind": "alert",
            "open_count": 1, "outbox_id": row.id, "at": NOW,
        })  # fmt: skip


def test_who_has_read_an_alert_is_asked_of_each_channel(asked: Run) -> None:
    _in_store(_tell)
    lines = asyncio.run(reader_lines("A-1", None))
    assert lines[0] == f"read  O-1  dingtalk: {GROUP}  by 王晓敏"
    assert lines[1] == "read  O-2  dingtalk: cid2  by nobody yet"
    assert lines[2].endswith("dingtalk: cid3  by nobody yet; not by name of manager8821")
    assert lines[3].endswith("dingtalk: cid4  by name of b")
    assert lines[4].startswith(f"read  dingtalk: {GROUP}  not known: O-5 went out over a way")
    assert len(lines) == 5
    assert asyncio.run(reader_lines("A-2", None)) == ["read  no message about it has gone out"]


def test_a_person_is_found_and_written_as_contacts_add_wants_it(asked: Run) -> None:
    assert asked("contacts", "find", "dingtalk", "--phone", "13900000000").out == "王晓敏\tdingtalk:manager8821\n"
    added = asked("contacts", "add", "王晓敏", "--address", "dingtalk:manager8821", "--partner", "CAINIAO")
    assert added.code == 0
    assert "dingtalk:manager8821" in asked("contacts", "list").out


@pytest.mark.parametrize(("arguments", "code", "sentence"), [
    (("dingtalk", "--phone", "1"), 1, "dingtalk: the organisation has nobody with phone '1'"),
    (("dingtalk",), 2, "give one of --phone, --id, --union-id"),
    (("dingtalk", "--phone", "1", "--id", "2"), 2, "give one of"),
    (("fax", "--id", "2"), 1, "no adapter is called 'fax'; configured: dingtalk, local"),
    (("local", "--id", "2"), 1, "local: its platform cannot be asked for people"),
])
def test_who_cannot_be_found_is_one_line(asked: Run, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    ended = asked("contacts", "find", *arguments)
    assert ended.code == code
    assert sentence in ended.line
