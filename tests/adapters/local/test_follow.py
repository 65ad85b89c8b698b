"""Following a conversation live, in bounded memory."""

import asyncio
from datetime import timedelta

from adapters.local import ADAPTER, LocalAdapter, LocalConfig
from adapters.local.files import FileMemory
from adapters.local.render import MAX_BYTES
from adapters.local.ring import KEPT_ENTRIES, Rings
from bot.contracts import Card, ChatEntry, FetchedFile, Refused, Retry, Sent, Table, WebhookRequest
from bot.testing import MovableClock, RecordingHost, outbound
from bot.testing.messages import WHEN


def shown(entry: ChatEntry) -> str:
    return entry.said or (entry.message.cards[0].text[0] if entry.message else "")


async def test_the_recent_lines_come_first_then_each_new_one(host: RecordingHost, chat: LocalAdapter) -> None:
    await chat.ask("li", "到哪了", wait_seconds=0)
    await chat.send(outbound("列日", conversation="li"))
    lines = chat.follow("li")
    first, second = await anext(lines), await anext(lines)
    assert [shown(first), shown(second)] == ["到哪了", "列日"]
    assert first.number < second.number
    third = asyncio.ensure_future(anext(lines))
    await asyncio.sleep(0)
    assert not third.done()
    await chat.send(outbound("晚点", conversation="li"))
    assert shown(await third) == "晚点"
    late = chat.follow("li", after=second.number)
    assert shown(await anext(late)) == "晚点"


async def test_an_answer_never_stands_before_its_question(host: RecordingHost, chat: LocalAdapter) -> None:
    async def answer_at_once(message: object) -> None:
        await chat.send(outbound("列日", conversation="li", in_reply_to=host.received[-1].message_id))

    host.on_message = answer_at_once
    await chat.ask("li", "到哪了", wait_seconds=5)
    lines = chat.follow("li")
    assert [shown(await anext(lines)) for _ in range(2)] == ["到哪了", "列日"]


async def test_a_message_sent_again_is_shown_once(host: RecordingHost, chat: LocalAdapter) -> None:
    message = outbound("晚点", conversation="li")
    shown_as = Sent(message.message_id, editable=True)
    assert await chat.send(message) == await chat.send(message.model_copy(update={"attempt": 2})) == shown_as
    assert chat.health().figures["sent"] == 1
    await chat.send(outbound("好了", conversation="li"))
    lines = chat.follow("li")
    assert [shown(await anext(lines)) for _ in range(2)] == ["晚点", "好了"]


async def test_a_line_that_is_changed_comes_again_under_its_id_and_a_late_follower_sees_only_the_new(
    host: RecordingHost, chat: LocalAdapter
) -> None:
    first, second = outbound("3034 晚点", conversation="li"), outbound("别的", conversation="li")
    for message in (first, second):
        await chat.send(message)
    lines = chat.follow("li")
    seen = [await anext(lines) for _ in range(2)]
    assert isinstance(await chat.send(outbound("12 晚点", conversation="li", replaces=first.message_id)), Sent)
    changed = await anext(lines)
    assert (shown(changed), changed.message_id, changed.at) == ("12 晚点", first.message_id, seen[0].at)
    assert changed.number > seen[1].number
    late = chat.follow("li", after=seen[0].number)
    assert [shown(await anext(late)) for _ in range(2)] == ["别的", "12 晚点"]


async def test_a_line_that_is_forgotten_cannot_be_changed_and_nothing_new_appears(chat: LocalAdapter) -> None:
    outcome = await chat.send(outbound("12 晚点", conversation="li", replaces="long ago"))
    assert isinstance(outcome, Refused)
    assert chat.recent("li") == ()


async def test_two_followers_see_the_same_and_a_group_can_be_followed(host: RecordingHost, chat: LocalAdapter) -> None:
    one, two = chat.follow("group:ops"), chat.follow("group:ops")
    waiting = [asyncio.ensure_future(anext(each)) for each in (one, two)]
    await asyncio.sleep(0)
    assert chat.health().figures["followers"] == 2
    await chat.send(outbound("晚点", conversation="group:ops"))
    assert [shown(entry) for entry in await asyncio.gather(*waiting)] == ["晚点"] * 2


