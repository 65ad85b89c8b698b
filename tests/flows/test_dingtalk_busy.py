"""While somebody else holds the store DingTalk is answered within its deadlines, through a whole service."""

import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager

import pytest

from bot.clock import MovableClock
from bot.store.open import sqlite_path
from bot.testing import FakeDingTalk
from bot.testing.dingtalk import CORP
from bot.testing.dingtalk_cards import TEMPLATE, press
from bot.testing.dingtalk_stream import CARDS, MESSAGES, REDELIVERED_AFTER, Push
from tests.flows.conftest import NUMBER, configuration, event, serving, until

CALLBACK_WITHIN, PRESS_WITHIN = 2.5, 2.0
"""Seconds; then the platform gives up on a callback, on a pressed button. Over Stream a message has three."""


@pytest.fixture
def clock() -> MovableClock:
    """The platform's: real time, moved on to when it delivers again."""
    return MovableClock(running=True)


@pytest.fixture
async def dingtalk(clock: MovableClock) -> AsyncIterator[FakeDingTalk]:
    async with FakeDingTalk(clock.now) as fake:
        yield fake


@contextmanager
def held(url: str) -> Iterator[None]:
    """Somebody else writes to the same file and does not come to an end."""
    path = sqlite_path(url)
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def pushed(dingtalk: FakeDingTalk, payload: dict[str, object], *, topic: str, within: float) -> Push:
    """Delivered while nothing can be stored: answered in time, and not as taken."""
    began = time.monotonic()
    push = await dingtalk.stream.push(payload, topic)
    await until(lambda: push.ack)
    assert time.monotonic() - began < within
    assert not push.is_taken
    return push


async def delivered_again(dingtalk: FakeDingTalk, clock: MovableClock, push: Push) -> None:
    while not push.is_taken:
        push.ack = None
        clock.advance(REDELIVERED_AFTER)
        await dingtalk.stream.redeliver_when_connected()
        await until(lambda: push.ack)


@pytest.mark.parametrize("kind", ["1", "2"])
async def test_a_callback_is_answered_in_time_and_its_message_once(
    sqlite_url: str, dingtalk: FakeDingTalk, kind: str
) -> None:
    raw = configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))
    async with serving(raw) as service:
        hook, question = f"{service.address}/webhooks/dingtalk", dingtalk.says("你好", conversationType=kind)
        with held(sqlite_url):
            began = time.monotonic()
            assert await dingtalk.call(hook, question) == 503
            assert time.monotonic() - began < CALLBACK_WITHIN
        while await dingtalk.call(hook, question) == 503:
            pass  # it comes again
        await until(lambda: dingtalk.posts)
        assert len(dingtalk.posts) == service.rooms.workers.counts["handled"] == 1


async def test_over_stream_a_message_is_answered_once_and_a_press_counts_once(
    sqlite_url: str, dingtalk: FakeDingTalk, clock: MovableClock
) -> None:
    raw = configuration(sqlite_url, dingtalk.configuration(
        mode="stream", partner="CAINIAO", card_template_id=TEMPLATE, interactive="all"))
    async with serving(raw) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="t")
        handled = service.rooms.workers.counts
        with held(sqlite_url):
            question = dingtalk.payload(f"{NUMBER} 到哪了")
            push = await pushed(dingtalk, question, topic=MESSAGES, within=PRESS_WITHIN)
        await delivered_again(dingtalk, clock, push)
        await until(lambda: dingtalk.posts)
        assert len(dingtalk.posts) == handled["handled"] == 1

        (card,) = dingtalk.openapi.cards.cards
        await until(lambda: service.rooms.sender.in_flight == 0)
        with held(sqlite_url):
            pressed = press(card, "button1", user="manager8821", corp=CORP)
            push = await pushed(dingtalk, pressed, topic=CARDS, within=PRESS_WITHIN)
        await delivered_again(dingtalk, clock, push)
        await until(lambda: len(dingtalk.posts) == 2)
        assert handled["handled"] == 2
