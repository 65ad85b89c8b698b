"""One mail in: what the core is told of it, what is refused at the door, what bounces mean, who is left to a person."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest

from adapters.email import EmailAdapter
from adapters.email.limits import Unreadable
from adapters.email.receive import Intake
from bot.contracts import Attachment, FetchesFiles, InboundMessage, MessageKey, MessageKind, NotFetched, NotStored
from bot.testing import RecordingHost
from bot.testing.messages import WHEN
from tests.adapters.email.bombs import nested
from tests.adapters.email.conftest import ADDRESS, configuration
from tests.adapters.email.mailbox import BY_MX, written

SAMPLES = Path(__file__).parent / "samples"
KEY = MessageKey("0f8fad5b-d9cb-469f-a165-70867728950e", WHEN.replace(microsecond=0))


async def taken(host: RecordingHost, raw: bytes, **more: Any) -> InboundMessage:
    await Intake(configuration(**more)).take(raw, host, lambda mail, _: mail.message_id)
    return host.received[-1]


async def test_who_where_and_when_are_told(host: RecordingHost) -> None:
    message = await taken(host, written("到哪了", sender="王伟 <Li@Partner.example>", subject="LX123456785CN"))
    assert message.sender.external_id == message.conversation.external_id == "li@partner.example"
    assert message.sender.name == message.conversation.title == "王伟"
    assert message.sender.organisation == "partner.example"
    assert (message.sender.authenticated, message.sender.outsider, message.only_known) == (True, False, True)
    assert message.text == "LX123456785CN\n到哪了"
    assert message.sent_at.isoformat() == "2026-11-25T08:00:00+00:00"  # a date in the future counts as now
    assert message.reply_route is not None


async def test_an_unverified_sender_is_another_person_without_a_name_or_a_way_back(host: RecordingHost) -> None:
    message = await taken(host, written("x", sender="王伟 <li@partner.example>", passed=False))
    assert message.sender.external_id == message.conversation.external_id == "unverified:li@partner.example"
    assert message.sender.name is None
    assert (message.sender.authenticated, message.sender.outsider) == (False, True)
    assert message.reply_route is None


async def test_a_stranger_who_proves_an_address_is_called_by_it(host: RecordingHost) -> None:
    message = await taken(host, written("x", sender="Li of Partner <x@evil.example>"))
    assert message.sender.external_id == "x@evil.example"
    assert message.sender.name is None
    assert message.sender.outsider


@pytest.mark.parametrize(("subject", "body", "text"), [
    ("LX123456785CN", "", "LX123456785CN"), ("LX123456785CN", "到哪了", "LX123456785CN\n到哪了"),
    ("查询", "LX123456785CN", "LX123456785CN"), ("lx123456785cn", "LX123456785CN 呢", "LX123456785CN 呢"),
    ("Re: LX123456785CN", "why?", "why?"), ("Fwd: LX123456785CN", "why?", "LX123456785CN\nwhy?"),
    ("unsubscribe", "", "unsubscribe"), ("", "", ""),
])
async def test_the_subject_counts_where_it_says_something(
    host: RecordingHost, subject: str, body: str, text: str
) -> None:
    assert (await taken(host, written(body, subject=subject))).text == text


async def test_what_is_answered_is_told_with_its_reference(host: RecordingHost) -> None:
    reply = "谁负责？\n\n在 2026/11/25 15:04, bot 写道:\n> LX123456785CN 清关延误\n"
    message = await taken(host, written(reply, subject="Re: 延误 [PB-A1024]", In_Reply_To="<a1@pb.example>"))
    assert message.text == "谁负责？"
    assert message.quoted is not None
    assert message.quoted.message_id == "<a1@pb.example>"
    assert message.quoted.text == "延误 A-1024 LX123456785CN 清关延误"


async def test_a_mail_of_files_only_is_a_file(host: RecordingHost) -> None:
    message = await taken(host, (SAMPLES / "attach_csv_xlsx.eml").read_bytes())
    assert message.kind is MessageKind.TEXT
    assert [file.name for file in message.attachments] == ["延误清单.csv", "清单.xlsx"]
    assert [file.handle for file in message.attachments] == ["<m1@partner.example>#2", "<m1@partner.example>#3"]


async def test_an_encrypted_mail_is_left_to_a_person(host: RecordingHost) -> None:
    sealed = b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA"
    head = written("", subject="x").split(b"Content-Type")[0]
    message = await taken(host, head + sealed)
    assert not message.sender.authenticated


async def test_two_mails_of_one_message_id_are_two_and_one_delivered_twice_is_one(host: RecordingHost) -> None:
    intake = Intake(configuration())
    for text in ("一", "二", "一"):
        await intake.take(written(text, key="same"), host, lambda *_: "")
    assert [message.text for message in host.received] == ["一", "二"]


@pytest.mark.parametrize(("name", "automated", "own"), [
    ("auto_exchange_zh", True, False), ("auto_list", True, False), ("auto_own_loop", True, True),
    ("bounce_dsn_hard", True, False), ("human_auto_submitted_no", False, False),
    ("human_with_x_auto_response_suppress", False, False),
])
async def test_machines_are_marked(host: RecordingHost, name: str, automated: bool, own: bool) -> None:
    message = await taken(host, (SAMPLES / f"{name}.eml").read_bytes())
    assert (message.automated, message.from_self) == (automated, own)


@pytest.mark.parametrize("fields", [
    {"Precedence": "bulk"}, {"Auto_Submitted": "auto-generated; x=1"}, {"X_Autoreply": "yes"}, {"X_Loop": "x"},
    {"List_Unsubscribe": "<x>"}, {"Return_Path": "<>"}, {"Preference": "auto_reply"}, {"Feedback_ID": "x"},
])
async def test_every_machines_field_is_known(host: RecordingHost, fields: dict[str, Any]) -> None:
    assert (await taken(host, written("x", **fields))).automated


@pytest.mark.parametrize("subject", [
    "自动回复：延误", "Automatic reply: x", "Re: Out of Office", "自動回覆: x", "Réponse automatique : x", "系统退信",
    "Undeliverable: x", "已读: x", "AutoReply", "不在办公室",
])
async def test_every_machines_subject_is_known(host: RecordingHost, subject: str) -> None:
    assert (await taken(host, written("x", subject=subject))).automated


@pytest.mark.parametrize("subject", ["关于自动回复的问题", "I read: it is late", "Where is my office?"])
async def test_people_may_speak_of_machines(host: RecordingHost, subject: str) -> None:
    assert not (await taken(host, written("x", subject=subject))).automated


async def test_what_reads_like_an_auto_reply_is_left_to_a_person(host: RecordingHost) -> None:
    message = await taken(host, written("您好，我正在休假，已收到您的来信。"))
    assert not message.automated
    assert not message.sender.authenticated


def report(status: str, action: str = "failed", to: str = "li@partner.example") -> bytes:
    return (
        f"Return-Path: <>\r\nDelivered-To: bot+b-{KEY}@pb.example\r\nFrom: MAILER-DAEMON@mx.example\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n--r\r\n'
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--r--\r\n"
    ).encode()


@pytest.mark.parametrize(("status", "permanent"), [
    ("5.1.1", True), ("5.4.4", True), ("5.2.2", False), ("5.7.1", False), ("4.4.1", False),
])
async def test_a_bounce_names_its_message(host: RecordingHost, status: str, *, permanent: bool) -> None:
    await taken(host, report(status))
    ((message_id, reason, hard),) = host.undelivered_ids
    assert (message_id, hard) == (KEY.message_id, permanent)
    assert status in reason


async def test_a_delay_is_no_bounce(host: RecordingHost) -> None:
    await taken(host, report("4.4.1", "delayed"))
    assert host.undelivered_ids == []


async def test_five_soft_bounces_are_a_hard_one(host: RecordingHost) -> None:
    intake = Intake(configuration())
    for number in range(5):
        await intake.take(report("5.2.2") + f"\r\n{number}".encode(), host, lambda *_: "")
        host.received.clear()
        host._keys.clear()
    assert [hard for _, _, hard in host.undelivered_ids] == [False] * 4 + [True]


async def test_a_forged_bounce_says_nothing(host: RecordingHost) -> None:
    await taken(host, report("5.1.1").replace(b"bot+b-", b"bot+x-"))
    assert host.undelivered_ids == []


# ---- the listener ----


@pytest.fixture
async def door(host: RecordingHost, make: Callable[..., EmailAdapter], tmp_path: Path) -> AsyncIterator[EmailAdapter]:
    adapter = make(listener={"port": 0, "keep_dir": str(tmp_path / "kept")}, max_received_bytes=200_000)
    await adapter.start(host)
    yield adapter
    await adapter.stop()


async def hand_over(adapter: EmailAdapter, raw: bytes, *to: str, sender: str = "li@partner.example") -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=adapter.listening_port, timeout=5) as client:
        await client.sendmail(sender, list(to) or [ADDRESS], raw)


async def test_only_our_own_address_is_taken(door: EmailAdapter, host: RecordingHost) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await hand_over(door, written("x"), "someone@else.example")
    await hand_over(door, written("x"), "bot+token@pb.example")
    assert len(host.received) == 1


async def test_the_empty_sender_of_the_envelope_is_seen(door: EmailAdapter, host: RecordingHost) -> None:
    await hand_over(door, written("x"), sender="")
    assert host.received[0].automated


async def test_a_mail_too_large_is_refused_by_the_protocol(door: EmailAdapter, host: RecordingHost) -> None:
    with pytest.raises(aiosmtplib.SMTPResponseException) as caught:
        await hand_over(door, written("x" * 300_000))
    assert caught.value.code == 552
    assert host.received == []


async def test_what_cannot_be_read_is_kept_or_refused(
    door: EmailAdapter, host: RecordingHost, tmp_path: Path, make: Callable[..., EmailAdapter]
) -> None:
    bomb = nested(100)
    await hand_over(door, bomb)
    (kept,) = (tmp_path / "kept").iterdir()
    assert kept.read_bytes().endswith(bomb)
    assert "could not be read" in door.health().detail
    strict = make(listener={"port": 0})
    await strict.start(host)
    with pytest.raises(aiosmtplib.SMTPDataError, match="cannot be read"):
        await hand_over(strict, bomb)
    await strict.stop()


async def test_a_folder_that_cannot_be_written_to_sends_no_mail_back(
    host: RecordingHost, make: Callable[..., EmailAdapter], tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("a file stands where the folder should be")
    adapter = make(listener={"port": 0, "keep_dir": str(tmp_path / "kept")})
    await adapter.start(host)
    with pytest.raises(aiosmtplib.SMTPDataError) as caught:
        await hand_over(adapter, (SAMPLES / "attach_csv_xlsx.eml").read_bytes())
    assert caught.value.code == 451
    await hand_over(adapter, written("没有附件"))
    assert [message.text for message in host.received] == ["没有附件"]
    await adapter.stop()


async def test_files_of_a_mail_handed_over_can_be_fetched(door: EmailAdapter, host: RecordingHost) -> None:
    await hand_over(door, (SAMPLES / "attach_csv_xlsx.eml").read_bytes())
    assert isinstance(door, FetchesFiles)
    first = host.received[0].attachments[0]
    assert (await door.fetch(first, max_bytes=100)).content.decode("gb18030").startswith("运单号")
    for handle in ("../../etc/passwd#1", "x#1", "", first.handle.replace("#2", "#77"), f"{'0' * 32}.eml#1"):
        with pytest.raises(NotFetched):
            await door.fetch(Attachment(name="x", handle=handle), max_bytes=100)


def speak_lmtp(port: int, raw: bytes) -> None:
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.sendmail("li@partner.example", [ADDRESS], raw)


async def test_lmtp_is_spoken_too(host: RecordingHost, make: Callable[..., EmailAdapter]) -> None:
    adapter = make(listener={"port": 0, "protocol": "lmtp"})
    await adapter.start(host)
    await asyncio.to_thread(speak_lmtp, adapter.listening_port or 0, written("x"))
    await adapter.stop()
    assert len(host.received) == 1


async def test_what_is_not_stored_is_not_taken(host: RecordingHost) -> None:
    host.full = True
    with pytest.raises(NotStored):
        await taken(host, written("x"))
    assert BY_MX


async def test_a_mail_that_brings_a_defect_to_light_is_put_aside_and_blocks_nobody(host: RecordingHost) -> None:
    def defect(*_: object) -> str:
        raise KeyError("a defect")

    with pytest.raises(Unreadable, match="KeyError"):
        await Intake(configuration()).take(written("x"), host, defect)
    assert host.received == []


async def test_a_mail_that_comes_after_the_stop_is_not_taken(
    host: RecordingHost, make: Callable[..., EmailAdapter]
) -> None:
    adapter = make()
    await adapter.start(host)
    await adapter.stop()
    with pytest.raises(NotStored):
        await adapter._take(written("x"))
