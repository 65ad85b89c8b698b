"""The file is made when it is asked for: what is known then, of the partner's own parcels, on both databases."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.alerts import service
from bot.alerts.cover import Cover, Part
from bot.alerts.listing import SOURCE, alert_list, ask_for_list
from bot.clock import Clock, SystemClock
from bot.contracts import File, Language, NotStored
from bot.delays import Standards
from bot.people import EVERYTHING, PartnerScope
from bot.skills.parcels.sheet import parcel_sheets
from bot.store import Store, Unit
from bot.store.errors import StoreBusy
from bot.store.schema import to_micros
from bot.tracking.codes import MILESTONE
from bot.tracking.views import Filter
from bot.wording import Words
from bot.workbook import Request
from bot.workbook import numbers as listed
from bot.workbook.making import PAGE, Workbooks
from bot.workbook.matching import SOURCE as MATCHING
from bot.workbook.matching import What, ask_for_matching, matching_list
from tests.alerts.world import MINUTE, NOW, H, World, make_world
from tests.workbook.books import about, rows_of

LATE_SINCE = NOW - MINUTE


@pytest.fixture
async def world(store: Store) -> World:
    return await make_world(store)


def workbooks(store: Store, clock: Clock) -> Workbooks:
    sources = {SOURCE: alert_list, listed.SOURCE: listed.number_list, MATCHING: matching_list}
    return Workbooks(store, clock, layouts=parcel_sheets(Standards()), sources=sources)


def words(world: World, language: Language = "en", zone: str = "Europe/Brussels") -> Words:
    return Words(language, ZoneInfo(zone), world.now)


async def made(world: World, file: File) -> bytes:
    """As an adapter gets it, in another process than the one that asked."""
    found = await workbooks(world.store, world.clock).file(file.reference)
    assert found is not None
    assert found.name == file.name
    return found.content


async def asked(world: World, *numbers: str, of: str | None = "cainiao", language: Language = "en") -> bytes:
    scope = PartnerScope(None if of is None else frozenset({world.partners[of]}))
    return await made(world, await world.do(lambda conn: listed.ask_for_numbers(
        conn, numbers, scope=scope, words=words(world, language)
    )))  # fmt: skip


async def test_one_row_a_number_in_the_order_given_over_several_pages(world: World) -> None:
    await world.parcels(2 * PAGE + 1, of="cainiao")
    numbers = [f"CAINIAO{n:06}" for n in reversed(range(2 * PAGE + 1))]
    rows = rows_of(await asked(world, *numbers, numbers[0]))
    assert [row["Tracking number"] for row in rows] == numbers


async def test_another_partners_parcel_is_as_unknown_as_none(world: World) -> None:
    await world.parcels(1, of="cainiao")
    await world.parcels(1, of="jitu")
    numbers = ["CAINIAO000000", "JITU000000", "NOBODY000000"]
    assert [row["Status"] for row in rows_of(await asked(world, *numbers))] == ["No scan yet", "Not found", "Not found"]
    everything = rows_of(await asked(world, *numbers, of=None))
    assert [row["Partner"] for row in everything] == ["cainiao", "jitu", ""]
    assert "Partner" not in rows_of(await asked(world, *numbers))[0]


async def test_a_mistyped_number_is_said_to_be_one(world: World) -> None:
    (row,) = rows_of(await asked(world, "LX123456786CN", language="zh-Hans"))
    assert (row["单号"], row["状态"], row["Status"]) == ("LX123456786CN", "单号可能有误", "Check the number")


async def test_the_sheet_says_when_it_was_made_and_by_which_clock(world: World) -> None:
    said = about(await asked(world, "CAINIAO000000", language="zh-Hans"))
    assert said["数据截至"] == "2026-11-24 05:00（布鲁塞尔时间）"
    assert said["件数"] == "1"


async def alert_of_customs(world: World) -> tuple[str, list[int]]:
    await world.follow("li")
    late = await world.slow_customs(3, of="cainiao")
    await world.slow_customs(2, of="jitu", start=10)
    (told,) = await world.become_told()
    return told.card.reference, late


async def alert_file(world: World, ref: str, *parts: Part) -> File:
    return await world.do(lambda conn: ask_for_list(conn, ref, Cover(parts), words=words(world)))


async def test_the_list_of_an_alert_holds_what_is_late_when_it_is_made(world: World) -> None:
    ref, late = await alert_of_customs(world)
    file = await alert_file(world, ref, Part(world.partners["cainiao"]))
    assert file.name == f"late-parcels_{ref}_2026-11-24.xlsx"
    await world.release(late[:1])
    content = await made(world, file)
    rows = rows_of(content)
    assert [row["Tracking number"] for row in rows] == ["CAINIAO000001", "CAINIAO000002"]
    assert rows[0]["Late by (h)"] == round((world.now - LATE_SINCE) / H, 1)
    assert rows[0]["Severity"] == "Medium"
    assert about(content)["List"].startswith(f"{ref} · ")
    assert "2 parcels" in about(content)["List"]


async def test_the_whole_list_keeps_what_is_over_after_what_is_late(world: World) -> None:
    ref, late = await alert_of_customs(world)
    await world.release(late[:1])
    scope = PartnerScope(frozenset({world.partners["cainiao"]}))
    file = await world.do(lambda conn: service.ask_for_whole_list(conn, ref, scope, words(world)))
    rows = rows_of(await made(world, file))
    assert [row["Tracking number"][-1] for row in rows] == ["1", "2", "0"]
    assert [bool(row["Late by (h)"]) for row in rows] == [True, True, False]


async def test_everybody_on_a_late_flight_is_late_by_the_flight(world: World) -> None:
    await world.follow("li")
    flight = await world.late_flight()
    await world.parcels(3, of="cainiao", on=flight)
    await world.parcels(3, of="cainiao", on=flight, country="FR", start=10)
    (told,) = await world.become_told()
    file = await alert_file(world, told.card.reference, Part(world.partners["cainiao"], country="FR"))
    rows = rows_of(await made(world, file))
    assert [row["Destination"] for row in rows] == ["France"] * 3
    assert {row["Flight / train"] for row in rows} == {"CV7911"}
    assert all(row["Late by (h)"] > 3 for row in rows)


async def test_a_partner_gets_none_of_anothers_alert(world: World) -> None:
    ref, _ = await alert_of_customs(world)
    file = await alert_file(world, ref, Part(world.partners["jitu"]))
    assert [row["Tracking number"] for row in rows_of(await made(world, file))] == ["JITU000010", "JITU000011"]


async def test_an_alert_that_never_was_has_no_file(world: World) -> None:
    file = await alert_file(world, "A-77", Part())
    assert await workbooks(world.store, world.clock).file(file.reference) is None
    assert await workbooks(world.store, world.clock).file("workbook:nobody") is None


async def test_the_same_list_is_made_once_for_those_who_asked_before_it_was_made(world: World) -> None:
    maker = workbooks(world.store, world.clock)
    scope = PartnerScope(frozenset({world.partners["cainiao"]}))
    request = Request(source="numbers", asked={"numbers": ["CAINIAO000000"]}, scope=scope, language="en",
                      zone="UTC", name="a.xlsx", asked_at=world.now)  # fmt: skip
    first, second = await asyncio.gather(maker.content(request), maker.content(replace(request, name="b.xlsx")))
    assert first is not None
    assert first is second
    await world.parcels(1, of="cainiao")
    world.clock.advance(timedelta(seconds=1))
    later = await maker.content(replace(request, asked_at=world.now))
    world.clock.advance(timedelta(minutes=2))
    latest = await maker.content(request)
    assert later is not None
    assert latest is not None
    assert latest is not later
    told = [row["Status"] for content in (first, later, latest) for row in rows_of(content)]
    assert told == ["Not found", "No scan yet", "No scan yet"]


async def test_a_list_of_a_kind_we_do_not_know_is_not_there(world: World) -> None:
    file = await alert_file(world, "A-1", Part())
    maker = Workbooks(world.store, world.clock, layouts=parcel_sheets(Standards()), sources={})
    assert await maker.file(file.reference) is None


async def test_while_the_disk_is_full_the_message_has_to_wait(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await world.do(lambda conn: listed.ask_for_numbers(conn, ["A"], scope=EVERYTHING, words=words(world)))
    (tmp_path / "no folder").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no folder"))
    with pytest.raises(NotStored):
        await workbooks(world.store, world.clock).file(file.reference)


async def test_while_the_store_is_away_the_message_has_to_wait() -> None:
    class Away:
        """A store that cannot be read."""

        async def read(self, unit: Unit[object], *, brief: bool = False) -> object:
            raise StoreBusy("locked")

    maker = Workbooks(Away(), SystemClock(), layouts=parcel_sheets(Standards()), sources={})  # type: ignore[arg-type]
    with pytest.raises(NotStored, match="locked"):
        await maker.file("workbook:x")


async def matching(world: World, what: What, which: Filter, *, of: str | None = "cainiao") -> bytes:
    scope = PartnerScope(None if of is None else frozenset({world.partners[of]}))
    return await made(world, await world.do(
        lambda conn: ask_for_matching(conn, what, which, scope=scope, words=words(world))
    ))  # fmt: skip


async def test_what_is_late_is_listed_whole_within_the_scope_and_the_filter(world: World) -> None:
    await world.slow_customs(PAGE + 1, of="cainiao")
    await world.slow_customs(1, of="jitu")
    await world.slow_customs(2, of="cainiao", country="FR", start=PAGE + 1)
    await world.sweep()
    everything = await matching(world, "late", Filter())
    assert len(rows_of(everything)) == PAGE + 3
    assert about(everything)["List"] == f"{PAGE + 3} parcels late"
    since = NOW - timedelta(days=1)
    french = await matching(world, "late", Filter(country="FR", since=since, until=NOW, linehauls=None), of=None)
    assert [row["Destination"] for row in rows_of(french)] == ["France"] * 2
    assert rows_of(await matching(world, "late", Filter(linehauls=frozenset({1})))) == []


async def test_what_is_held_is_listed_by_customs_alone_when_that_was_asked(world: World) -> None:
    since = to_micros(NOW - H)
    await world.parcels(2, of="cainiao", hold=MILESTONE["IMPORT_CUSTOMS_HELD"], held_since=since)
    await world.parcels(1, of="cainiao", start=10, hold=MILESTONE["EXC_HELD"], held_since=since)
    assert len(rows_of(await matching(world, "held", Filter()))) == 3
    assert len(rows_of(await matching(world, "customs", Filter()))) == 2
