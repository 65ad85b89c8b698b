"""Twelve thousand parcels at once: one message a conversation; what cleared before is not told; restarts in between."""

import pytest
from sqlalchemy import func, select

from bot.alerts import service
from bot.alerts.tables import alert
from bot.contracts import as_text, fit
from bot.store import Store
from tests.alerts.world import MINUTE, H, World, make_world

MANY = 12_000
DINGTALK_BYTES = 20_000


@pytest.fixture
async def world(store: Store) -> World:
    made = await make_world(store)
    for name in ("li", "wang", "desk"):
        await made.follow(name)
    return made


async def _counts(world: World) -> dict[str | None, int]:
    wanted = select(alert.c.suppression, func.count()).group_by(alert.c.suppression)
    rows = await world.store.read(lambda conn: conn.execute(wanted).all())
    return {row[0]: row[1] for row in rows}


async def test_twelve_thousand_parcels_of_one_flight_are_one_message_each(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(MANY, of="cainiao", on=flight)
    told = await world.become_told()
    assert sorted(one.conversation_id for one in told) == [world.places["li"], world.places["desk"]]
    assert told[0].card.title == "航班 CV7911 PVG–LGG 晚点：12,000 件未按时到达枢纽"
    assert all(one.size < DINGTALK_BYTES for one in told)
    cards = fit(told[0].cards, lambda forms: sum(len(as_text(form).encode()) for form in forms), 1_000)
    assert "12,000 件" in cards[0].title


async def test_twelve_thousand_late_parcels_are_one_message_each_however_often_the_sweeper_restarts(
    world: World,
) -> None:
    flight = await world.flight(arrived_at=1)
    await world.slow_customs(MANY, of="cainiao", on=flight)
    await world.sweep()
    for _ in range(25):
        world.clock.advance(MINUTE)
        await world.sweep()  # every look is a new sweeper's
    told = await world.told()
    assert len(told) == 2
    assert told[0].card.title == "航班 CV7911 PVG–LGG：12,000 件进口清关超时"
    assert await _counts(world) == {None: MANY}
    await world.pass_time(3 * H)
    assert await world.told() == []


async def test_what_cleared_before_the_message_is_not_in_it(world: World) -> None:
    flight = await world.flight(arrived_at=1)
    parcels = await world.slow_customs(MANY, of="cainiao", on=flight)
    await world.sweep()
    world.clock.advance(9 * MINUTE)
    await world.release(parcels[:5_000])
    world.clock.advance(MINUTE)
    await world.sweep()
    await world.release(parcels[5_000:9_000])
    told = await world.become_told()
    assert len(told) == 2
    assert "3,000 件" in told[0].card.title
    assert await _counts(world) == {"cleared_before_send": 9_000, None: 3_000}


async def test_when_all_have_cleared_nothing_is_told(world: World) -> None:
    flight = await world.flight(arrived_at=1)
    parcels = await world.slow_customs(2_000, of="cainiao", on=flight)
    await world.sweep()
    world.clock.advance(10 * MINUTE)
    await world.sweep()
    await world.release(parcels)
    assert await world.become_told() == []
    assert await _counts(world) == {"cleared_before_send": 2_000}
    (group,) = await world.groups()
    assert group.closed_at is not None
    assert group.flush_at is None


async def test_a_second_message_comes_only_when_enough_has_changed(world: World) -> None:
    flight = await world.flight(arrived_at=1)
    parcels = await world.slow_customs(100, of="cainiao", on=flight)
    await world.become_told()
    await world.release(parcels[:15])
    await world.pass_time(H)
    assert await world.told() == []
    await world.release(parcels[15:40])
    await world.pass_time(H)
    told = {one.conversation_id: one for one in await world.told()}
    assert len(told) == 2
    assert told[world.places["li"]].card.text[1] == "与上次相比：恢复 40 件，仍有 60 件。"
    assert told[world.places["desk"]].card.text[1] == "Since the last message: 40 cleared, 60 open."
    await world.release(parcels[40:])
    over = await world.become_told()
    assert {one.card.text[0] for one in over} == {
        "涉及的 100 件均已恢复。", "100 parcels were affected. All have moved on."
    }  # fmt: skip


async def test_parcels_that_join_later_are_told_as_new_and_in_the_meantime_counted_as_bundled(world: World) -> None:
    flight = await world.flight(arrived_at=1)
    await world.slow_customs(100, of="cainiao", on=flight)
    await world.become_told()
    await world.slow_customs(10, of="cainiao", on=flight, start=1_000)
    await world.pass_time(H)
    assert await world.told() == []
    assert await _counts(world) == {None: 100, "bundled": 10}
    await world.slow_customs(25, of="cainiao", on=flight, start=2_000)
    await world.pass_time(H)
    told = {one.conversation_id: one for one in await world.told()}
    assert told[world.places["li"]].card.text[1] == "与上次相比：新增 35 件，仍有 135 件。"
    assert await _counts(world) == {None: 135}
    assert {group.id for group in await world.groups()} == {1}


async def test_late_parcels_on_a_late_flight_are_explained_by_it_until_it_is_over(world: World) -> None:
    flight = await world.late_flight()
    parcels = await world.promise_missed(40, of="cainiao", on=flight)
    told = {one.conversation_id: one.card.title for one in await world.become_told()}
    assert told == {
        world.places["li"]: "航班 CV7911 PVG–LGG 晚点：40 件未按时到达枢纽",
        world.places["desk"]: "Late: flight CV7911 PVG–LGG, 40 parcels past hub arrival",
    }
    assert await _counts(world) == {None: 1, "inhibited": 40}
    await world.land(flight)
    after = [one.card.title for one in await world.become_told() if one.conversation_id == world.places["li"]]
    assert after == ["已恢复：航班 CV7911 PVG–LGG", "航班 CV7911 PVG–LGG：40 件超过承诺时效未妥投"]
    await world.release(parcels, "DELIVERED")
    assert len(await world.become_told()) == 2


async def test_late_again_the_next_hour_goes_on_under_the_same_reference(world: World) -> None:
    flight = await world.flight(arrived_at=1)
    parcels = await world.slow_customs(3, of="cainiao", on=flight)
    await world.become_told()
    await world.release(parcels)
    await world.become_told()
    for round_number in range(3):
        await _late_again(world, parcels)
        told = await world.become_told()
        assert [one.card.reference for one in told] == (["A-1", "A-1"] if round_number < 2 else [])
        await world.release(parcels)
        await world.become_told()
    assert await _counts(world) == {"flapping": 3}


async def _late_again(world: World, parcels: list[int]) -> None:
    from bot.alerts import episodes
    from bot.tracking.lateness import LateStarted

    late = [
        LateStarted(
            subject_kind="parcel", id=key, key=f"CAINIAO{n:06}", partner_id=world.partners["cainiao"], rule="D12",
            milestone="IMPORT_CUSTOMS_RELEASED", late_since=world.now, linehaul_id=1, hub="LGG", mode="air",
            country="BE",
        )
        for n, key in enumerate(parcels)
    ]  # fmt: skip
    await world.do(lambda conn: episodes.open_episodes(
        conn, late, now=world.now, timing=world.settings
    ))  # fmt: skip


async def test_without_a_linehaul_a_hub_and_day_is_one_message(world: World) -> None:
    await world.slow_customs(7, of="cainiao")
    told = {one.conversation_id: one.card.title for one in await world.become_told()}
    assert told[world.places["li"]] == "列日 11月24日周二：7 件进口清关超时"
    assert told[world.places["desk"]] == "Slow import clearance: Liège, Tue 24 Nov, 7 parcels"


async def test_the_export_names_every_parcel_once(world: World) -> None:
    flight = await world.flight(arrived_at=1)
    parcels = await world.slow_customs(1_200, of="cainiao", on=flight)
    await world.slow_customs(3, of="jitu", on=flight)
    await world.become_told()
    await world.release(parcels[:200])
    scope = world.people["li"].scope
    rows = await world.store.read(lambda conn: list(service.export_rows(conn, "A-1", scope)))
    assert len({row.number for row in rows}) == len(rows) == 1_200
    assert sum(row.open for row in rows) == 1_000
    assert {row.partner for row in rows} == {"cainiao"}