async def test_a_follower_who_leaves_is_forgotten_and_a_stop_lets_everybody_go(
    host: RecordingHost, chat: LocalAdapter
) -> None:
    leaving = asyncio.ensure_future(anext(chat.follow("li")))
    staying = asyncio.ensure_future(anext(chat.follow("li"), None))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    assert chat.health().figures["followers"] == 1
    await chat.stop()
    assert await staying is None
    assert chat.health().figures["followers"] == 0
    assert (chat.health().ok, chat.health().state) == (False, "stopped")
    assert isinstance(await chat.send(outbound()), Retry)


async def test_numbers_go_on_growing_after_a_restart(host: RecordingHost, chat: LocalAdapter) -> None:
    await chat.send(outbound("before", conversation="li"))
    last = (await anext(chat.follow("li"))).number
    async with RecordingHost(MovableClock(WHEN + timedelta(minutes=1))) as later:
        again = ADAPTER.create(LocalConfig(name="local", type="local"))
        await again.start(later)
        await again.send(outbound("after", conversation="li"))
        assert shown(await anext(again.follow("li", after=last))) == "after"
        await again.stop()


async def test_a_reader_with_a_number_from_a_clock_that_was_ahead_misses_nothing(
    host: RecordingHost, chat: LocalAdapter
) -> None:
    lines = chat.follow("li", after=9_999_999_999_999)
    waiting = asyncio.ensure_future(anext(lines))
    await asyncio.sleep(0)
    await chat.send(outbound("晚点", conversation="li"))
    assert shown(await waiting) == "晚点"


async def test_a_conversation_keeps_its_latest_lines_only(host: RecordingHost, chat: LocalAdapter) -> None:
    for number in range(KEPT_ENTRIES + 5):
        await chat.send(outbound(str(number), conversation="li"))
    assert shown(await anext(chat.follow("li"))) == "5"


async def test_conversations_nobody_follows_are_forgotten_first() -> None:
    rings = Rings(limit=3)
    rings.open(WHEN)
    followed = asyncio.ensure_future(anext(rings.follow("followed", 0)))
    await asyncio.sleep(0)
    for number in range(10):
        rings.get(str(number)).add(at=WHEN, message_id=str(number), said="x")
    assert len(rings) == 3
    rings.get("followed").add(at=WHEN, message_id="m", said="here")
    assert (await followed).said == "here"


def test_files_are_kept_up_to_a_limit_the_oldest_forgotten_first() -> None:
    memory = FileMemory(limit=10)
    first, second = FetchedFile("a", b"123456"), FetchedFile("b", b"123456")
    keys = memory.keep(first), memory.keep(second)
    assert (*map(memory.get, keys), len(memory)) == (None, second, 1)


async def test_a_table_no_page_could_bear_is_shortened_and_says_so(host: RecordingHost, chat: LocalAdapter) -> None:
    rows = tuple((f"LX{number:09}CN", "late") for number in range(12_000))
    card = Card(text=("late",), table=Table(columns=("parcel", "state"), rows=rows, more="{n} more"))
    await chat.send(outbound(card, conversation="li"))
    message = (await anext(chat.follow("li"))).message
    assert message is not None
    assert len(message.model_dump_json()) < MAX_BYTES
    table = message.cards[0].table
    assert table is not None
    assert table.hidden + len(table.rows) == 12_000


async def test_nobody_can_call_back_and_nothing_outside_is_needed(host: RecordingHost, chat: LocalAdapter) -> None:
    assert (await chat.handle_webhook(WebhookRequest("POST", {}, {}, b""))).status == 404
    assert (await chat.check(host)).ok
    assert ADAPTER.missing(LocalConfig(name="local", type="local")) == []
    assert chat.capabilities.idempotent_send
