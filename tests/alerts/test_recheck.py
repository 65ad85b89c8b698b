"""A dead alert is sent again only while it is true; what has changed is told as it is now."""

from datetime import timedelta

from sqlalchemy import Connection, update

from bot.alerts.recheck import recheck_alerts
from bot.contracts import Card
from bot.outbox import OutgoingMessage, enqueue
from bot.outbox.admin import Replayed, replay
from bot.outbox.tables import outbox
from bot.store import Store
from tests.alerts.world import World, make_world


async def told_in_vain(store: Store, **more: object) -> tuple[World, int, list[int]]:
    """Li was to be told of three parcels; the message died."""
    world = await make_world(store)
    await world.follow("li", **more)
    parcels = await world.slow_customs(3, of="cainiao")
    assert len(await world.become_told()) == 1
    await die(world)
    return world, world.seen, parcels


async def die(world: World) -> None:
    await world.do(lambda conn: conn.execute(update(outbox).where(outbox.c.id == world.seen).values(
        state="dead", finished_at=world.now
    )).close())  # fmt: skip


async def again(world: World, row_id: int) -> Replayed:
    return await world.do(lambda conn: replay(conn, row_id, now=world.now, recheck=recheck_alerts(world.now)))


async def test_what_is_true_still_is_sent_again_as_it_is(store: Store) -> None:
    world, dead, _ = await told_in_vain(store)
    done = await again(world, dead)
    assert (done.skipped, done.new_reference) == (None, f"O-{dead + 1}")


async def test_what_is_over_is_not(store: Store) -> None:
    world, dead, parcels = await told_in_vain(store)
    await world.release(parcels)
    done = await again(world, dead)
    assert (done.skipped, done.new_reference) == ("A-1 is over", None)


async def test_what_has_changed_is_told_as_it_is_now(store: Store) -> None:
    world, dead, parcels = await told_in_vain(store)
    await world.release(parcels[:1])
    done = await again(world, dead)
    assert done.skipped == "A-1 has changed; A-1 will be told as it stands now"
    world.seen = dead
    await world.pass_time(timedelta(minutes=1))
    (told,) = await world.told("li")
    assert "2 件" in told.card.title


async def test_what_was_told_later_is_not_told_twice(store: Store) -> None:
    world, dead, _ = await told_in_vain(store)
    await world.slow_customs(30, of="cainiao", start=10)
    await world.pass_time(timedelta(minutes=40))
    assert await world.told("li")
    assert (await again(world, dead)).skipped == "A-1 was told again later"


async def test_who_follows_no_more_is_not_told(store: Store) -> None:
    world, dead, _ = await told_in_vain(store)
    from bot.alerts import Scope, service

    await world.do(lambda conn: service.unsubscribe(
        conn, person=world.people["li"], conversation_id=world.places["li"], scope=Scope(everything=True),
        now=world.now,
    ))  # fmt: skip
    assert (await again(world, dead)).skipped == "A-1 is not followed there any more"


async def test_an_over_that_is_late_again_is_told_so(store: Store) -> None:
    world, _, parcels = await told_in_vain(store)
    await world.release(parcels)
    await world.pass_time(timedelta(minutes=30))
    assert len(await world.told("li")) == 1
    await die(world)
    cleared = world.seen
    assert (await again(world, cleared)).skipped is None


async def test_a_message_made_of_several_is_checked_by_its_parts(store: Store) -> None:
    world, first, parcels = await told_in_vain(store)

    def bundle(conn: Connection) -> int:
        made = enqueue(conn, OutgoingMessage(
            conversation_id=world.places["li"], queue="push", message_class=2, dedup_key="bundle:x",
            cards=(Card(title="both"),),
        ), world.now)  # fmt: skip
        assert made is not None
        conn.execute(update(outbox).where(outbox.c.id == made).values(state="dead", finished_at=world.now))
        conn.execute(update(outbox).where(outbox.c.id == first).values(state="bundled", bundle_id=made))
        return made

    made = await world.do(bundle)
    await world.release(parcels)
    assert (await again(world, made)).skipped == "A-1 is over"


async def test_a_message_that_is_no_alert_is_sent_again(store: Store) -> None:
    world = await make_world(store)

    def reply(conn: Connection) -> int:
        made = enqueue(conn, OutgoingMessage(
            conversation_id=world.places["li"], queue="reply", message_class=0, dedup_key="r", cards=(Card(title="x"),),
        ), world.now)  # fmt: skip
        assert made is not None
        conn.execute(update(outbox).where(outbox.c.id == made).values(state="dead", finished_at=world.now))
        return made

    made = await world.do(reply)
    assert (await again(world, made)).skipped is None
