"""The month's budgets: counted over restarts and processes, by the platform's months, told before they are gone."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from adapters.dingtalk.budget import CALLS, MESSAGES, REST, Budget, month_of
from bot.contracts import ConversationKind, MessageKind, Metered, NotStored, Sent, Supply
from bot.testing import FakeDingTalk, RecordingHost, outbound
from tests.adapters.dingtalk.samples import NOW, sample
from tests.adapters.dingtalk.streaming import streaming

LIMITS = {CALLS: 10, MESSAGES: 0}


async def test_what_was_counted_is_there_for_the_next_process(host: RecordingHost) -> None:
    first = Budget("d", LIMITS)
    await first.start(host.state("d"), NOW)
    for _ in range(3):
        first.count(CALLS, NOW)
    assert first.used(CALLS) == 3
    await first.stop()
    second = Budget("d", LIMITS)
    await second.start(host.state("d"), NOW)
    second.count(CALLS, NOW)
    assert (second.used(CALLS), second.share(CALLS)) == (4, 0.4)
    await second.stop()


async def test_operators_are_told_once_at_eighty_percent_and_once_at_the_end(
    host: RecordingHost, caplog: pytest.LogCaptureFixture
) -> None:
    budget = Budget("d", LIMITS)
    await budget.start(host.state("d"), NOW)
    for used in range(1, 13):
        budget.count(CALLS, NOW)
        assert list(budget.problems) == ([] if used < 8 else ["budget"] if used < 10 else ["over budget"])
    await budget.stop()
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]
    assert budget.problems == {"over budget": "12 of 10 calls of this month are used"}


async def test_a_new_month_begins_at_nothing_where_the_platform_is(host: RecordingHost) -> None:
    assert month_of(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)) == "2026-10"
    assert month_of(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)) == "2026-11"
    budget = Budget("d", LIMITS)
    await budget.start(host.state("d"), NOW)
    for _ in range(9):
        budget.count(CALLS, NOW)
    assert budget.problems
    ends = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
    budget.count(CALLS, ends)
    assert budget.used(CALLS) == 10
    budget.count(CALLS, ends + timedelta(minutes=1))
    assert (budget.used(CALLS), budget.problems) == (1, {})
    await budget.stop()


class Closed:
    """A store that takes nothing now."""

    async def count(self, *_: object, **__: object) -> int:
        raise NotStored("busy")


async def test_what_cannot_be_written_now_is_written_later(host: RecordingHost) -> None:
    budget = Budget("d", LIMITS)
    await budget.start(host.state("d"), NOW)
    budget.count(CALLS, NOW)
    open_state, budget._state = budget._state, Closed()  # type: ignore[assignment]
    await budget.write()
    assert budget.used(CALLS) == 1
    budget._state = open_state
    await budget.stop()
    assert await host.state("d").count(f"budget:{CALLS}:{month_of(NOW)}", 0) == 1


class Stuck:
    """A store that does not answer."""

    async def count(self, *_: object, **__: object) -> int:
        await asyncio.Event().wait()
        raise AssertionError("never")


async def test_the_end_does_not_wait_for_a_store_that_is_stuck(host: RecordingHost) -> None:
    budget = Budget("d", LIMITS)
    await budget.start(host.state("d"), NOW)
    budget.count(CALLS, NOW)
    budget._state = Stuck()  # type: ignore[assignment]
    async with asyncio.timeout(0.4):
        await budget.stop()


async def test_what_other_processes_count_is_seen_and_idling_writes_nothing(host: RecordingHost) -> None:
    ours, theirs = Budget("d", LIMITS), Budget("d", LIMITS)
    for budget in (ours, theirs):
        await budget.start(host.state("d"), NOW)
    for _ in range(9):
        theirs.count(CALLS, NOW)
    await theirs.stop()
    open_state, ours._state = ours._state, Closed()  # type: ignore[assignment]
    await ours.write()
    ours._state = open_state
    assert ours.used(CALLS) == 0
    await ours.write(refresh=True)
    assert (ours.used(CALLS), list(ours.problems)) == (9, ["budget"])
    await ours.stop()


async def test_calls_and_messages_are_counted_where_they_are_made(host: RecordingHost) -> None:
    async with FakeDingTalk(lambda: NOW) as fake:
        fake.add_robot("abc123", "cidMixed==")
        async with streaming(fake, host, monthly_messages=2) as robot:
            assert robot.capabilities.reserved_per_minute == 3
            push = await fake.stream.push(fake.payload("你好"))
            await fake.stream.until(lambda: push.is_taken)
            for place in ("cidGroup==", "cidMixed=="):
                pushed = outbound("hello", adapter="dingtalk", conversation=place, kind=ConversationKind.GROUP)
                assert isinstance(await robot.send(pushed), Sent)
            health = robot.health()
            tight = robot.capabilities
    assert (tight.sends_per_minute, tight.reserved_per_minute) == (18, 17), "pushes wait for each other, replies do not"
    assert [post.by for post in fake.posts] == ["openapi", "abc123"]
    assert (health.figures["month_calls"], health.figures["month_messages"]) == (1, 2)
    assert (health.ok, health.state) == (True, "degraded")
    assert health.detail == "over budget: 2 of 2 messages of this month are used"
    assert isinstance(robot, Metered)
    assert {(quota.kind, quota.used, quota.supply) for quota in robot.quotas()} == {
        ("calls", 1, Supply.ENOUGH), ("messages", 2, Supply.GONE),
    }  # fmt: skip


async def test_what_the_platform_says_is_gone_is_not_asked_for_until_a_while_later_or_a_new_month(
    host: RecordingHost, caplog: pytest.LogCaptureFixture
) -> None:
    budget = Budget("d", {})
    for _ in range(2):
        budget.told(CALLS, NOW, gone=True)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert (budget.rests(CALLS, NOW), budget.rests(MESSAGES, NOW), budget.is_low) == (True, False, True)
    assert "quota of calls" in budget.problems["over budget"]
    assert not budget.rests(CALLS, NOW + REST)
    last = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
    budget.told(CALLS, last, gone=True)
    assert budget.rests(CALLS, last)
    assert not budget.rests(CALLS, last + timedelta(minutes=1))
    budget.told(CALLS, last, gone=False)
    assert (budget.problems, budget.is_low) == ({}, False)


async def test_a_message_the_platform_keeps_for_want_of_quota_is_told_to_operators(host: RecordingHost) -> None:
    async with FakeDingTalk(lambda: NOW) as fake, streaming(fake, host) as robot:
        notice = sample("robot_quota_exceeded")
        told = fake.payload("") | {"text": None, "errorMessage": notice["errorMessage"]}
        for payload, state in ((told, "degraded"), (fake.payload("你好"), "up")):
            push = await fake.stream.push(payload)
            await fake.stream.until(lambda push=push: push.is_taken)  # type: ignore[misc]
            assert robot.health().state == state
        assert [message.kind for message in host.received] == [MessageKind.NOTICE, MessageKind.TEXT]
