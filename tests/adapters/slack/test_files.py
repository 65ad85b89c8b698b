"""Files down, with every care for the token, and up, before anybody sees the message they belong to."""

from typing import Any

import pytest

from adapters.slack import SlackAdapter
from bot.contracts import (
    Attachment,
    Card,
    ConversationKind,
    FetchedFile,
    FetchesFiles,
    File,
    NotFetched,
    Retry,
    Sent,
    Uncertain,
)
from bot.testing import Answer, RecordingHost, Reset, outbound
from bot.testing.slack import FakeSlack
from bot.testing.slack_world import ANNA, CHANNEL, DIRECT, TEAM, SlackFile
from tests.adapters.slack.samples import NOW, sample

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CARD = Card(title="CV7911", files=(File(name="延误清单.csv", media_type="text/csv", reference="r1"),))


def attachment(handle: str = f"{TEAM}/F1") -> Attachment:
    return Attachment(name="x", handle=handle)


async def refusal(slack: SlackAdapter, handle: str = f"{TEAM}/F1", max_bytes: int = 1_000) -> NotFetched:
    with pytest.raises(NotFetched) as caught:
        await slack.fetch(attachment(handle), max_bytes=max_bytes)
    return caught.value


async def test_a_file_that_came_with_a_message_can_be_fetched(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    about = fake.add_file("F1", SlackFile("包裹清单.xlsx", b"PK\x03\x04", XLSX))
    await slack.handle_webhook(fake.says("", subtype="file_share", files=[about]))
    (file,) = host.received[0].attachments
    assert isinstance(slack, FetchesFiles)
    assert await slack.fetch(file, max_bytes=4) == FetchedFile("包裹清单.xlsx", b"PK\x03\x04", XLSX)


async def test_a_file_of_a_shared_channel_is_asked_about_first(slack: SlackAdapter, fake: FakeSlack) -> None:
    fake.add_file("F1", SlackFile("a.csv", b"1", "text/csv"))
    assert (await slack.fetch(attachment(), max_bytes=10)).content == b"1"
    assert fake.calls["files.info"] == 1


@pytest.mark.parametrize("told", [True, False])
async def test_a_file_too_large_is_not_held(slack: SlackAdapter, fake: FakeSlack, told: bool) -> None:
    fake.add_file("F1", SlackFile("a", b"x" * 2_000, about={} if told else {"size": 1}))
    assert (await refusal(slack)).too_large


@pytest.mark.parametrize("about", [
    {"mode": "external"}, {"is_external": True}, {"mode": None}, {"url_private_download": "https://evil.example/x"},
    {"url_private_download": "http://127.0.0.1:1/x"}, {"url_private_download": None, "url_private": "x"},
])
async def test_a_token_goes_to_no_address_outside_the_settings(
    slack: SlackAdapter, fake: FakeSlack, about: dict[str, Any]
) -> None:
    fake.add_file("F1", SlackFile("a", b"1", about=about))
    assert not (await refusal(slack)).again


async def test_the_page_to_sign_in_is_not_taken_for_the_file(slack: SlackAdapter, fake: FakeSlack) -> None:
    fake.add_file("F1", SlackFile("a.csv", b"1", "text/csv"))
    fake.script_for("download", Answer("<html>sign in</html>", headers={"Content-Type": "text/html"}))
    assert "files:read" in str(await refusal(slack))


@pytest.mark.parametrize(("method", "step", "again"), [
    ("download", Answer("", 302, {"Location": "https://evil.example/"}), False), ("download", Answer("", 404), False),
    ("download", Answer("", 503), True), ("download", Reset(), True), ("files.info", Answer("", 500), True),
    ("files.info", Answer({"ok": False, "error": "file_not_found"}), False), ("files.info", Reset(), True),
    ("files.info", Answer({"ok": False, "error": "ratelimited"}, 429), True),
    ("files.info", Answer({"ok": True}), False),
])
async def test_a_file_that_cannot_be_had_is_told_with_whether_to_try_again(
    slack: SlackAdapter, fake: FakeSlack, method: str, step: Any, again: bool
) -> None:
    fake.add_file("F1", SlackFile("a.csv", b"1", "text/csv"))
    fake.script_for(method, step, step)  # a read that is cut off is begun once more by itself
    assert (await refusal(slack)).again is again


@pytest.mark.parametrize("handle", ["", "x", "T1", "memory:1", f"{TEAM}/F9", "T9/../F1"])
async def test_a_handle_of_another_kind_is_refused(slack: SlackAdapter, handle: str) -> None:
    assert not (await refusal(slack, handle)).again


async def test_a_cards_file_arrives_beside_it(slack: SlackAdapter, host: RecordingHost, fake: FakeSlack) -> None:
    host.files["r1"] = FetchedFile("延误清单.csv", "单号\n".encode(), "text/csv")
    assert isinstance(await slack.send(outbound(CARD, adapter="slack", conversation=f"{TEAM}/{ANNA}")), Sent)
    (file,) = fake.world.files.values()
    assert (file.name, file.content, file.shared) == ("延误清单.csv", "单号\n".encode(), [(DIRECT, "")])
    assert "📎" not in fake.posts[0].text


async def test_a_workbook_of_some_megabytes_goes_up_whole(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    host.files["r1"] = FetchedFile("延误清单.xlsx", b"PK\x03\x04" * 1_000_000, XLSX)
    assert isinstance(await slack.send(outbound(CARD, adapter="slack", conversation=f"{TEAM}/{ANNA}")), Sent)
    (file,) = fake.world.files.values()
    assert (len(file.content), file.shared) == (4_000_000, [(DIRECT, "")])


async def test_a_command_that_asks_for_a_file_gets_it_in_the_direct_conversation(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    """An answer seen by one person alone holds no files; the direct conversation is as private."""
    host.files["r1"] = FetchedFile("a.csv", b"1")
    assert (await slack.handle_webhook(fake.command("导出"))).status == 200
    (question,) = host.received
    answer = outbound(CARD, adapter="slack", conversation=question.conversation.external_id,
                      reply_route=question.reply_route, in_reply_to=question.message_id)
    assert isinstance(await slack.send(answer), Sent)
    assert (fake.private, fake.posts[0].channel) == ([], DIRECT)
    assert [file.shared for file in fake.world.files.values()] == [[(DIRECT, "")]]


async def test_while_a_file_cannot_be_made_its_message_waits(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    host.away = True
    assert isinstance(await slack.send(outbound(CARD, adapter="slack", conversation=f"{TEAM}/{ANNA}")), Retry)
    assert fake.posts == []


@pytest.mark.parametrize("thread", ["", "1767225599.000100"])
async def test_in_a_channel_it_stands_in_the_thread(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, thread: str
) -> None:
    host.files["r1"] = FetchedFile("a.csv", b"1")
    place = "/".join(filter(None, (TEAM, CHANNEL, thread)))
    kind = ConversationKind.THREAD if thread else ConversationKind.GROUP
    assert isinstance(await slack.send(outbound(CARD, adapter="slack", conversation=place, kind=kind)), Sent)
    (file,) = fake.world.files.values()
    assert file.shared == [(CHANNEL, thread or fake.posts[0].ts)]


async def test_a_file_that_is_gone_is_named(slack: SlackAdapter, fake: FakeSlack) -> None:
    assert isinstance(await slack.send(outbound(CARD, adapter="slack", conversation=f"{TEAM}/{ANNA}")), Sent)
    assert "📎 延误清单.csv" in fake.posts[0].text


@pytest.mark.parametrize(("method", "step", "kind"), [
    ("files.getUploadURLExternal", Answer("", 500), Retry), ("files.getUploadURLExternal", Reset(), Retry),
    ("files.getUploadURLExternal", Answer({"ok": True, "upload_url": "https://evil.example/", "file_id": "F1"}), Retry),
    ("upload", Answer("", 500), Retry), ("upload", Reset(), Retry),
])
async def test_a_file_that_cannot_be_brought_leaves_nothing_to_be_seen(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, method: str, step: Any, kind: type[Any]
) -> None:
    host.files["r1"] = FetchedFile("a.csv", b"1")
    fake.script_for(method, step)
    outcome = await slack.send(outbound(CARD, adapter="slack", conversation=f"{TEAM}/{ANNA}"))
    assert isinstance(outcome, kind)
    assert fake.posts == []


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_where_files_are_not_allowed_the_words_arrive(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack, method: str
) -> None:
    host.files["r1"] = FetchedFile("a.csv", b"1")
    fake.script_for(method, Answer({"ok": False, "error": "missing_scope"}))
    assert isinstance(await slack.send(outbound(CARD, adapter="slack", conversation=f"{TEAM}/{ANNA}")), Sent)
    assert "CV7911" in fake.posts[0].text
    assert slack.health().state == "up"


async def test_a_message_that_stands_without_its_files_gets_them_at_the_next_attempt(
    slack: SlackAdapter, host: RecordingHost, fake: FakeSlack
) -> None:
    host.files["r1"] = FetchedFile("a.csv", b"1")
    message = outbound(CARD, adapter="slack", conversation=f"{TEAM}/{ANNA}", created_at=NOW)
    fake.script_for("files.completeUploadExternal", Answer("", 500))
    assert isinstance(await slack.send(message), Uncertain)
    assert isinstance(await slack.send(message.model_copy(update={"resent": True})), Sent)
    assert len(fake.posts) == 1
    assert [file.shared for file in fake.world.files.values()] == [[], [(DIRECT, "")]]


def test_the_recorded_upload_is_what_the_stand_in_speaks() -> None:
    first, _, last = sample("api_upload_flow")
    assert set(first["form"]) == {"filename", "length"}
    assert {"files", "channel_id", "thread_ts"} <= set(last["json"])
