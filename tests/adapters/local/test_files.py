"""Files both ways: people's are fetched through the core, those of answers are had by whoever was given their key."""

import pytest

from adapters.local import LocalAdapter
from adapters.local.files import MAX_FILE_BYTES
from bot.contracts import (
    Attachment,
    Card,
    ChatFile,
    FetchedFile,
    FetchesFiles,
    File,
    MessageKind,
    NotFetched,
    Retry,
    Sent,
)
from bot.testing import RecordingHost, outbound

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LATE = FetchedFile("延误清单.xlsx", b"PK\x03\x04", XLSX)
CARD = Card(title="CV7911", files=(File(name="延误清单.xlsx", media_type=XLSX, reference="r1"),))


@pytest.mark.parametrize(("name", "media_type", "kind"), [
    ("清单.xlsx", XLSX, MessageKind.FILE), ("list.csv", "text/csv", MessageKind.FILE),
    ("../面单.jpg", "image/jpeg", MessageKind.PICTURE), ("label.png", "image/png", MessageKind.PICTURE),
])
async def test_a_file_up_to_the_limit_becomes_an_attachment_that_can_be_fetched(
    host: RecordingHost, chat: LocalAdapter, name: str, media_type: str, kind: MessageKind
) -> None:
    content = b"x" * MAX_FILE_BYTES
    await chat.ask("li", "", (ChatFile(name, content),), wait_seconds=0)
    assert host.received[0].kind is kind
    (file,) = host.received[0].attachments
    assert (file.name, file.media_type, file.size) == (name, media_type, MAX_FILE_BYTES)
    assert isinstance(chat, FetchesFiles)
    assert await chat.fetch(file, max_bytes=MAX_FILE_BYTES) == FetchedFile(name, content, media_type)
    with pytest.raises(NotFetched) as caught:
        await chat.fetch(file, max_bytes=MAX_FILE_BYTES - 1)
    assert caught.value.too_large


async def test_what_is_not_kept_any_more_has_to_be_sent_again(chat: LocalAdapter) -> None:
    with pytest.raises(NotFetched, match="sent again") as caught:
        await chat.fetch(Attachment(name="a", handle="unknown"), max_bytes=9)
    assert not caught.value.again


async def test_words_and_files_are_shown_as_said_together(host: RecordingHost, chat: LocalAdapter) -> None:
    await chat.ask("li", "帮我查这些", (ChatFile("a.csv", b"1"), ChatFile("b.csv", b"2")), wait_seconds=0)
    assert host.received[0].kind is MessageKind.TEXT
    assert (await anext(chat.follow("li"))).said == "帮我查这些\n📎 a.csv\n📎 b.csv"


async def test_a_file_of_an_answer_is_offered_with_its_size_to_whoever_looks_on(
    host: RecordingHost, chat: LocalAdapter
) -> None:
    host.files["r1"] = LATE
    message = outbound(CARD, conversation="li")
    assert isinstance(await chat.send(message), Sent)
    assert isinstance(await chat.send(message), Sent)
    (entry,) = chat.recent("li")
    (offer,) = entry.files
    assert (offer.reference, offer.name, offer.size) == ("r1", "延误清单.xlsx", 4)
    assert chat.offered(offer.key) == LATE
    assert offer.key not in repr(entry)
    assert chat.offered("r1") is None


async def test_whoever_asks_and_waits_is_offered_it_too(host: RecordingHost, chat: LocalAdapter) -> None:
    host.files["r1"] = LATE

    async def answer(message: object) -> None:
        await chat.send(outbound(CARD, conversation="li", in_reply_to=host.received[-1].message_id))

    host.on_message = answer
    exchange = await chat.ask("li", "发我表格", wait_seconds=5)
    assert [offer.name for offer in exchange.files] == ["延误清单.xlsx"]


async def test_a_file_that_is_gone_is_only_named(chat: LocalAdapter) -> None:
    assert isinstance(await chat.send(outbound(CARD, conversation="li")), Sent)
    (entry,) = chat.recent("li")
    assert entry.files == ()


async def test_while_a_file_cannot_be_made_its_message_waits(host: RecordingHost, chat: LocalAdapter) -> None:
    host.away = True
    assert isinstance(await chat.send(outbound(CARD, conversation="li")), Retry)
    assert chat.recent("li") == ()
