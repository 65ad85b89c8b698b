"""Codes nobody knows and events from the future are counted by source, once each, and told to administrators."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.housekeeping import Housekeeping
from bot.tracking.feeds import FileFeed, load_file
from bot.tracking.ingest import Counts
from bot.tracking.oddities import (
    KEPT,
    QUARANTINED,
    TOO_MANY,
    UNKNOWN_CODE,
    Oddity,
    fix,
    forget_oddities,
    oddities,
    told,
)
from tests.tracking.conftest import START, Room, scan

HEAD = "运单号,节点代码,操作时间\n"


async def load(room: Room, path: Path, *lines: str) -> Counts:
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    feed = FileFeed(path=path, format="csv", partner="cainiao", source="cainiao file", zone=ZoneInfo("Asia/Shanghai"),
                    now=room.now)
    return await load_file(feed, room.ingest(), partners=frozenset({"cainiao"}), on_rows=lambda _: None)


def lines(count: int, code: str = "XX_NEW_STEP") -> list[str]:
    return [f"LP00123456{n:06d},{code},2026-11-25 10:00:00" for n in range(count)]


async def odd(room: Room, **more: timedelta) -> tuple[Oddity, ...]:
    return await room.read(lambda conn: oddities(conn, room.now, **more))


async def test_unknown_codes_are_counted_once_and_too_many_of_a_day_are_named(room: Room, tmp_path: Path) -> None:
    first = await load(room, tmp_path / "a.csv", *lines(TOO_MANY))
    assert (first.new, first.unknown, first.quarantined) == (TOO_MANY, TOO_MANY, 0)
    (one,) = await odd(room)
    assert (one.source, one.kind, one.events, one.example, one.too_many) == (
        "cainiao file", UNKNOWN_CODE, TOO_MANY, "XX_NEW_STEP", False)
    again = await load(room, tmp_path / "b.csv", *lines(TOO_MANY))
    assert (again.duplicate, again.unknown) == (TOO_MANY, 0)
    await load(room, tmp_path / "c.csv", *lines(TOO_MANY + 1)[-1:])
    (one,) = await odd(room)
    assert one.too_many
    assert "21 events with codes nobody knows" in told(one)
    assert "ask the source" in fix(one)


async def test_a_day_later_it_is_over_and_a_week_remembers(room: Room, tmp_path: Path) -> None:
    await load(room, tmp_path / "a.csv", *lines(3))
    room.clock.advance(timedelta(hours=25))
    assert await odd(room) == ()
    assert len(await odd(room, within=timedelta(days=7))) == 1


async def test_a_code_we_know_as_information_is_not_unknown(room: Room, tmp_path: Path) -> None:
    counts = await load(room, tmp_path / "a.csv", *lines(2, "INFO_UPDATE"), *lines(1, "CC_TRANS＿START"))
    assert counts.unknown == 0


async def test_events_from_the_future_are_named_with_how_far_ahead_they_were(room: Room) -> None:
    ahead = (START + timedelta(hours=8)).isoformat()
    counts = await room.report(
        scan("LX123456785CN", "DELIVERED", ahead, reported_at=START.isoformat()),
        scan("LX100000017CN", "HUB_RECEIVED", START.isoformat()),
    )
    assert counts.quarantined == 1
    (one,) = await odd(room)
    assert (one.source, one.kind, one.events, one.example) == ("A", QUARANTINED, 1, "LX123456785CN, 8 h 0 min ahead")
    assert "do not count" in told(one)
    assert "time zone" in fix(one)
    assert (await room.parcel("LX123456785CN")).milestone is None


async def test_the_log_says_so_once_a_day(
    sqlite_room: Room, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    room, ingest = sqlite_room, sqlite_room.ingest()

    async def future(number: int) -> None:
        at = (room.now + timedelta(hours=7)).isoformat()
        event = scan(f"LP00123456{number:06d}", "DELIVERED", at, reported_at=room.now.isoformat())
        _, errors = await ingest.take_objects([event], partner=None, source="feed")
        assert not errors

    with caplog.at_level(logging.WARNING):
        await future(1)
        await future(2)
        assert len(caplog.records) == 1
        assert "feed A: 1 events lie in the future" in caplog.text
        room.clock.advance(timedelta(days=1))
        await future(3)
        assert len(caplog.records) == 2
    assert room.now > datetime(2026, 11, 26, tzinfo=UTC)


async def test_what_was_odd_a_month_ago_is_forgotten(room: Room, tmp_path: Path) -> None:
    await load(room, tmp_path / "a.csv", *lines(3))
    room.clock.advance(KEPT - timedelta(hours=1))
    assert await room.store.write(lambda conn: forget_oddities(conn, room.now)) == 0
    room.clock.advance(timedelta(hours=2))
    assert await Housekeeping(room.store, room.clock, timedelta(days=90)).tidy() == 0
    assert await odd(room, within=timedelta(days=365)) == ()
