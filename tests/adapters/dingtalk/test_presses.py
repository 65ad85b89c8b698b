"""When the same button comes in again: a second delivery counts once, whatever id it has; a second press counts."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.dingtalk.presses import COMES_AGAIN_WITHIN
from bot.testing import FakeDingTalk, MovableClock, RecordingHost
from bot.testing.dingtalk import CORP
from bot.testing.dingtalk_cards import TEMPLATE, press
from bot.testing.dingtalk_stream import CARDS
from tests.adapters.dingtalk.streaming import streaming
from tests.adapters.dingtalk.test_interactive import alert, pressed


@pytest.fixture
async def card(fake: FakeDingTalk, host: RecordingHost) -> AsyncIterator[str]:
    """A card with buttons that was shown."""
    async with streaming(fake, host, card_template_id=TEMPLATE) as robot:
        sent = alert()
        await robot.send(sent)
        yield sent.message_id


def how_many(host: RecordingHost) -> int:
    return len({message.message_id for message in host.received})


async def test_a_frame_delivered_twice_counts_once_and_two_presses_count_twice(
    fake: FakeDingTalk, card: str, host: RecordingHost
) -> None:
    payload = press(card, "button1", user="manager8821", corp=CORP)
    frame = {"type": "CALLBACK", "headers": {"topic": CARDS, "messageId": "f1"}, "data": json.dumps(payload)}
    for number, frame_id in enumerate(("f1", "f1", "f2"), 1):
        frame["headers"] = {"topic": CARDS, "messageId": frame_id}
        await fake.stream.raw(json.dumps(frame))
        await fake.stream.until(lambda number=number: len(fake.stream.acks) == number)  # type: ignore[misc]
    assert how_many(host) == 2


async def test_a_press_whose_acknowledgement_was_lost_counts_once_whatever_id_it_comes_with(
    fake: FakeDingTalk, card: str, host: RecordingHost, clock: MovableClock
) -> None:
    fake.stream.cut_after = 1.0
    push = await fake.stream.push(press(card, "button1", user="manager8821", corp=CORP), CARDS)
    await fake.stream.until(lambda: fake.stream.past)  # the connection broke with the acknowledgement under way
    push.ack, fake.stream.cut_after = None, 0.0
    await fake.stream.until(lambda: fake.stream.open_links)
    clock.advance(timedelta(seconds=61))
    assert await fake.stream.redeliver() == 1
    await fake.stream.until(lambda: push.is_taken)
    assert len(set(push.frames)) == 2
    assert how_many(host) == 1
    await pressed(fake, card, "button1")
    assert how_many(host) == 2, "pressed once more, it is another press"


async def test_a_press_that_could_not_be_stored_counts_when_it_comes_again(
    fake: FakeDingTalk, card: str, host: RecordingHost, clock: MovableClock
) -> None:
    host.full = True
    push = await fake.stream.push(press(card, "button1", user="manager8821", corp=CORP), CARDS)
    await fake.stream.until(lambda: push.ack)
    assert not push.is_taken
    assert host.received == []
    host.full = False
    clock.advance(timedelta(seconds=61))
    await fake.stream.redeliver()
    await fake.stream.until(lambda: push.is_taken)
    assert [message.text for message in host.received] == ["收到 A-1024"]


async def test_a_press_nobody_delivered_again_for_minutes_is_another_press(
    fake: FakeDingTalk, card: str, host: RecordingHost, clock: MovableClock
) -> None:
    kept = host.state("dingtalk")
    await kept.put(f"press:{card}:1:manager8821", "f0", until=clock.now() + COMES_AGAIN_WITHIN)
    for wait, ending in ((COMES_AGAIN_WITHIN / 2, ":f0:1:manager8821"), (COMES_AGAIN_WITHIN * 2, "_1:1:manager8821")):
        clock.advance(wait)
        await pressed(fake, card, "button1")
        assert host.received[-1].message_id.endswith(ending)
