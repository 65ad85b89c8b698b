"""Sending: what goes out, in which order, and what each answer of a channel leads to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.clock import MovableClock
from bot.contracts import Card, NotStored, OutboundMessage, Refused, ReplyRoute, Retry, Uncertain
from bot.outbox import Sender
from bot.outbox.tables import outbox
from bot.people.tables import conversation
from bot.store import Store
from tests.outbox.channel import (
    NOW,
    SECOND,
    Channel,
    attempts,
    outgoing,
    put,
    row_of,
    settled,
    states,
    step,
    talk,
    talks,
    until,
)


@asynccontextmanager
async def sending(store: Store, *channels: Channel, clock: MovableClock, **more: Any) -> AsyncIterator[Sender]:
    sender = Sender(store, clock, {channel.name: channel for channel in channels}, **more)
    await sender.start()
    try:
        yield sender
    finally:
        await sender.stop()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


async def test_what_waits_is_sent_once_and_its_attempt_is_kept(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel()
    (row_id,) = await put(store, outgoing(place, "k", reply_to="m1", mentions=("li",)))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
    assert [(m.conversation.external_id, m.in_reply_to, m.mention, m.attempt, m.resent) for m in chat.got] == [
        ("group-1", "m1", ("li",), 1, False)
    ]
    row = await row_of(store, "k")
    assert (row.state, row.provider_ref, row.sent_at, row.attempts, row.lease_token) == ("sent", "ref-1", NOW, 1, None)
    assert await attempts(store) == [(row_id, 1, "sent")]


async def test_a_queue_keeps_its_order_and_a_reply_never_waits_behind_a_push(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel(answers=[Retry("busy")])
    await put(store, outgoing(place, "alert", 2), outgoing(place, "survey", 4))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await put(store, outgoing(place, "answer 1"), outgoing(place, "answer 2"))
        await settled(sender, 3)
        assert chat.titles == ["alert", "answer 1", "answer 2"]
        await step(clock, 6 * SECOND)
        await settled(sender, 5)
    assert chat.titles[3:] == ["alert", "survey"]


async def test_conversations_do_not_wait_for_each_other_and_each_has_one_in_flight(
    store: Store, clock: MovableClock
) -> None:
    chat = Channel()
    chat.gate = asyncio.Event()
    places = await talks(store, 5)
    await put(store, *(outgoing(place, f"{place}:{n}") for place in places for n in range(3)))
    async with sending(store, chat, clock=clock) as sender:
        await until(lambda: len(chat.got) == 5)
        assert sender.in_flight == 5
        chat.gate.set()
        await settled(sender, 15)
    for place in places:
        assert [title for title in chat.titles if title.startswith(f"{place}:")] == [f"{place}:{n}" for n in range(3)]


async def test_a_retry_waits_and_goes_out_under_the_same_id(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel(answers=[Retry("no connection")])
    await put(store, outgoing(place, "k"))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        waiting = await row_of(store, "k")
        assert (waiting.state, waiting.error) == ("ready", "no connection")
        assert NOW + 2 * SECOND <= waiting.available_at <= NOW + 6 * SECOND
        await step(clock, 6 * SECOND)
        await settled(sender, 2)
    assert [(m.attempt, m.resent) for m in chat.got] == [(1, False), (2, False)]
    assert len({m.message_id for m in chat.got}) == 1
    assert [outcome for _, _, outcome in await attempts(store)] == ["retry", "sent"]


async def test_while_a_file_cannot_be_made_the_message_waits_and_is_not_called_uncertain(
    store: Store, clock: MovableClock
) -> None:
    place, chat = await store.write(talk), Channel(answers=[NotStored("locked")])
    await put(store, outgoing(place, "k"))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        waiting = await row_of(store, "k")
        assert (waiting.state, waiting.uncertain) == ("ready", 0)
        await step(clock, 6 * SECOND)
        await settled(sender, 2)
    assert [m.resent for m in chat.got] == [False, False]


async def test_an_uncertain_answer_is_marked_when_it_is_sent_again(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel(answers=[Uncertain("reset"), Uncertain("reset")])
    await put(store, outgoing(place, "k"))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await step(clock, 6 * SECOND)
        await settled(sender, 2)
    assert [m.resent for m in chat.got] == [False, True]
    row = await row_of(store, "k")
    assert (row.state, row.error, row.uncertain) == ("dead", "uncertain: reset", 2)


async def test_what_is_refused_is_dead_at_once_and_the_next_one_goes_out(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel(answers=[Refused("too long", code="460101")])
    await put(store, outgoing(place, "a"), outgoing(place, "b"))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 2)
    assert await states(store) == {"a": "dead", "b": "sent"}
    assert (await row_of(store, "a")).error == "refused: too long"


async def test_a_broken_destination_holds_its_queue_and_is_told_once(store: Store, clock: MovableClock) -> None:
    place, other = await store.write(talk), await store.write(lambda conn: talk(conn, "other"))
    chat, told = Channel(answers=[Refused("robot removed", destination_broken=True)]), list[tuple[int, str]]()

    def note(_: Connection, why: str, *, conversation_id: int, row_id: int) -> None:
        assert conversation_id == place
        told.append((row_id, why))

    await put(store, outgoing(place, "a", 2))
    async with sending(store, chat, clock=clock, on_broken=note) as sender:
        await settled(sender, 1)
        await put(store, outgoing(place, "b", 2), outgoing(other, "c", 2))
        await settled(sender, 2)
        assert await states(store) == {"a": "dead", "b": "ready", "c": "sent"}
        why = select(conversation.c.broken).where(conversation.c.id == place)
        assert await store.read(lambda conn: conn.scalar(why)) == "refused: robot removed"
        assert [why for _, why in told] == ["refused: robot removed"]
        await store.write(lambda conn: conn.execute(update(conversation).values(broken=None)))
        await step(clock, SECOND)
        await settled(sender, 3)
    assert (await states(store))["b"] == "sent"


async def test_a_route_that_has_gone_is_dropped_and_the_channel_decides_how_else(
    store: Store, clock: MovableClock
) -> None:
    def unit(conn: Connection) -> int:
        place = talk(conn)
        values = {"route_url": "https://example.test/last", "route_expires_at": NOW + timedelta(hours=1)}
        conn.execute(update(conversation).values(values))
        return place

    place = await store.write(unit)
    chat = Channel(answers=[Refused("gone", route_gone=True), Refused("gone too", route_gone=True)])
    route = ReplyRoute(url="https://example.test/own", expires_at=NOW + timedelta(hours=1))
    await put(store, outgoing(place, "k", reply_route=route))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await step(clock, SECOND)
        await settled(sender, 2)
        await step(clock, SECOND)
        await settled(sender, 3)
    assert [m.reply_route and m.reply_route.url for m in chat.got] == [
        "https://example.test/own", "https://example.test/last", None
    ]
    assert await states(store) == {"k": "sent"}


async def test_a_route_that_ran_out_is_not_used(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel()
    route = ReplyRoute(url="https://example.test/own", expires_at=NOW)
    await put(store, outgoing(place, "k", reply_route=route))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
    assert chat.got[0].reply_route is None


async def test_a_closed_channel_is_quiet_for_everybody_until_its_time(store: Store, clock: MovableClock) -> None:
    places = await talks(store, 2)
    chat = Channel(answers=[Retry("limited", code="410100", close_channel_for=600 * SECOND)])
    other = Channel("mail")
    mail = await store.write(lambda conn: talk(conn, "m", "mail"))
    await put(store, outgoing(places[0], "a", 2))
    async with sending(store, chat, other, clock=clock) as sender:
        await settled(sender, 1)
        await put(store, outgoing(places[1], "b", 2), outgoing(mail, "c", 2))
        await settled(sender, 2)
        assert (chat.titles, other.titles) == (["a"], ["c"])
        await step(clock, 601 * SECOND)
        await settled(sender, 4)
    assert sorted(chat.titles[1:]) == ["a", "b"]


async def test_a_channel_never_sends_more_than_its_limit_in_any_minute(store: Store, clock: MovableClock) -> None:
    robot = Channel(sends_per_minute=5, reserved_per_minute=2)
    places = await talks(store, 8)
    async with sending(store, robot, clock=clock) as sender:
        await put(store, *(outgoing(place, f"alert {place}", 2) for place in places))
        await settled(sender, 3)
        await put(store, *(outgoing(place, f"answer {place}") for place in places[:4]))
        await settled(sender, 5)
        assert len([title for title in robot.titles if title.startswith("answer")]) == 2
        await step(clock, 61 * SECOND)
        await settled(sender, 10)
        assert len(robot.got) == 10
        await step(clock, 61 * SECOND)
        await settled(sender, 12)
    assert sorted(robot.titles) == sorted([f"alert {p}" for p in places] + [f"answer {p}" for p in places[:4]])


async def test_a_pace_by_conversation_puts_off_only_that_conversation(store: Store, clock: MovableClock) -> None:
    slack = Channel(sends_per_minute=1, pace_by_conversation=True)
    places = await talks(store, 2)
    await put(store, *(outgoing(place, f"{place}:{n}") for n in range(2) for place in places))
    async with sending(store, slack, clock=clock) as sender:
        await settled(sender, 2)
        assert sorted(slack.titles) == [f"{place}:0" for place in places]
        await step(clock, 60 * SECOND)
        await settled(sender, 4)
        assert sender.counts["bucket_waits"] >= 1


async def test_three_waiting_alerts_become_one_message(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel()
    ids = await put(store, *(outgoing(place, f"alert {n}", 2) for n in range(3)), outgoing(place, "survey", 4))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 2)
    assert (chat.titles, chat.got[0].cards[0].text) == (["alert 0", "survey"], ("alert 1", "alert 2"))
    made = [await row_of(store, f"alert {n}") for n in range(3)]
    assert {row.state for row in made} == {"bundled"}
    bundle = await row_of(store, f"bundle:{made[0].message_id}")
    assert {row.bundle_id for row in made} == {bundle.id}
    assert bundle.id not in ids


async def test_attempts_nobody_answered_do_not_count_once_the_platform_is_back(
    store: Store, clock: MovableClock
) -> None:
    away, busy = Retry("no connection"), Retry("system busy", "-1", max_tries=3)
    place, chat = await store.write(talk), Channel(answers=[away, away, Retry("HTTP 503", "503"), busy, busy])
    await put(store, outgoing(place, "alert", 2))
    async with sending(store, chat, clock=clock) as sender:
        for number in range(1, 7):
            await settled(sender, number)
            await step(clock, timedelta(minutes=5, seconds=1))
    assert await states(store) == {"alert": "sent"}


async def test_after_an_outage_two_old_alerts_are_one_message_and_fresh_ones_are_two(
    store: Store, clock: MovableClock
) -> None:
    places = await talks(store, 2)
    old = NOW - timedelta(minutes=31)
    await put(store, *(outgoing(places[0], f"old {n}", 2) for n in range(2)), at=old)
    await put(store, *(outgoing(places[1], f"new {n}", 2) for n in range(2)))
    chat = Channel()
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 3)
    assert sorted(chat.titles) == ["new 0", "new 1", "old 0"]


async def test_what_is_too_old_is_dead_with_its_reason_and_a_reply_counts_only_running_time(
    store: Store, clock: MovableClock
) -> None:
    place, chat = await store.write(talk), Channel()
    await put(store, outgoing(place, "alert", 2), outgoing(place, "digest", 3), at=NOW - timedelta(hours=7))
    await put(store, outgoing(place, "reply", asked_at=NOW - timedelta(hours=20)), at=NOW - timedelta(hours=20))

    def note(message: OutboundMessage, asked_at: object, language: str) -> OutboundMessage:
        return message.model_copy(update={"cards": (Card(title=f"asked {asked_at}", language="en"), *message.cards)})

    async with sending(store, chat, clock=clock, late_note=note) as sender:
        await settled(sender, 2, "sent")
    assert await states(store) == {"alert": "dead", "digest": "sent", "reply": "sent"}
    assert (await row_of(store, "alert")).error == "max_age: not sent within 6 h"
    assert sorted(chat.titles) == [f"asked {NOW - timedelta(hours=20)}", "digest"]


async def test_what_waits_behind_a_broken_conversation_grows_too_old_as_well(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel()
    await store.write(lambda conn: conn.execute(update(conversation).values(broken="gone")))
    await put(store, outgoing(place, "alert", 2), outgoing(place, "reply"))
    async with sending(store, chat, clock=clock) as sender:
        await step(clock, timedelta(minutes=6))
        await until(lambda: sender.counts["dead"] == 1)
        await step(clock, timedelta(hours=6))
        await until(lambda: sender.counts["dead"] == 2)
    assert await states(store) == {"alert": "dead", "reply": "dead"}


async def test_a_message_waits_for_its_hour_and_holds_what_comes_after_it(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel()
    await put(store, outgoing(place, "undo me", available_at=NOW + 10 * SECOND), outgoing(place, "next"))
    async with sending(store, chat, clock=clock) as sender:
        await step(clock, 9 * SECOND)
        assert chat.got == []
        await step(clock, SECOND)
        await settled(sender, 2)
    assert chat.titles == ["undo me", "next"]


async def test_twelve_attempts_are_all(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel(answers=[Retry("busy", "-1")] * 20)
    await put(store, outgoing(place, "k", 3))
    async with sending(store, chat, clock=clock) as sender:
        for number in range(1, 13):
            await settled(sender, number)
            await step(clock, timedelta(minutes=5, seconds=1))
        await until(lambda: sender.counts["dead"] == 1)
    assert len(chat.got) == 12
    assert (await row_of(store, "k")).error == "given up after 12 attempts; last: busy"


async def test_an_adapters_defect_is_uncertain_and_harms_nobody_else(
    store: Store, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    place, other = await store.write(talk), await store.write(lambda conn: talk(conn, "other"))
    chat = Channel(answers=[TypeError("oops")])
    await put(store, outgoing(place, "a"))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
        await put(store, outgoing(other, "b"))
        await settled(sender, 2)
    assert (await row_of(store, "a")).error == "uncertain: the adapter failed: TypeError"
    assert "adapter chat failed to send" in caplog.text


async def test_a_row_that_cannot_be_read_is_dead_and_stops_nobody(store: Store, clock: MovableClock) -> None:
    place, chat = await store.write(talk), Channel()
    await put(store, outgoing(place, "a"), outgoing(place, "b"))
    await store.write(lambda conn: conn.execute(update(outbox).where(outbox.c.dedup_key == "a").values(cards="[{]")))
    async with sending(store, chat, clock=clock) as sender:
        await settled(sender, 1)
    assert await states(store) == {"a": "dead", "b": "sent"}


async def test_the_pace_belongs_to_the_instances_this_process_serves(store: Store, clock: MovableClock) -> None:
    await put(store, outgoing(await store.write(lambda conn: talk(conn, "x", "elsewhere")), "theirs"))
    await put(store, outgoing(await store.write(talk), "ours"))
    async with sending(store, Channel(), clock=clock) as sender:
        await settled(sender, 1)
    assert await states(store) == {"theirs": "ready", "ours": "sent"}
