"""What becomes of a mail: every answer of the server is one of four outcomes, and connections are kept while fresh."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.email import EmailAdapter
from adapters.email.answers import Reply, outcome_of
from bot.contracts import Card, FetchedFile, File, OutboundMessage, Refused, Retry, Sent, Table, Uncertain
from bot.testing import MovableClock, RecordingHost, outbound
from tests.adapters.email.mailbox import MailServer, cut

TO = "li@partner.example"
Make = Callable[..., EmailAdapter]


def message(*cards: Card | str, to: str = TO, **more: Any) -> OutboundMessage:
    return outbound(*cards, adapter="mail", conversation=to, **more)


async def test_a_mail_goes_out_from_an_address_bounces_come_back_to(adapter: EmailAdapter, server: MailServer) -> None:
    asked = message("到了", message_id="0f8fad5b-d9cb-469f-a165-70867728950e")
    assert await adapter.send(asked) == Sent("2.0.0 queued as Q1")
    (taken,) = server.taken
    assert taken.recipients == (TO,)
    assert taken.sender.startswith("bot+b-0f8fad5b-d9cb-469f-a165-70867728950e.")
    assert taken.mail["From"].addresses[0].addr_spec == "bot@pb.example"


async def test_every_attempt_carries_the_same_message_id(adapter: EmailAdapter, server: MailServer) -> None:
    asked = message("到了")
    for attempt in (1, 2):
        await adapter.send(asked.model_copy(update={"attempt": attempt, "resent": attempt == 2}))
    first, second = (taken.mail for taken in server.taken)
    assert first["Message-ID"] == second["Message-ID"]
    assert "(resent)" not in server.taken[0].part("plain")
    assert "\r\n(resent)\r\n" in server.taken[1].part("plain")


FILES = tuple(File(name=f"{name}.xlsx", media_type="x/y", reference=name) for name in "大小")


@pytest.mark.parametrize(("settings", "server_takes", "attached", "said"), [
    ({}, 10_000_000, ["大.xlsx", "小.xlsx"], ""),
    ({"max_file_bytes": 50_000}, 10_000_000, ["小.xlsx"], "未随信附上（文件过大或已失效）：大.xlsx"),
    ({}, 30_000, [], "未随信附上（文件过大或已失效）：大.xlsx, 小.xlsx"),
])
async def test_what_is_too_large_is_left_out_and_said_to_be(
    make: Make, host: RecordingHost, server: MailServer,
    settings: dict[str, Any], server_takes: int, attached: list[str], said: str,
) -> None:
    server.size_limit = server_takes
    host.files = {name: FetchedFile(f"{name}.xlsx", b"x" * size, "x/y") for name, size in (("大", 60_000), ("小", 1))}
    adapter = make(**settings)
    await adapter.start(host)
    outcome = await adapter.send(message(Card(language="zh-Hans", text=("清单见附件。",), files=FILES)))
    await adapter.stop()
    assert isinstance(outcome, Sent)
    (taken,) = server.taken
    assert [part.get_filename() for part in taken.mail.iter_attachments()] == attached
    assert ("未随信附上" in taken.part("plain")) is bool(said)
    assert said in taken.part("plain")


async def test_mails_share_a_connection(adapter: EmailAdapter, server: MailServer) -> None:
    for _ in range(5):
        await adapter.send(message("a"))
    assert server.connections == 1


async def test_many_at_once_use_no_more_connections_than_allowed(adapter: EmailAdapter, server: MailServer) -> None:
    outcomes = await asyncio.gather(*(adapter.send(message("a")) for _ in range(20)))
    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert server.connections == 2


async def test_a_connection_is_given_up_after_its_share_of_mails(
    make: Make, host: RecordingHost, server: MailServer
) -> None:
    adapter = make(smtp={"host": "127.0.0.1", "port": server.port, "security": "none", "messages_per_connection": 2})
    await adapter.start(host)
    for _ in range(5):
        await adapter.send(message("a"))
    await adapter.stop()
    assert server.connections == 3


async def test_a_kept_connection_that_was_closed_is_replaced_at_once(adapter: EmailAdapter, server: MailServer) -> None:
    await adapter.send(message("a"))
    await server.cut_all()
    assert isinstance(await adapter.send(message("b")), Sent)
    assert server.connections == 2


async def test_a_connection_lost_before_the_text_is_tried_once_more_when_it_was_old(
    adapter: EmailAdapter, server: MailServer
) -> None:
    await adapter.send(message("a"))
    server.script("MAIL", cut)
    assert isinstance(await adapter.send(message("b")), Sent)


async def test_a_new_connection_lost_before_the_text_is_a_retry(adapter: EmailAdapter, server: MailServer) -> None:
    server.script("RCPT", cut)
    assert isinstance(await adapter.send(message("a")), Retry)


async def test_a_connection_lost_after_the_text_is_uncertain(adapter: EmailAdapter, server: MailServer) -> None:
    server.script("DATA", cut)
    outcome = await adapter.send(message("a"))
    assert isinstance(outcome, Uncertain)
    assert isinstance(await adapter.send(message("a")), Sent)


async def test_no_server_is_a_retry(make: Make, host: RecordingHost) -> None:
    adapter = make(smtp={"host": "127.0.0.1", "port": 1, "security": "none"})
    await adapter.start(host)
    assert isinstance(await adapter.send(message("a")), Retry)
    await adapter.stop()


@pytest.mark.parametrize(("command", "reply", "expected"), [
    ("RCPT", "451 4.3.2 try again later", Retry),
    ("RCPT", "450 4.7.1 greylisted", Retry),
    ("MAIL", "421 4.3.2 closing", Retry),
    ("DATA", "452 4.3.1 no space", Retry),
    ("RCPT", "550 5.1.1 no such user", Refused),
    ("RCPT", "550 no such user", Refused),
    ("RCPT", "552 5.2.2 mailbox full", Retry),
    ("DATA", "554 5.7.1 spam", Refused),
    ("DATA", "554 transaction failed", Refused),
    ("DATA", "550 5.6.0 bad content", Refused),
])
async def test_a_refusal_becomes_an_outcome_and_the_connection_stays(
    adapter: EmailAdapter, server: MailServer, command: str, reply: str, expected: type
) -> None:
    server.script(command, reply)
    assert isinstance(await adapter.send(message("a")), expected)
    assert isinstance(await adapter.send(message("a", to="anna@bpost.example")), Sent)


@pytest.mark.parametrize(("code", "text", "broken"), [
    (550, "5.1.1 unknown", True), (550, "unknown", True), (551, "moved", True), (553, "5.1.3 syntax", True),
    (550, "5.7.1 relaying denied", False), (554, "5.7.0 spam", False), (550, "5.6.0 content", False),
])
def test_only_a_bad_address_breaks_its_conversation(code: int, text: str, *, broken: bool) -> None:
    outcome = outcome_of(Reply(code, text), 1)
    assert isinstance(outcome, Refused)
    assert outcome.destination_broken is broken


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (20, 60)])
def test_temporary_refusals_are_tried_again_ever_more_rarely(attempt: int, minutes: int) -> None:
    outcome = outcome_of(Reply(451, "4.7.1 later"), attempt)
    assert isinstance(outcome, Retry)
    assert outcome.after == timedelta(minutes=minutes)


def test_a_refused_login_stops_everything_and_is_not_hammered() -> None:
    outcome = outcome_of(Reply(535, "5.7.8 authentication failed"), 1)
    assert isinstance(outcome, Retry)
    assert outcome.close_channel_for is not None
    assert outcome.close_channel_for >= timedelta(minutes=15)


async def test_a_domain_that_refuses_us_rests_and_is_named(
    adapter: EmailAdapter, server: MailServer, clock: MovableClock
) -> None:
    server.script("DATA", "554 5.7.1 your reputation")
    await adapter.send(message("a"))
    resting = await adapter.send(message("b"))
    assert isinstance(resting, Retry)
    assert "partner.example" in adapter.health().detail
    assert isinstance(await adapter.send(message("c", to="anna@bpost.example")), Sent)
    clock.advance(timedelta(hours=1))
    assert isinstance(await adapter.send(message("d")), Sent)
    assert adapter.health().detail == ""


async def test_what_the_server_finds_too_large_goes_once_more_smaller(
    make: Make, host: RecordingHost
) -> None:
    rows = tuple((f"LX{n:09}CN", "late") for n in range(600))
    card = Card(title="Late", table=Table(columns=("parcel", "state"), rows=rows, more="{n} more"))
    async with MailServer(size_limit=40_000) as server:
        adapter = make(
            smtp={"host": "127.0.0.1", "port": server.port, "security": "none"}, max_bytes=1_000_000,
        )
        await adapter.start(host)
        assert isinstance(await adapter.send(message(card)), Sent)
        await adapter.stop()
    assert "more" in server.taken[0].part("plain")


@pytest.mark.parametrize(
    "to", [" ", "li", "cid123==", "a b@x.example", "<a@x.example>", "a@x.example,b@y.example", "@x", "a@"]
)
async def test_a_conversation_that_is_no_mail_address_is_refused(adapter: EmailAdapter, to: str) -> None:
    outcome = await adapter.send(message("a", to=to))
    assert isinstance(outcome, Refused)
    assert outcome.destination_broken


async def test_an_address_with_chinese_letters_needs_a_server_that_takes_it(
    adapter: EmailAdapter, server: MailServer
) -> None:
    assert isinstance(await adapter.send(message("a", to="王伟@partner.example")), Sent)
    assert server.taken[0].recipients == ("王伟@partner.example",)


async def test_a_server_that_shows_no_trusted_certificate_gets_nothing(make: Make, host: RecordingHost) -> None:
    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        while await reader.readline():
            writer.write(b"250 x\r\n")
        writer.close()

    plain = await asyncio.start_server(hear, "127.0.0.1", 0)
    port = plain.sockets[0].getsockname()[1]
    for security in ("starttls", "tls"):
        adapter = make(smtp={"host": "127.0.0.1", "port": port, "security": security})
        await adapter.start(host)
        assert isinstance(await adapter.send(message("a")), Retry)
        await adapter.stop()
    plain.close()


async def test_sending_stops_with_the_adapter(adapter: EmailAdapter) -> None:
    await adapter.stop()
    assert isinstance(await adapter.send(message("a")), Retry)


def test_tls_always_verifies() -> None:
    from adapters.email.pool import tls_context

    context = tls_context(None)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
