"""A late flight: told once to those who follow, each of their own parcels, in their language; and that it is over."""

import pytest

from bot.alerts import service
from bot.people import EVERYTHING
from bot.store import Store
from tests.alerts.world import MINUTE, H, World, make_world


@pytest.fixture
async def world(store: Store) -> World:
    return await make_world(store)


async def test_everybody_who_follows_is_told_once_of_their_own_parcels(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(30, of="cainiao", on=flight)
    await world.parcels(5, of="jitu", on=flight)
    for name in ("li", "wang", "desk"):
        await world.follow(name)
    told = {one.conversation_id: one.card for one in await world.become_told()}
    assert len(told) == 3
    assert told[world.places["li"]].title == "航班 CV7911 PVG–LGG 晚点：30 件未按时到达枢纽"
    assert told[world.places["wang"]].title == "航班 CV7911 PVG–LGG 晚点：5 件未按时到达枢纽"
    assert told[world.places["desk"]].title == "Late: flight CV7911 PVG–LGG, 35 parcels past hub arrival"
    await world.pass_time(6 * H)
    assert not [one for one in await world.told() if one.conversation_id == world.places["wang"]][1:]


async def test_the_card_says_how_late_shows_ten_and_offers_what_to_do(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(12, of="cainiao", on=flight)
    await world.follow("li")
    (told,) = await world.become_told()
    card = told.card
    assert card.reference == "A-1"
    assert card.text[0].startswith("计划今天 08:59（北京时间）到达，已晚 3 小时")
    assert card.table is not None
    assert (len(card.table.rows), card.table.hidden) == (10, 2)
    assert card.table.rows[0][0] == "CAINIAO000000"
    assert [action.say for action in card.actions] == ["收到 A-1", "静音4小时 CV7911", "导出 A-1", "谁在处理 A-1"]
    assert world.noted[-1] == (world.places["li"], f"{card.title} [A-1] CV7911")


async def test_no_message_goes_out_before_it_was_held_and_grouped(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(1, of="cainiao", on=flight)
    await world.follow("li")
    await world.sweep()
    world.clock.advance(10 * MINUTE - MINUTE / 60)
    assert (await world.sweep()).fired == 0
    world.clock.advance(MINUTE / 60)
    assert (await world.sweep()).fired == 1
    assert await world.told() == []
    world.clock.advance(MINUTE / 2)
    await world.sweep()
    assert len(await world.told()) == 1


async def test_a_flight_that_arrives_in_the_meantime_is_not_told(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(3, of="cainiao", on=flight)
    await world.follow("li")
    await world.sweep()
    world.clock.advance(5 * MINUTE)
    await world.land(flight)
    assert await world.become_told() == []
    (episode,) = await world.episodes()
    assert (episode.state, episode.suppression) == ("cleared", "cleared_before_send")


async def test_it_is_over_once_and_only_for_those_who_were_told(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(3, of="cainiao", on=flight)
    await world.follow("li")
    await world.become_told()
    await world.follow("desk")
    await world.land(flight)
    over = await world.become_told()
    await world.pass_time(3 * H)
    assert [one.conversation_id for one in over + await world.told()] == [world.places["li"]]
    assert over[0].card.title == "已恢复：航班 CV7911 PVG–LGG"
    assert "已于今天" in over[0].card.text[0]


async def test_a_later_arrival_time_is_told_when_it_makes_things_worse(world: World) -> None:
    from sqlalchemy import update

    from bot.store.schema import to_micros
    from bot.tracking.tables import linehaul

    flight = await world.late_flight()
    await world.parcels(3, of="cainiao", on=flight)
    await world.follow("desk")
    await world.become_told()
    later = to_micros(world.now + 9 * H)
    await world.do(lambda conn: conn.execute(
        update(linehaul).where(linehaul.c.id == flight).values(expected_arrival=later)
    ))  # fmt: skip
    await world.pass_time(30 * MINUTE)
    (told,) = await world.told()
    assert told.card.text[0] == "Expected today 14:25 (Brussels time), 12 h later than planned."
    assert told.card.text[1] == "Since the last message: it got worse, 3 open."
    assert told.card.tone == "bad"


async def test_a_flight_that_leaves_late_and_arrives_late_is_over_once(world: World) -> None:
    planned = world.now + 11 * H - MINUTE
    flight = await world.late_flight(rule="D05", planned=planned, departed_at=None, milestone=None)
    await world.parcels(3, of="cainiao", on=flight)
    await world.follow("li")
    (departure,) = await world.become_told()
    assert departure.card.title == "航班 CV7911 PVG–LGG 未按时起飞：涉及 3 件"
    assert "起飞，已晚 1 小时" in departure.card.text[0]
    await world.pass_time(16 * H)
    titles = [one.card.title for one in await world.told()]
    assert titles[-1] == "航班 CV7911 PVG–LGG 晚点：3 件未按时到达枢纽"
    assert not [title for title in titles if title.startswith("已恢复")], "late by another rule is not over"
    await world.land(flight)
    await world.pass_time(H)
    assert [one.card.title for one in await world.told()] == ["已恢复：航班 CV7911 PVG–LGG"]
    assert {episode.rule: (episode.state, episode.moved) for episode in await world.episodes()} == {
        "D05": ("cleared", True), "D06": ("cleared", False),
    }  # fmt: skip


async def test_a_waybill_is_followed_for_its_own_parcels_only(world: World) -> None:
    flight = await world.late_flight()
    waybill = await world.inside(flight)
    await world.parcels(4, of="cainiao", on=waybill)
    await world.parcels(6, of="cainiao", on=flight, start=100)
    await world.follow("li", refs=("157-12345675",))
    await world.follow("desk", refs=("CV7911",))
    told = {one.conversation_id: one.card.title for one in await world.become_told()}
    assert "4 件" in told[world.places["li"]]
    assert "10 parcels" in told[world.places["desk"]]


async def test_one_parcel_is_followed_on_its_flight(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(4, of="cainiao", on=flight)
    await world.follow("li", numbers=("CAINIAO000002",))
    (told,) = await world.become_told()
    assert told.card.table is not None
    assert [row[0] for row in told.card.table.rows] == ["CAINIAO000002"]


async def test_other_hubs_modes_and_countries_are_not_told(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(4, of="cainiao", on=flight, country="BE")
    await world.parcels(2, of="cainiao", on=flight, country="FR", start=50)
    await world.follow("li", hub="LGG", mode="air", country="FR")
    await world.follow("wang")
    await world.follow("desk", hub="BRU")
    (told,) = await world.become_told()
    assert told.conversation_id == world.places["li"]
    assert "2 件" in told.card.title


async def test_a_mixed_group_reads_both_languages(world: World) -> None:
    await world.person("mixed", of="cainiao", language="bilingual")
    flight = await world.late_flight()
    await world.parcels(1, of="cainiao", on=flight)
    await world.follow("mixed")
    (told,) = await world.become_told()
    assert [card.language for card in told.cards] == ["zh-Hans", "en"]


async def test_a_former_operator_hears_of_nothing(world: World) -> None:
    from sqlalchemy import update

    from bot.people.tables import contact

    flight = await world.late_flight()
    await world.parcels(1, of="cainiao", on=flight)
    await world.follow("desk")
    await world.do(lambda conn: conn.execute(
        update(contact).where(contact.c.name == "desk").values(role="stranger")
    ))  # fmt: skip
    assert await world.become_told() == []
    (episode,) = await world.episodes()
    assert episode.suppression == "no_subscriber"


async def test_without_followers_the_reason_is_kept(world: World) -> None:
    flight = await world.late_flight()
    await world.parcels(1, of="cainiao", on=flight)
    assert await world.become_told() == []
    life = await world.store.read(lambda conn: service.show(conn, "A-1", world.now))
    assert life is not None
    assert life.suppressed == (("no_subscriber", 1),)
    assert life.view.total == 1
    listed = await world.store.read(lambda conn: service.list_open(conn, EVERYTHING, world.now))
    assert [view.ref for view in listed] == ["A-1"]
