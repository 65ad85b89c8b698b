"""From the feed to the outbox: what carriers report, through the real ingest, sweep after sweep."""

from datetime import datetime
from typing import Any

import pytest

from bot.alerts.showing import show_retimed
from bot.alerts.sweep import observer
from bot.delays import Standards
from bot.store import Store
from bot.tracking.ingest import Ingest
from tests.alerts.test_showing import Board, deliver
from tests.alerts.world import MINUTE, NOW, H, World, make_world

FLIGHT = "CV7911/2026-11-24"


@pytest.fixture
async def world(store: Store) -> World:
    made = await make_world(store)
    for name in ("li", "wang", "desk"):
        await made.follow(name)
    return made


async def report(world: World, *rows: dict[str, Any]) -> None:
    intake = Ingest(
        world.store, world.clock, standards=Standards(), observers=(observer(world.settings),), on_retimed=show_retimed
    )
    counts, errors = await intake.take_objects(list(rows), partner=None, source="carrier")
    assert not errors
    assert counts.new == len(rows)


def movement(milestone: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {"linehaul": FLIGHT, "milestone": milestone, "occurred_at": at.isoformat(), "reported_at": at.isoformat(),
            **more}  # fmt: skip


def parcel(number: str, milestone: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {"tracking_number": number, "partner": "cainiao", "milestone": milestone, "lane": "PVG-air-LGG-BE",
            "occurred_at": at.isoformat(), "reported_at": at.isoformat(), **more}  # fmt: skip


async def take_off(world: World, count: int) -> None:
    plan = {"LINEHAUL_DEPARTED": (NOW - 2 * H).isoformat(), "LINEHAUL_ARRIVED": (NOW + 10 * H).isoformat()}
    await report(
        world,
        movement("INFO_UPDATE", NOW - 24 * H, plan=plan, lane="PVG-air-LGG"),
        *(parcel(f"LP{n:014}", "LINEHAUL_TENDERED", NOW - 4 * H, linehaul=FLIGHT) for n in range(count)),
        movement("LINEHAUL_DEPARTED", NOW - 2 * H),
    )


async def test_a_carrier_says_it_will_be_late_and_then_it_lands(world: World) -> None:
    await take_off(world, 25)
    await world.pass_time(H)
    assert await world.told() == []
    late = {"LINEHAUL_ARRIVED": (NOW + 19 * H).isoformat()}
    await report(world, movement("ETA_CHANGED", world.now, plan=late))
    await world.pass_time(25 * MINUTE, step=MINUTE)
    told = {one.conversation_id: one.card for one in await world.told()}
    assert set(told) == {world.places["li"], world.places["desk"]}
    assert told[world.places["li"]].title == "航班 CV7911 PVG–LGG 晚点：25 件未按时到达枢纽"
    assert told[world.places["li"]].text == ("预计明天 07:00（北京时间）到达，比计划晚 9 小时。",)
    assert told[world.places["desk"]].text == ("Expected tomorrow 00:00 (Brussels time), 9 h later than planned.",)
    assert told[world.places["desk"]].tone == "bad"
    await world.pass_time(17 * H)
    assert await world.told() == []
    await report(world, movement("LINEHAUL_ARRIVED", world.now))
    over = await world.become_told()
    assert {one.card.title for one in over} == {"已恢复：航班 CV7911 PVG–LGG", "Over: flight CV7911 PVG–LGG"}
    assert len(over) == 2


async def test_a_new_time_stands_on_the_card_with_the_report_and_a_mended_plan_ends_it_there(world: World) -> None:
    board = Board()
    await take_off(world, 3)
    for hours, text in ((19, "预计明天 07:00"), (21, "预计明天 09:00"), (11, "现预计今天 23:00")):
        late = {"LINEHAUL_ARRIVED": (NOW + hours * H).isoformat()}
        await report(world, movement("ETA_CHANGED", world.now, plan=late))
        if not board.cards:
            await world.pass_time(25 * MINUTE, step=MINUTE)
        await deliver(world, board)
        (card,) = board.of("li")
        assert card.text[0].startswith(text)
        world.clock.advance(MINUTE)
    assert card.title == "已恢复：航班 CV7911 PVG–LGG"


async def test_a_plan_that_is_mended_ends_the_alert(world: World) -> None:
    await take_off(world, 3)
    late, mended = ({"LINEHAUL_ARRIVED": (NOW + hours * H).isoformat()} for hours in (19, 11))
    await report(world, movement("ETA_CHANGED", world.now, plan=late))
    await world.pass_time(H)
    assert len(await world.told()) == 2
    await report(world, movement("ETA_CHANGED", world.now, plan=mended))
    await world.pass_time(H)
    over = await world.told()
    assert [one.card.tone for one in over] == ["good", "good"]
    assert {one.card.text[0] for one in over} == {
        "现预计今天 23:00（北京时间）到达。", "It is expected today 16:00 (Brussels time) now.",
    }  # fmt: skip


async def test_parcels_that_landed_and_were_not_received_are_told_once(world: World) -> None:
    await take_off(world, 60)
    world.clock.advance(10 * H)
    await world.sweep()
    await report(world, movement("LINEHAUL_ARRIVED", world.now))
    received = [parcel(f"LP{n:014}", "HUB_RECEIVED", world.now + MINUTE * 5) for n in range(20)]
    await world.pass_time(H)
    await report(world, *received)
    await world.pass_time(13 * H)
    told = {one.conversation_id: one.card.title for one in await world.told()}
    assert told == {
        world.places["li"]: "航班 CV7911 PVG–LGG：40 件到港后未入仓",
        world.places["desk"]: "Landed, not received at the hub: flight CV7911 PVG–LGG, 40 parcels",
    }
