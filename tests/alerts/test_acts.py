"""Take note, resolve, reopen, who, export: done once, told who was first, each side for itself."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.alerts import ActResult, AlertView, Who, service
from bot.alerts.refs import id_of
from bot.people import EVERYTHING, NOTHING, PartnerScope, Person
from bot.store import Store
from tests.alerts.world import MINUTE, H, World, make_told_world


@pytest.fixture
async def world(store: Store) -> World:
    return await make_told_world(store)


async def _do(world: World, act: str, who: str | Person, ref: str = "A-1", **more: Any) -> ActResult:
    person = world.people[who] if isinstance(who, str) else who
    result = await world.do(lambda conn: getattr(service, act)(conn, ref, person=person, now=world.now, **more))
    assert isinstance(result, ActResult)
    return result


def _who(conn: Connection, scope: PartnerScope, now: datetime) -> Who | None:
    return service.who(conn, "A-1", scope, now)


def _find(conn: Connection, scope: PartnerScope, now: datetime) -> AlertView | None:
    return service.find_alert(conn, "A-1", scope, now)


async def test_the_second_acknowledgement_hears_of_the_first(world: World) -> None:
    first = await _do(world, "acknowledge", "desk")
    then = world.now
    world.clock.advance(MINUTE)
    second = await _do(world, "acknowledge", "li")
    assert (first.kind, first.by) == ("done", "desk")
    assert (second.kind, second.by, second.at) == ("already", "desk", then)


async def test_partners_do_not_learn_of_each_others_acts_and_operators_learn_of_all(world: World) -> None:
    assert (await _do(world, "acknowledge", "li")).kind == "done"
    assert (await _do(world, "acknowledge", "wang")).kind == "done"
    assert (await _do(world, "acknowledge", "desk")).kind == "already"
    for name, acts in (("li", ["li"]), ("wang", ["wang"]), ("desk", ["li", "wang"])):
        scope = world.people[name].scope
        seen = await world.store.read(partial(_who, scope=scope, now=world.now))
        assert seen is not None
        assert [act.by for act in seen.acts] == acts
        places = {told.conversation_id for told in seen.told}
        assert places == ({world.places[name]} if name != "desk" else set(world.places.values()))


async def test_an_acknowledgement_ends_by_itself(world: World) -> None:
    await _do(world, "acknowledge", "desk", lasts=timedelta(hours=1))
    world.clock.advance(H)
    assert (await _do(world, "acknowledge", "desk")).kind == "done"


async def test_an_acknowledgement_is_taken_back_by_whose_it_was_and_messages_come_again(world: World) -> None:
    assert (await _do(world, "take_back", "li")).kind == "already"
    await _do(world, "acknowledge", "li")
    assert (await _do(world, "take_back", "wang")).kind == "already"
    assert (await _do(world, "take_back", "desk")).kind == "already"
    assert (await _do(world, "take_back", "li")).kind == "done"
    assert (await _do(world, "take_back", "li")).kind == "already"
    assert (await _do(world, "take_back", "li", ref="A-99")).kind == "unknown"
    assert (await _do(world, "acknowledge", "desk")).kind == "done"  # nobody has it


async def test_an_acknowledgement_holds_messages_back_unless_it_gets_much_worse(world: World) -> None:
    flight = 1
    await _do(world, "acknowledge", "li")
    await world.parcels(9, of="cainiao", on=flight, start=500)
    await world.pass_time(H)
    assert await world.told("li") == []
    await world.parcels(21, of="cainiao", on=flight, start=600)
    await world.pass_time(30 * MINUTE)
    (told,) = await world.told("li")
    assert told.card.text[-1].startswith("li 已于今天")


async def test_resolved_is_silent_until_there_is_new_evidence_and_for_the_own_side_only(world: World) -> None:
    assert (await _do(world, "resolve", "li")).kind == "done"
    again = await _do(world, "resolve", "li")
    assert (again.kind, again.by) == ("already", "li")
    seen = {}
    for name in ("li", "desk"):
        scope = world.people[name].scope
        seen[name] = await world.store.read(partial(_find, scope=scope, now=world.now))
    assert seen["li"] is not None
    assert seen["desk"] is not None
    assert (seen["li"].state, seen["desk"].state) == ("resolved", "open")
    await world.parcels(100, of="cainiao", on=1, start=700)
    await world.pass_time(H)
    told = {one.conversation_id for one in await world.told()}
    assert told == {world.places["desk"]}


async def test_reopened_it_is_told_of_again(world: World) -> None:
    assert (await _do(world, "reopen", "li")).kind == "already"
    await _do(world, "resolve", "li")
    await world.parcels(100, of="cainiao", on=1, start=700)
    assert (await _do(world, "reopen", "li")).kind == "done"
    await world.pass_time(H)
    assert len(await world.told("li")) == 1


async def test_what_operators_resolved_a_partner_cannot_bring_back(world: World) -> None:
    await _do(world, "resolve", "desk")
    assert (await _do(world, "reopen", "li")).kind == "closed"
    world.clock.advance(timedelta(days=15))
    assert (await _do(world, "reopen", "desk")).kind == "closed"


async def test_what_is_over_can_only_be_looked_at(world: World) -> None:
    await world.land(1)
    await world.become_told()
    for act in ("acknowledge", "resolve", "reopen"):
        assert (await _do(world, act, "li")).kind == "closed"
    view = await world.store.read(lambda conn: service.find_alert(conn, "A-1", EVERYTHING, world.now))
    assert view is not None
    assert (view.state, view.open_count, view.total) == ("cleared", 0, 45)


async def test_an_alert_that_does_not_exist_is_unknown(world: World) -> None:
    def unit(conn: Connection) -> None:
        for ref in ("A-2", "A-999999999999", "C-1", "nonsense", "", "A-0"):
            done = service.acknowledge(conn, ref, person=world.people["desk"], now=world.now)
            assert done.kind == "unknown", ref
            assert service.find_alert(conn, ref, EVERYTHING, world.now) is None
            assert list(service.export_rows(conn, ref, EVERYTHING)) == []

    await world.store.read(unit)


@pytest.mark.parametrize("ref", ["A-12", "a-12", "a12", "12", "[PB-A12]", " A-12 "])
def test_an_alert_is_known_by_every_form_of_its_reference(ref: str) -> None:
    assert id_of(ref) == 12


async def test_an_alert_without_parcels_of_ones_own_is_as_unknown_as_none(world: World) -> None:
    other = await world.late_flight("CV7912")
    await world.parcels(3, of="jitu", on=other, start=100)
    await world.become_told()
    li = world.people["li"]
    for act in ("acknowledge", "resolve", "reopen"):
        assert await _do(world, act, "li", "A-2") == await _do(world, act, "li", "A-77") == ActResult("unknown")
    assert await world.store.read(lambda conn: service.who(conn, "A-2", li.scope, world.now)) is None
    assert await world.store.read(lambda conn: list(service.export_rows(conn, "A-2", li.scope))) == []
    listed = await world.store.read(lambda conn: service.list_open(conn, li.scope, world.now))
    assert [(view.ref, view.open_count, view.total) for view in listed] == [("A-1", 40, 40)]
    assert await world.store.read(lambda conn: service.list_open(conn, NOTHING, world.now)) == ()


async def test_show_tells_the_whole_life(world: World) -> None:
    await _do(world, "acknowledge", "desk")
    life = await world.store.read(lambda conn: service.show(conn, "A-1", world.now))
    assert life is not None
    assert [told.kind for told in life.told] == ["alert"] * 3
    assert [(act.act, act.by) for act in life.acts] == [("acknowledge", "desk")]
    assert (life.suppressed, life.untold) == ((), 0)
