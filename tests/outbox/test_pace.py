"""The pace of a channel: a sliding minute, a part kept for replies, closed times."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bot.contracts import Capabilities
from bot.outbox import pace
from bot.outbox.pace import Budget, Window, budget_of
from bot.store import Store

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ROBOT = Capabilities(max_bytes=20_000, sends_per_minute=18, reserved_per_minute=3)
SECOND = timedelta(seconds=1)


def test_the_minute_slides_and_never_holds_more_than_its_limit() -> None:
    window, sent, now = Window(), list[datetime](), NOW
    while now < NOW + timedelta(minutes=5):
        if window.free_at(now, Budget(18, 15), push=True) == now:
            window = window.taken(now, push=True)
            sent.append(now)
        now += SECOND
    assert max(sum(1 for other in sent if one <= other < one + pace.WINDOW) for one in sent) == 15
    assert len(sent) == 75


def test_when_the_next_one_may_go_is_known_to_the_microsecond() -> None:
    window = Window().taken(NOW, push=False).taken(NOW + 10 * SECOND, push=True)
    two, one = Budget(2, 2), Budget(1, 1)
    assert window.free_at(NOW + 20 * SECOND, two, push=False) == NOW + 60 * SECOND
    assert window.free_at(NOW + 20 * SECOND, one, push=False) == NOW + 70 * SECOND
    assert window.free_at(NOW + 60 * SECOND, two, push=False) == NOW + 60 * SECOND
    assert window.free_at(NOW + 20 * SECOND, Budget(3, 1), push=True) == NOW + 70 * SECOND


def test_a_part_is_kept_for_replies_and_replies_do_not_eat_the_share_of_alerts() -> None:
    budget, window = budget_of(ROBOT), Window()
    assert (budget, budget_of(Capabilities(max_bytes=1))) == (Budget(18, 15), Budget(None, None))
    for _ in range(3):
        window = window.taken(NOW, push=False)
    assert window.room(NOW, budget, push=True, most=20) == 15
    for _ in range(15):
        window = window.taken(NOW, push=True)
    assert window.room(NOW, budget, push=True, most=20) == window.room(NOW, budget, push=False, most=20) == 0


async def test_the_pace_is_shared_in_the_store_and_replies_still_go_when_alerts_must_wait(store: Store) -> None:
    def taking(conn: Connection, kind: int) -> bool:
        free = pace.take_one(
            conn, adapter="robot", conversation_id=1, message_class=kind, capabilities=ROBOT, now=NOW
        )
        return free == NOW

    alerts = [await store.write(lambda conn: taking(conn, 2)) for _ in range(17)]
    replies = [await store.write(lambda conn: taking(conn, 0)) for _ in range(5)]
    assert (sum(alerts), sum(replies)) == (15, 3)


async def test_a_closed_channel_is_closed_for_everybody_until_the_later_end(store: Store) -> None:
    def unit(conn: Connection) -> None:
        pace.close(conn, "robot", NOW + 600 * SECOND)
        pace.close(conn, "robot", NOW + 30 * SECOND)

    await store.write(unit)
    assert await store.read(lambda conn: pace.closed_until(conn, "robot")) == NOW + 600 * SECOND
    free = await store.write(lambda conn: pace.take_one(
        conn, adapter="robot", conversation_id=7, message_class=0, capabilities=ROBOT, now=NOW
    ))
    assert free == NOW + 600 * SECOND
    assert await store.read(lambda conn: pace.closed_until(conn, "other")) is None


async def test_a_pace_by_conversation_does_not_slow_the_others(store: Store) -> None:
    slack = Capabilities(max_bytes=1, sends_per_minute=1, pace_by_conversation=True)

    def unit(conn: Connection) -> list[bool]:
        return [
            pace.take_one(
                conn, adapter="slack", conversation_id=place, message_class=2, capabilities=slack, now=NOW
            ) == NOW
            for place in (1, 1, 2)
        ]

    assert await store.write(unit) == [True, False, True]
