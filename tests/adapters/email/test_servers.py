"""Against a real Postfix and a real Dovecot: out, in, cut, refused, restarted; nothing is lost, nothing comes twice."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.email import EmailAdapter, EmailConfig
from adapters.email.addresses import Names
from bot.contracts import Attachment, Card, FetchesFiles, MessageKey, NotFetched, Refused, Retry, Sent
from bot.testing import RecordingHost, outbound
from tests.adapters.email.bombs import nested
from tests.adapters.email.conftest import TRUST
from tests.adapters.email.mailbox import Taken, written
from tests.adapters.email.servers import Servers
from tests.flows.conftest import until

pytestmark = pytest.mark.mail
Make = Callable[..., EmailAdapter]


@pytest.fixture
def make(servers: Servers) -> Make:
    def make(**more: Any) -> EmailAdapter:
        login = {"host": "localhost", "username": "bot", "password": "secret", "ca_file": servers.ca_file}
        values: dict[str, Any] = {
            "name": "mail", "type": "email", "address": "bot@pb.example", "domains": ["partner.example"],
            "trust": TRUST,
            "smtp": {**login, "port": servers.ports["submission"]},
            "imap": {**login, "port": servers.ports["imaps"], "security": "tls"},
        }
        for key, value in more.items():
            values[key] = values[key] | value if isinstance(values.get(key), dict) and value is not None else value
        return EmailAdapter(EmailConfig.model_validate(values))

    return make


@pytest.fixture
async def reading(make: Make, host: RecordingHost, servers: Servers) -> AsyncIterator[EmailAdapter]:
    servers.empty()
    adapter = make()
    await adapter.start(host)
    yield adapter
    await adapter.stop()


def texts(host: RecordingHost) -> list[str]:
    return [message.text for message in host.received]


async def test_a_mail_is_handed_over_and_then_moved_away(
    reading: EmailAdapter, host: RecordingHost, servers: Servers
) -> None:
    servers.deliver_straight(written("LX123456785CN 到哪了"))
    await until(lambda: host.received)
    (message,) = host.received
    assert message.text == "LX123456785CN 到哪了"
    assert message.sender.external_id == "li@partner.example"
    assert message.sender.authenticated
    await until(lambda: servers.count("Processed") == 1)
    assert servers.count("INBOX") == 0


async def test_new_mail_is_told_by_the_server_at_once(
    reading: EmailAdapter, host: RecordingHost, servers: Servers
) -> None:
    for number in range(5):
        servers.deliver_straight(written(f"第 {number} 封", key=f"k{number}"))
        await until(lambda: len(host.received) == number + 1, 5.0)  # noqa: B023 - awaited in the same turn
    assert texts(host) == [f"第 {number} 封" for number in range(5)]


async def test_mail_from_outside_by_postfix_proves_nothing_by_itself(
    reading: EmailAdapter, host: RecordingHost, servers: Servers
) -> None:
    servers.deliver(written("LX123456785CN 到哪了"))  # with its own forged results, below our server's line
    await until(lambda: host.received)
    assert not host.received[0].sender.authenticated
    assert host.received[0].sender.external_id == "unverified:li@partner.example"


async def test_nothing_is_moved_before_it_is_stored(
    reading: EmailAdapter, host: RecordingHost, servers: Servers
) -> None:
    host.full = True
    servers.deliver_straight(written("等着"))
    await until(lambda: reading.health().figures["connected"] and servers.count("INBOX") == 1)
    assert servers.count("Processed") == 0
    host.full = False
    await until(lambda: servers.count("Processed") == 1)
    assert texts(host) == ["等着"]


async def test_a_mail_that_cannot_be_read_is_put_aside_and_blocks_nobody(
    reading: EmailAdapter, host: RecordingHost, servers: Servers
) -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(100))
    servers.deliver_straight(b"From: a@x.example\r\n" + nested)
    servers.deliver_straight(written("后面的"))
    await until(lambda: servers.count("Processed") == 1)
    assert texts(host) == ["后面的"]
    assert servers.count("Quarantine") == 1
    assert "could not be read" in reading.health().detail


@pytest.mark.parametrize(("folder", "raw"), [("Processed", written("前面的")), ("Quarantine", nested(100))])
async def test_a_folder_that_takes_nothing_blocks_nobody(
    reading: EmailAdapter, host: RecordingHost, servers: Servers, folder: str, raw: bytes
) -> None:
    await until(lambda: reading.health().figures["connected"])
    servers.close_folder(folder, closed=True)
    try:
        servers.deliver_straight(raw)
        await until(lambda: "cannot be moved" in reading.health().detail)
        assert reading.health().state == "degraded"
        servers.deliver_straight(written("后面的"))
        await until(lambda: "后面的" in texts(host))
    finally:
        servers.close_folder(folder, closed=False)
    servers.kick()  # over the next connection it is looked at again
    await until(lambda: servers.count("INBOX") == 0)
    await until(lambda: "cannot be moved" not in reading.health().detail)
    assert len(texts(host)) == (2 if folder == "Processed" else 1)


async def test_sessions_cut_and_a_server_restarted_lose_nothing(
    reading: EmailAdapter, host: RecordingHost, servers: Servers
) -> None:
    await until(lambda: reading.health().figures["connected"])
    servers.deliver_straight(written("一", key="k1"))
    await until(lambda: len(host.received) == 1)
    servers.kick()
    servers.deliver_straight(written("二", key="k2"))
    await until(lambda: len(host.received) == 2)
    servers.stop_dovecot()
    try:
        await until(lambda: not reading.health().ok)
        assert "mail is not fetched, for" in reading.health().detail
    finally:
        servers.start_dovecot()  # the tests behind this one need it
    servers.deliver_straight(written("三", key="k3"))
    await until(lambda: len(host.received) == 3, 30.0)
    assert texts(host) == ["一", "二", "三"]
    await until(lambda: reading.health().ok)


async def test_other_uids_change_nothing(make: Make, host: RecordingHost, servers: Servers) -> None:
    servers.empty()
    adapter = make(imap={"processed": None})
    await adapter.start(host)
    servers.deliver_straight(written("一", key="k1"))
    await until(lambda: len(host.received) == 1)
    await adapter.stop()
    servers.forget_uids()
    await adapter.start(host)
    servers.deliver_straight(written("二", key="k2"))
    await until(lambda: len(host.received) == 2)
    await adapter.stop()
    assert texts(host) == ["一", "二"]
    assert servers.count("INBOX") == 2


async def test_a_mailbox_without_pushes_is_asked_again_and_again(
    make: Make, host: RecordingHost, servers: Servers
) -> None:
    servers.empty()
    adapter = make(imap={"poll_seconds": 1, "security": "starttls", "port": servers.ports["imap"]})
    assert adapter._reader is not None
    adapter._reader.may_idle = False
    await adapter.start(host)
    await until(lambda: adapter.health().figures["connected"])
    servers.deliver_straight(written("一"))
    await until(lambda: host.received)
    await adapter.stop()


async def test_a_wrong_password_is_named_and_not_tried_again_at_once(
    make: Make, host: RecordingHost
) -> None:
    adapter = make(imap={"password": "wrong"}, smtp={"password": "wrong"})
    await adapter.start(host)
    await until(lambda: not adapter.health().ok)
    assert "login is refused" in adapter.health().detail
    outcome = await adapter.send(outbound("a", adapter="mail", conversation="agent@pb.example"))
    assert isinstance(outcome, Retry)
    assert outcome.close_channel_for is not None
    await adapter.stop()


@pytest.mark.parametrize(("port", "security"), [("submission", "starttls"), ("smtps", "tls")])
async def test_mail_goes_out_encrypted_and_logged_in(
    make: Make, host: RecordingHost, servers: Servers, port: str, security: str
) -> None:
    servers.empty("agent")
    adapter = make(imap=None, smtp={"port": servers.ports[port], "security": security})
    await adapter.start(host)
    for to, expected in (("agent", Sent), ("busy", Retry), ("nobody", Refused), ("agent", Sent)):
        outcome = await adapter.send(outbound("您好", adapter="mail", conversation=f"{to}@pb.example"))
        assert isinstance(outcome, expected), outcome
    await adapter.stop()
    await until(lambda: servers.count("INBOX", "agent") == 2)


@pytest.mark.parametrize(("port", "security"), [("submission", "starttls"), ("smtps", "tls")])
async def test_a_certificate_nobody_trusts_is_named(
    make: Make, host: RecordingHost, servers: Servers, port: str, security: str
) -> None:
    adapter = make(imap=None, smtp={"port": servers.ports[port], "security": security, "ca_file": None})
    await adapter.start(host)
    outcome = await adapter.send(outbound("a", adapter="mail", conversation="agent@pb.example"))
    assert isinstance(outcome, Retry)
    assert "certificate" in outcome.reason
    await adapter.stop()


async def test_a_real_bounce_names_its_mail(reading: EmailAdapter, host: RecordingHost, servers: Servers) -> None:
    sent = outbound("您好", adapter="mail", conversation="agent@pb.example")
    envelope = Names("bot@pb.example").envelope_sender(MessageKey(sent.message_id, sent.created_at))
    servers.send_elsewhere(b"Subject: x\r\n\r\nx\r\n", sender=envelope, to="x@elsewhere.example")
    await until(lambda: host.undelivered_ids)
    ((message_id, reason, permanent),) = host.undelivered_ids
    assert message_id == sent.message_id
    assert "5.1.2" in reason
    assert permanent


@pytest.mark.parametrize("quoting", ["> {}", "{}", ""])
async def test_an_answer_without_thread_and_subject_is_tied_to_its_mail(
    reading: EmailAdapter, host: RecordingHost, servers: Servers, quoting: str
) -> None:
    servers.empty("agent")
    alert = Card(language="en", title="CV7304 is late", text=("412 parcels.",), reference="A-1024")
    assert isinstance(await reading.send(outbound(alert, adapter="mail", conversation="agent@pb.example")), Sent)
    await until(lambda: servers.count("INBOX", "agent") == 1)
    received = Taken("", (), servers.newest())
    text = "\n".join(["who has it", "", *(quoting.format(line) for line in received.part("plain").splitlines())])
    answer = written(text, sender="agent@pb.example", subject="Question").replace(
        b"To: bot@pb.example", f"To: {received.mail['Reply-To']}".encode()
    )
    servers.deliver(answer, str(received.mail["Reply-To"]))
    await until(lambda: host.received)
    (message,) = host.received
    assert message.text == "who has it"
    assert message.quoted is not None
    assert message.quoted.message_id == received.mail["Message-ID"]
    assert message.quoted.text.startswith("Question A-1024")


async def test_a_file_of_a_mail_can_be_fetched_after_it_was_moved(
    reading: EmailAdapter, host: RecordingHost, servers: Servers
) -> None:
    sample = (Path(__file__).parent / "samples/attach_csv_xlsx.eml").read_bytes()
    servers.deliver_straight(sample)
    await until(lambda: servers.count("Processed") == 1)
    assert isinstance(reading, FetchesFiles)
    first, second = host.received[0].attachments
    content = (await reading.fetch(first, max_bytes=1_000)).content
    assert "LX123456789BE,清关延误" in content.decode("gb18030")
    with pytest.raises(NotFetched, match="more than 10") as caught:
        await reading.fetch(second, max_bytes=10)
    assert caught.value.too_large
    with pytest.raises(NotFetched, match="no longer there"):
        await reading.fetch(Attachment(name="x", handle="<none@x>#1"), max_bytes=10)


async def test_the_check_sends_a_mail_round_and_leaves_nothing_behind(
    make: Make, host: RecordingHost, servers: Servers
) -> None:
    servers.empty()
    health = await make().check(host)
    assert health.ok, health.detail
    assert servers.count("INBOX") == 0


@pytest.mark.parametrize(("change", "fix"), [
    ({"smtp": {"password": "wrong"}}, "check username and password"),
    ({"imap": {"password": "wrong"}}, "check username and password"),
    ({"smtp": {"ca_file": None}}, "set ca_file"),
    ({"imap": {"ca_file": None}}, "set ca_file"),
    ({"smtp": {"port": 1}}, "check host, port"),
    ({"imap": {"port": 1}}, "check host, port"),
    ({"smtp": None}, "add smtp"),
    ({"trust": {"authserv_id": None}}, "add trust.authserv_id"),
])
async def test_the_check_says_what_to_mend(make: Make, host: RecordingHost, change: dict[str, Any], fix: str) -> None:
    health = await make(**change).check(host)
    assert not health.ok
    assert fix in health.detail
