"""What administrators do: list, send again, drop, and see at a glance how the outbox is."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.clock import MovableClock
from bot.contracts import Refused
from bot.errors import NotFound, UsageError
from bot.outbox import Sender, admin, pace
from bot.outbox.figures import outbox_figures
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import Store
from tests.outbox.channel import NOW, SECOND, Channel, outgoing, put, row_of, settled, states, talk, talks


async def dead_message(store: Store, place: int, key: str = "k", kind: int = 2) -> int:
    (row_id,) = await put(store, outgoing(place, key, kind))
    values = {"state": "dead", "finished_at": NOW, "error": "refused: no"}
    await store.write(lambda conn: conn.execute(update(outbox).where(outbox.c.id == row_id).values(values)))
    return row_id


async def test_a_dead_message_is_sent_again_as_a_new_row_under_the_same_id(store: Store) -> None:
    place, chat, clock = await store.write(talk), Channel(answers=[Refused("no")]), MovableClock(NOW)
    (row_id,) = await put(store, outgoing(place, "k"))
    sender = Sender(store, clock, {"chat": chat})
    await sender.start()
    await settled(sender, 1)
    done = await store.write(lambda conn: admin.replay(conn, row_id, now=NOW))
    await settled(sender, 2)
    await sender.stop()
    again = await row_of(store, "k#r1")
    assert (done.reference, done.new_reference) == (f"O-{row_id}", f"O-{again.id}")
    assert (again.state, again.replay_of, again.attempts) == ("sent", row_id, 1)
    assert await states(store) == {"k": "dead", "k#r1": "sent"}
    assert chat.got[0].message_id == chat.got[1].message_id


async def test_each_replay_has_a_key_of_its_own(store: Store) -> None:
    row_id = await dead_message(store, await store.write(talk))
    for _ in range(2):
        await store.write(lambda conn: admin.replay(conn, row_id, now=NOW))
    assert list(await states(store)) == ["k", "k#r1", "k#r2"]


async def test_sending_again_mends_what_was_broken(store: Store) -> None:
    row_id = await dead_message(store, await store.write(talk))
    await store.write(lambda conn: conn.execute(update(conversation).values(broken="gone")))
    await store.write(lambda conn: admin.replay(conn, row_id, now=NOW))
    assert (await store.read(lambda conn: outbox_figures(conn, NOW))).broken_conversations == 0


async def test_what_no_longer_holds_is_skipped_with_its_reason(store: Store) -> None:
    row_id = await dead_message(store, await store.write(talk))
    done = await store.write(lambda conn: admin.replay(conn, row_id, now=NOW, recheck=lambda *_: "alert cleared"))
    assert (done.new_reference, done.skipped) == (None, "alert cleared")
    assert list(await states(store)) == ["k"]


async def test_a_channels_dead_messages_since_an_hour_are_sent_again_in_order_and_once(store: Store) -> None:
    first, second = await talks(store, 2)
    ids = [await dead_message(store, first, f"a{n}") for n in range(3)] + [await dead_message(store, second, "b")]
    await store.write(lambda conn: conn.execute(
        update(outbox).where(outbox.c.id == ids[0]).values(finished_at=NOW - timedelta(hours=3))
    ))
    for expected in (["O-2", "O-3", "O-4"], []):
        done = await store.write(
            lambda conn: admin.replay_since(conn, {"chat"}, since=NOW - timedelta(hours=2), now=NOW)
        )
        assert [one.reference for one in done] == expected
    assert [key for key in await states(store) if "#" in key] == ["a1#r1", "a2#r1", "b#r1"]


async def test_a_dropped_message_never_goes_out_and_frees_what_waits_behind_it(store: Store) -> None:
    place, chat, clock = await store.write(talk), Channel(), MovableClock(NOW)
    ids = await put(store, outgoing(place, "a", available_at=NOW + timedelta(hours=1)), outgoing(place, "b"))
    sender = Sender(store, clock, {"chat": chat})
    await sender.start()
    await store.write(lambda conn: admin.drop(conn, ids[0], now=NOW))
    await settled(sender, 1)
    await sender.stop()
    assert (await states(store), chat.titles) == ({"a": "dropped", "b": "sent"}, ["b"])


async def test_what_cannot_be_done_is_said(store: Store) -> None:
    place = await store.write(talk)
    (row_id,) = await put(store, outgoing(place, "k"))
    with pytest.raises(admin.NotPossible, match=rf"O-{row_id} is ready; only dead or dropped"):
        await store.write(lambda conn: admin.replay(conn, row_id, now=NOW))
    with pytest.raises(NotFound, match="there is no message O-999"):
        await store.write(lambda conn: admin.drop(conn, 999, now=NOW))
    await store.write(lambda conn: conn.execute(update(outbox).values(state="leased")))
    with pytest.raises(admin.NotPossible, match="being sent at this moment"):
        await store.write(lambda conn: admin.drop(conn, row_id, now=NOW))
    with pytest.raises(UsageError, match="no such state; choose one of ready"):
        await store.read(lambda conn: admin.find(conn, state="lost"))


async def test_the_newest_of_a_state_are_listed_without_what_they_say(store: Store) -> None:
    place = await store.write(talk)
    ids = [await dead_message(store, place, f"k{n}") for n in range(3)]
    await put(store, outgoing(place, "open"))
    listed = await store.read(lambda conn: admin.find(conn, state="dead", limit=2))
    assert [one.reference for one in listed] == [f"O-{ids[2]}", f"O-{ids[1]}"]
    assert (listed[0].adapter, listed[0].conversation, listed[0].kind) == ("chat", "group-1", "alert")
    assert len(await store.read(lambda conn: admin.find(conn, state=None))) == 4


@pytest.mark.parametrize("text", ["O-12", "o-12", " 12 "])
def test_a_reference_is_read_as_people_write_it(text: str) -> None:
    assert admin.parse_reference(text) == 12


@pytest.mark.parametrize("text", ["", "A-1", "O-", "O--1", "O-1.5", "O-" + "9" * 30, "O-１"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names no message"):
        admin.parse_reference(text)


async def test_the_figures_tell_who_waits_for_too_long(store: Store) -> None:
    calm, broken, quiet = await talks(store, 3)
    await put(store, outgoing(calm, "late reply"), outgoing(broken, "held", 2), at=NOW - 31 * SECOND)
    await put(store, outgoing(calm, "alert", 2), at=NOW - timedelta(minutes=9))
    await put(store, outgoing(quiet, "future", available_at=NOW + SECOND))
    await dead_message(store, quiet, "dead")
    await store.write(lambda conn: conn.execute(
        update(conversation).where(conversation.c.id == broken).values(broken="gone")
    ))
    await store.write(lambda conn: pace.close(conn, "mail", NOW + 60 * SECOND))
    figures = await store.read(lambda conn: outbox_figures(conn, NOW))
    assert figures.oldest_ready == {"reply": 31 * SECOND, "push": timedelta(minutes=9)}
    assert (figures.held, figures.dead, figures.broken_conversations, figures.too_slow) == (1, 1, 1, ("reply",))
    assert figures.closed_channels == {"mail": NOW + 60 * SECOND}
    leased = update(outbox).values(state="leased", finished_at=None, seq=outbox.c.id)
    await store.write(lambda conn: conn.execute(leased))
    late = await store.read(lambda conn: outbox_figures(conn, NOW + timedelta(hours=1)))
    assert (late.leased_past_expiry, late.oldest_ready) == (5, {})
