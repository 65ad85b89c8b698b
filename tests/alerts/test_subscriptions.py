"""Following and muting: what is known to the person, once, and back again."""

from datetime import timedelta
from typing import Any

import pytest

from bot.alerts import Muted, Scope, Subscribed, SubscriptionView, service
from bot.people import NOTHING, Person, Role
from bot.store import Store
from tests.alerts.world import H, World, make_world


@pytest.fixture
async def world(store: Store) -> World:
    made = await make_world(store)
    flight = await made.flight()
    await made.parcels(3, of="cainiao", on=flight)
    other = await made.flight("CV7912")
    await made.parcels(3, of="jitu", on=other)
    return made


async def _follow(world: World, name: str, **scope: Any) -> Subscribed:
    return await world.do(lambda conn: service.subscribe(
        conn, person=world.people[name], conversation_id=world.places[name], scope=Scope(**scope), now=world.now
    ))  # fmt: skip


async def _stop(world: World, name: str, scope: Scope | None) -> list[Scope]:
    gone = await world.do(lambda conn: service.unsubscribe(
        conn, person=world.people[name], conversation_id=world.places[name], scope=scope, now=world.now
    ))  # fmt: skip
    return [view.scope for view in gone]


async def _list(world: World, name: str) -> tuple[SubscriptionView, ...]:
    return await world.store.read(lambda conn: service.list_subscriptions(conn, world.places[name]))


async def test_a_wish_with_several_numbers_is_one_line_of_the_list(world: World) -> None:
    done = await _follow(world, "li", numbers=("CAINIAO000000", "CAINIAO000001"), refs=("CV7911",))
    assert done.created
    assert done.subscription is not None
    assert done.subscription.scope == Scope(numbers=("CAINIAO000000", "CAINIAO000001"), refs=("CV7911",))
    assert [view.scope for view in await _list(world, "li")] == [done.subscription.scope]
    assert (await _list(world, "li"))[0].by == "li"


async def test_the_same_again_changes_nothing(world: World) -> None:
    first = await _follow(world, "li", hub="LGG", mode="air")
    again = await _follow(world, "li", hub="LGG", mode="air")
    assert (first.created, again.created) == (True, False)
    assert again.subscription == first.subscription


async def test_what_is_not_theirs_is_unknown_like_what_does_not_exist(world: World) -> None:
    done = await _follow(world, "li", numbers=("JITU000000", "NOSUCH"), refs=("CV7912", "CV9999"))
    assert done == Subscribed(None, created=False, unknown=("JITU000000", "NOSUCH", "CV7912", "CV9999"))
    part = await _follow(world, "li", numbers=("CAINIAO000000", "NOSUCH"))
    assert part.subscription is not None
    assert part.subscription.scope == Scope(numbers=("CAINIAO000000",))
    assert part.unknown == ("NOSUCH",)
    staff = await _follow(world, "desk", numbers=("JITU000000",), refs=("CV7912",))
    assert staff.unknown == ()


async def test_a_stranger_follows_nothing(world: World) -> None:
    stranger = Person(
        contact_id=world.people["li"].contact_id, name="x", role=Role.STRANGER, partner_id=None, scope=NOTHING,
        language=None, time_zone="Asia/Shanghai",
    )  # fmt: skip
    done = await world.do(lambda conn: service.subscribe(
        conn, person=stranger, conversation_id=world.places["li"], scope=Scope(everything=True), now=world.now
    ))  # fmt: skip
    assert done.subscription is None
    assert await _list(world, "li") == ()


async def test_one_number_of_a_wish_is_stopped_and_the_rest_stays(world: World) -> None:
    await _follow(world, "li", numbers=("CAINIAO000000", "CAINIAO000001"))
    await _follow(world, "li", refs=("CV7911",))
    assert await _stop(world, "li", Scope(numbers=("CAINIAO000000", "NOSUCH"))) == [Scope(numbers=("CAINIAO000000",))]
    assert await _stop(world, "li", Scope(refs=("cv 7911",))) == [Scope(refs=("CV7911",))]
    assert [view.scope for view in await _list(world, "li")] == [Scope(numbers=("CAINIAO000001",))]


