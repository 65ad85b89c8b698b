"""Asking and waiting for the answer."""

import asyncio

import pytest

from adapters.local import LocalAdapter
from adapters.local.files import MAX_FILE_BYTES, MAX_FILES
from bot.contracts import (
    MAX_TEXT_CHARACTERS,
    ChatAdapter,
    ChatFile,
    ConversationKind,
    InboundMessage,
    MessageKind,
    NotStored,
    OutboundMessage,
    Sent,
)
from bot.testing import Dialogue, RecordingHost, outbound


def reply_to(message: InboundMessage, text: str = "在列日清关中") -> OutboundMessage:
    return outbound(text, conversation=message.conversation.external_id, in_reply_to=message.message_id)


def answering(host: RecordingHost, chat: LocalAdapter) -> None:
    """The service answers while the question is still being handed over: the quickest it can be."""

    async def answer(message: InboundMessage) -> None:
        await chat.send(reply_to(message))

    host.on_message = answer


async def test_a_question_is_stored_and_its_answer_comes_back(host: RecordingHost, chat: LocalAdapter) -> None:
    answering(host, chat)
    exchange = await chat.ask("li", "LX123456785CN 到哪了", wait_seconds=5)
    (asked,) = host.received
    assert (asked.text, asked.sender.external_id, asked.kind) == ("LX123456785CN 到哪了", "li", MessageKind.TEXT)
    assert (asked.conversation.external_id, asked.conversation.kind) == ("li", ConversationKind.DIRECT)
    assert (exchange.message_id, exchange.complete) == (asked.message_id, True)
    assert [reply.cards[0].text for reply in exchange.replies] == [("在列日清关中",)]


async def test_a_dialogue_reads_like_one(host: RecordingHost, chat: LocalAdapter) -> None:
    assert isinstance(chat, ChatAdapter)
    answering(host, chat)
    (await Dialogue(chat, "li").says("到哪了")).has("列日").lacks("{")
    with pytest.raises(AssertionError, match="lacks '布鲁塞尔'"):
        (await Dialogue(chat, "li").says("到哪了")).has("布鲁塞尔")


async def test_an_answer_to_somebody_else_does_not_end_the_wait(host: RecordingHost, chat: LocalAdapter) -> None:
    first = asyncio.create_task(chat.ask("li", "第一", wait_seconds=5))
    second = asyncio.create_task(chat.ask("li", "第二", wait_seconds=5))
    while len(host.received) < 2:
        await asyncio.sleep(0)
    await chat.send(outbound("晚点提醒", conversation="li"))
    await chat.send(reply_to(host.received[1], "给第二"))
    assert [reply.cards[0].text for reply in (await second).replies] == [("给第二",)]
    assert not first.done()
    await chat.send(reply_to(host.received[0], "给第一"))
    assert [reply.cards[0].text for reply in (await first).replies] == [("给第一",)]


async def test_when_the_wait_is_over_the_asker_is_told_that_the_answer_follows(
    host: RecordingHost, chat: LocalAdapter
) -> None:
    exchange = await chat.ask("li", "到哪了", wait_seconds=0)
    assert (exchange.complete, exchange.replies) == (False, ())
    assert isinstance(await chat.send(reply_to(host.received[0])), Sent)


async def test_a_stop_does_not_leave_anybody_waiting(host: RecordingHost, chat: LocalAdapter) -> None:
    asking = asyncio.create_task(chat.ask("li", "到哪了", wait_seconds=60))
    while not host.received:
        await asyncio.sleep(0)
    await chat.stop()
    assert not (await asking).complete
    with pytest.raises(RuntimeError, match="not started"):
        await chat.ask("li", "到哪了", wait_seconds=1)


async def test_what_could_not_be_stored_is_said_so_and_not_shown_as_said(
    host: RecordingHost, chat: LocalAdapter
) -> None:
    host.full = True
    with pytest.raises(NotStored):
        await chat.ask("li", "到哪了", wait_seconds=1)
    host.full = False
    answering(host, chat)
    await chat.ask("li", "还在吗", wait_seconds=5)
    lines = chat.follow("li")
    assert (await anext(lines)).said == "还在吗"
    assert chat.health().figures["waiting"] == 0
    await chat.stop()
    assert [line.said async for line in lines] == [None]


@pytest.mark.parametrize(("contact", "text", "says"), [
    ("", "到哪了", "contact"), (" li", "到哪了", "padded"), ("x" * 201, "到哪了", "201 characters"),
    ("li\n", "到哪了", "padded"), ("l\x00i", "到哪了", "invisible"), ("li\u202e", "到哪了", "invisible"),
    ("\ud800", "到哪了", "invisible"), ("group:ops", "到哪了", "is a group"),
    ("li", "", "text is empty"), ("li", " \n\t", "text is empty"),
    ("li", "x" * (MAX_TEXT_CHARACTERS + 1), "100001 characters"),
])
async def test_what_no_conversation_can_hold_is_refused_with_the_reason(
    host: RecordingHost, chat: LocalAdapter, contact: str, text: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        await chat.ask(contact, text, wait_seconds=1)
    assert host.received == []


@pytest.mark.parametrize(("files", "says"), [
    ([ChatFile("a", b"")] * (MAX_FILES + 1), "at most 10 at once"),
    ([ChatFile(" ", b"x")], r"attachments\[0\].name is empty"),
    ([ChatFile("a", b"x" * MAX_FILE_BYTES), ChatFile("b", b"x")], "send fewer or smaller files"),
])
async def test_too_many_or_too_large_files_are_refused_with_the_limit(
    host: RecordingHost, chat: LocalAdapter, files: list[ChatFile], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        await chat.ask("li", "看", files, wait_seconds=1)
    assert host.received == []
