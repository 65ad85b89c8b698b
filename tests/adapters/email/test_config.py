"""The keys of a mailbox: what is missing, what is refused, and that no secret is shown."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.email import EmailAdapter, EmailConfig
from adapters.email.config import missing
from bot.contracts import Refused
from bot.testing import RecordingHost, outbound

SMTP = {"host": "smtp.example.com", "username": "bot", "password": "very-secret"}
IMAP = {"host": "imap.example.com", "username": "bot", "password": "very-secret"}
TRUST = {"authserv_id": "mx.example.com"}


def config(**more: Any) -> EmailConfig:
    return EmailConfig.model_validate({"name": "mail", "type": "email", "address": "Bot@Example.com"} | more)


@pytest.mark.parametrize(("more", "absent"), [
    ({}, ["smtp"]), ({"smtp": SMTP}, []), ({"smtp": SMTP, "imap": IMAP}, ["trust.authserv_id"]),
    ({"smtp": SMTP, "imap": IMAP, "trust": TRUST}, []), ({"imap": IMAP, "trust": TRUST}, ["smtp"]),
    ({"smtp": SMTP, "listener": {}, "trust": {"check_dkim": True}}, []),
    ({"smtp": SMTP, "imap": IMAP, "trust": {"check_dkim": True}}, ["trust.authserv_id"]),
])
def test_what_is_missing_is_named(more: dict[str, Any], absent: list[str]) -> None:
    assert missing(config(**more)) == absent


@pytest.mark.parametrize(("more", "says"), [
    ({"address": "bot"}, "no plain mail address"), ({"address": "bot+x@example.com"}, "no plain mail address"),
    ({"domains": ["partner"]}, "no mail domain"), ({"imap": IMAP, "listener": {}}, "keep one"),
    ({"smtp": SMTP | {"security": "none"}}, "clear text"), ({"smtp": SMTP | {"security": "ssl"}}, "starttls"),
    ({"smtp": {"host": "x", "username": "bot"}}, "needs a password, or the oauth keys"),
    ({"smtp": {"host": "x", "password": "very-secret"}}, "needs a username"), ({"smtp": SMTP | {"port": 0}}, "port"),
    ({"imap": IMAP | {"idle_seconds": 4000}}, "idle_seconds"), ({"trust": {"position": "below"}}, "above_received"),
    ({"oauth": {"token_url": "http://x.example/token", "client_id": "c"}}, "https://"), ({"max_bytes": 1}, "max_bytes"),
    ({"smtp": SMTP | {"no_such": 1}}, "no_such"),
])
def test_what_cannot_be_is_refused_by_name_and_shows_no_secret(more: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        config(**more)
    assert says in str(caught.value)
    assert "very-secret" not in str(caught.value)


def test_addresses_and_domains_are_kept_in_lower_case() -> None:
    made = config(domains=["@Partner.Example"])
    assert (made.address, made.domain, made.domains) == ("bot@example.com", "example.com", ("partner.example",))


def test_ports_follow_the_kind_of_security() -> None:
    made = config(smtp=SMTP, imap=IMAP)
    assert made.smtp is not None
    assert made.imap is not None
    assert (made.smtp.real_port, made.imap.real_port) == (587, 993)
    assert "very-secret" not in repr(made)


async def test_a_mailbox_that_cannot_send_says_so(host: RecordingHost) -> None:
    adapter = EmailAdapter(config())
    await adapter.start(host)
    outcome = await adapter.send(outbound("a", conversation="li@partner.example"))
    assert isinstance(outcome, Refused)
    assert "smtp" in outcome.reason
    await adapter.stop()
