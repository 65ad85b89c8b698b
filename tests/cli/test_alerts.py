"""`alerts` and `subscriptions`: what an administrator sees and does, on the store of a service."""

import asyncio
import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.alerts import Scope, service
from bot.alerts.sweep import Sweeper
from bot.clock import MovableClock
from bot.delays import Standards
from bot.people import Person, Role, scope_of
from bot.people.tables import contact, conversation, partner
from bot.settings.model import AlertSettings
from bot.store import open_store
from tests.cli.conftest import Run
from tests.workbook.books import rows_of

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


async def _become_late() -> None:
    """Li Na follows; the parcels collected on the 20th are overdue; time passes until it was told."""
    store = open_store("sqlite+aiosqlite:///data/parcelbridge.db")
    try:
        await store.write(_follow)
        clock = MovableClock(NOW)
        for _ in range(3):
            await Sweeper(store, clock, AlertSettings(), Standards()).tick()
            clock.advance(timedelta(minutes=11))
    finally:
        await store.close()


def _follow(conn: Connection) -> None:
    key = conn.execute(select(contact.c.id).where(contact.c.name == "李娜")).scalar_one()
    partner_id = conn.execute(select(partner.c.id).where(partner.c.code == "CAINIAO")).scalar_one()
    place = conn.execute(conversation.insert().values(
        adapter="local", external_id="lina", kind="direct", contact_id=key, partner_id=partner_id, created_at=NOW,
    ).returning(conversation.c.id)).scalar_one()  # fmt: skip
    person = Person(
        contact_id=key, name="李娜", role=Role.PARTNER, partner_id=partner_id,
        scope=scope_of(Role.PARTNER, partner_id), language=None, time_zone="Asia/Shanghai",
    )  # fmt: skip
    service.subscribe(conn, person=person, conversation_id=place, scope=Scope(everything=True), now=NOW)


@pytest.fixture
def late(loaded: Run) -> Run:
    """A service with one alert, A-1, of two parcels of two partners, told to Li Na."""
    loaded("partners", "list")
    asyncio.run(_become_late())
    return loaded


def test_without_alerts_that_is_said(loaded: Run) -> None:
    assert loaded("alerts", "list").out == "no open alerts\n"
    assert loaded("subscriptions", "list").out == "nobody follows anything yet\n"


def test_open_alerts_and_followers_are_listed(late: Run) -> None:
    line = late("alerts", "list").out.strip()
    assert line.startswith("A-1\tlow\t2026-11-22 02:00\tStuck at origin: Liège, Sun 22 Nov, 2 parcels")
    assert late("subscriptions", "list").out == "local: 李娜\teverything\t李娜\t2026-11-24 09:00\n"


def test_the_whole_life_of_an_alert_is_shown(late: Run) -> None:
    shown = late("alerts", "show", "A-1").out
    assert "rule: D02 Stuck at origin; severity: low; state: open" in shown
    assert "parcels: 2 late of 2" in shown
    assert "told  2026-11-24 09:22  local: 李娜  alert, 1 open" in shown
    assert "not told: 1, no_subscriber" in shown
    asked = late("alerts", "show", "A-1", "--readers").out
    assert asked == f"{shown}read  no message about it has gone out\n"


def test_it_is_acknowledged_once(late: Run) -> None:
    assert late("alerts", "ack", "A-1", "--by", "Jan", "--for", "365d").out == "A-1: done\n"
    again = late("alerts", "ack", "a-1")
    assert again.code == 0
    assert "A-1: was already done by Jan at 20" in again.out.replace("a-1", "A-1")


def test_it_is_resolved_and_reopened(late: Run) -> None:
    assert late("alerts", "resolve", "A-1").out == "A-1: done\n"
    assert late("alerts", "list").out == "no open alerts\n"
    assert late("alerts", "reopen", "A-1").out == "A-1: done\n"
    assert late("alerts", "list").out.startswith("A-1")


def test_its_parcels_are_exported(late: Run, tmp_path: Path) -> None:
    assert late("alerts", "export", "A-1", "--out", "late.csv").out == "late.csv: 2 parcels\n"
    rows = list(csv.DictReader((tmp_path / "late.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["number"], row["partner"], row["milestone"]) for row in rows] == [
        ("LX123456785CN", "CAINIAO", "COLLECTED"), ("LX987654326CN", "JITU", "COLLECTED"),
    ]  # fmt: skip
    assert late("alerts", "export", "A-1").out.startswith("number,partner,country,milestone,late_since,open")


def test_everybody_is_left_in_peace(late: Run) -> None:
    done = late("alerts", "mute", "--hub", "lgg", "--for", "4h", "--reason", "strike")
    assert done.code == 0
    assert done.out.startswith("muted until 20")
    assert "open alerts covered: 1" in done.out
    unknown = late("alerts", "mute", "--number", "NOSUCH", "--for", "4h", "--reason", "strike")
    assert (unknown.code, unknown.line) == (1, "alerts mute: unknown: NOSUCH")


@pytest.mark.parametrize("act", ["show", "ack", "resolve", "reopen", "export"])
def test_an_unknown_alert_is_named(late: Run, act: str) -> None:
    ended = late("alerts", act, "A-99")
    assert (ended.code, ended.line) == (1, "A-99: no such alert; see: parcelbridge alerts list")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("mute", "--for", "soon", "--reason", "x", "--hub", "LGG"), "--for 'soon'"),
        (("mute", "--for", "4h", "--reason", "x"), "say what"),
        (("mute", "--for", "4h", "--reason", " ", "--everything"), "--reason is empty"),
        (("ack", "A-1", "--for", "x"), "--for 'x'"),
    ],
)
def test_wrong_use_is_said_in_one_line(late: Run, arguments: tuple[str, ...], what: str) -> None:
    ended = late("alerts", *arguments)
    assert ended.code == 2
    assert what in ended.line


def test_its_parcels_are_exported_as_the_workbook_people_get(late: Run, tmp_path: Path) -> None:
    said = late("alerts", "export", "A-1", "--xlsx", "late.xlsx", "--lang", "zh-Hans")
    content = (tmp_path / "late.xlsx").read_bytes()
    assert said.out == f"late.xlsx: {len(content)} bytes\n"
    assert [(row["单号"], row["合作方"]) for row in rows_of(content)] == [
        ("LX123456785CN", "CAINIAO"), ("LX987654326CN", "JITU"),
    ]  # fmt: skip


def test_a_workbook_of_nothing_or_to_nowhere_is_refused_in_a_line(late: Run) -> None:
    unknown = late("alerts", "export", "A-9", "--xlsx", "late.xlsx")
    assert (unknown.code, unknown.out) == (1, "")
    assert "A-9: no such alert" in unknown.err
    nowhere = late("alerts", "export", "A-1", "--xlsx", "no/such/folder.xlsx")
    assert nowhere.code == 1
    assert "no/such/folder.xlsx: cannot be written" in nowhere.err