@pytest.mark.parametrize("scope", [None, Scope(everything=True)])
async def test_everything_stops_everything_of_this_conversation_only(world: World, scope: Scope | None) -> None:
    for wish in ({"everything": True}, {"hub": "LGG"}, {"numbers": ("CAINIAO000000",)}):
        await _follow(world, "li", **wish)
    await _follow(world, "desk", hub="LGG")
    assert len(await _stop(world, "li", scope)) == 3
    assert await _list(world, "li") == ()
    assert len(await _list(world, "desk")) == 1


async def test_narrow_wishes_are_matched_whole(world: World) -> None:
    await _follow(world, "li", hub="LGG", mode="air")
    assert await _stop(world, "li", Scope(hub="LGG")) == []
    assert await _stop(world, "li", Scope(hub="LGG", mode="air")) == [Scope(hub="LGG", mode="air")]


def test_an_empty_scope_is_an_error() -> None:
    with pytest.raises(ValueError, match="everything=True"):
        Scope()


# ---- mutes ----


async def _mute(world: World, name: str, length: timedelta, **scope: Any) -> Muted:
    wanted = Scope(**scope) if scope else Scope(everything=True)
    return await world.do(lambda conn: service.mute(
        conn, person=world.people[name], conversation_id=world.places[name], scope=wanted,
        until=world.now + length, reason="customs strike", now=world.now,
    ))  # fmt: skip


@pytest.fixture
async def late(store: Store) -> World:
    made = await make_world(store)
    flight = await made.late_flight()
    await made.parcels(30, of="cainiao", on=flight)
    for name in ("li", "desk"):
        await made.follow(name)
    return made


async def test_a_muted_conversation_is_told_when_the_mute_ends_and_it_still_holds(late: World) -> None:
    await _mute(late, "li", 2 * H, refs=("CV7911",))
    told = await late.become_told()
    assert [one.conversation_id for one in told] == [late.places["desk"]]
    await late.pass_time(2 * H)
    assert len(await late.told("li")) == 1


async def test_what_is_over_when_the_mute_ends_was_never_told(late: World) -> None:
    await _mute(late, "li", 2 * H)
    await late.become_told()
    await late.land(1)
    await late.pass_time(4 * H)
    assert await late.told("li") == []
    (episode,) = await late.episodes()
    assert episode.told_flush is not None


async def test_an_episode_everybody_muted_says_so(late: World) -> None:
    for name in ("li", "desk"):
        await _mute(late, name, 2 * H, hub="LGG")
    assert await late.become_told() == []
    (episode,) = await late.episodes()
    assert episode.suppression == "muted"


async def test_the_preview_counts_open_alerts_and_a_week_is_the_longest(late: World) -> None:
    await late.become_told()
    done = await _mute(late, "li", timedelta(days=30))
    assert done.covers_open == 1
    assert done.until == late.now + timedelta(days=7)
    nothing = await _mute(late, "li", H, numbers=("NOSUCH",))
    assert (nothing.id, nothing.unknown, nothing.covers_open) == (None, ("NOSUCH",), 0)


async def test_one_muted_parcel_is_left_out_of_the_count(late: World) -> None:
    await _mute(late, "li", 5 * H, numbers=("CAINIAO000000", "CAINIAO000001"))
    told = {one.conversation_id: one.card.title for one in await late.become_told()}
    assert "28 件" in told[late.places["li"]]
    assert "30 parcels" in told[late.places["desk"]]


async def test_a_mute_ended_early_lets_its_conversation_be_told(late: World) -> None:
    muted = await _mute(late, "li", 5 * H)
    await late.become_told()

    async def end(name: str) -> bool:
        assert muted.id is not None
        return await late.do(lambda conn: service.end_mute(
            conn, muted.id or 0, person=late.people[name], conversation_id=late.places[name], now=late.now
        ))  # fmt: skip

    assert await end("desk") is False
    assert await end("li") is True
    assert await end("li") is False
    await late.sweep()
    assert len(await late.told("li")) == 1


async def test_a_mute_needs_an_end_ahead_and_a_reason(late: World) -> None:
    with pytest.raises(ValueError, match="must end after"):
        await _mute(late, "li", -H)
    with pytest.raises(ValueError, match="reason"):
        await late.do(lambda conn: service.mute(
            conn, person=late.people["li"], conversation_id=late.places["li"], scope=Scope(everything=True),
            until=late.now + H, reason="  ", now=late.now,
        ))  # fmt: skip
