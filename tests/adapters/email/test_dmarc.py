"""Where we check senders ourselves: what their domains publish, what was signed, and DNS that does not answer."""

import asyncio
import json
import smtplib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from adapters.email import EmailAdapter
from adapters.email.config import Trust
from adapters.email.dmarc import policy_of
from adapters.email.dns import NoAnswer, resolver
from adapters.email.receive import Intake
from bot.testing import RecordingHost
from bot.testing.dns import NameServer
from tests.adapters.email.conftest import ADDRESS, configuration
from tests.adapters.email.mailbox import written

SAMPLES = Path(__file__).parent / "samples"
Zone = dict[str, list[str]]


def of(zone: Zone) -> Callable[[str], Sequence[bytes]]:
    return lambda name: [text.encode() for text in zone.get(name.rstrip("."), ())]


PARTNER = {"_dmarc.partner.example": ["v=DMARC1; p=reject"]}
STRICT = {"_dmarc.partner.example": ["v=DMARC1;p=none; adkim=s"]}
REGISTRY = {"_dmarc.example.bank": ["v=DMARC1; p=none"], "_dmarc.gov.uk": ["v=DMARC1; p=reject; psd=y"]}
SELF = {"_dmarc.a.hosting.example": ["v=DMARC1; p=none; psd=n"], "_dmarc.hosting.example": ["v=DMARC1; p=none"]}


@pytest.mark.parametrize(("zone", "domain", "signer", "allowed"), [
    (PARTNER, "partner.example", "partner.example", True), (PARTNER, "partner.example", "Partner.Example.", True),
    (PARTNER, "mail.partner.example", "partner.example", True),
    (PARTNER, "a.b.partner.example", "b.partner.example", True),
    (PARTNER, "partner.example", "mail.partner.example", False), (PARTNER, "partner.example", "example", False),
    (PARTNER, "a.partner.example", "b.partner.example", False), (PARTNER, "partner.example", "artner.example", False),
    (STRICT, "partner.example", "partner.example", True), (STRICT, "mail.partner.example", "partner.example", False),
    (STRICT, "mail.partner.example", "mail.partner.example", True),
    (PARTNER | {"_dmarc.own.partner.example": ["v=DMARC1; adkim=s"]}, "own.partner.example", "partner.example", False),
    (STRICT | {"_dmarc.own.partner.example": ["v=DMARC1; p=none"]}, "own.partner.example", "partner.example", True),
    (REGISTRY, "tax.gov.uk", "gov.uk", False), (REGISTRY, "mail.tax.gov.uk", "tax.gov.uk", True),
    (SELF, "a.hosting.example", "hosting.example", False), (SELF, "a.hosting.example", "a.hosting.example", True),
    (PARTNER, ".".join(["x"] * 100) + ".partner.example", "partner.example", True),
])
def test_a_signature_counts_as_the_domain_publishes(zone: Zone, domain: str, signer: str, allowed: bool) -> None:
    policy = policy_of(domain, of(zone))
    assert policy is not None
    assert policy.allows(signer) is allowed


@pytest.mark.parametrize("records", [
    [], ["v=spf1 -all"], ["p=reject; v=DMARC1"], ["v=DMARC2; p=none"], ["v=DMARC1; p=none", "v=DMARC1; p=reject"], [""],
    ["\N{SNOWMAN}"],
])
def test_what_is_no_record_is_none(records: list[str]) -> None:
    assert policy_of("partner.example", of({"_dmarc.partner.example": records})) is None


def test_another_text_beside_the_record_does_no_harm() -> None:
    zone = {"_dmarc.partner.example": ["hello", "v=DMARC1; p=none; adkim=r; adkim=s"]}
    policy = policy_of("partner.example", of(zone))
    assert policy is not None
    assert not policy.strict


def test_a_long_name_costs_few_questions() -> None:
    asked: list[str] = []

    def nothing(name: str) -> Sequence[bytes]:
        asked.append(name)
        return ()

    assert policy_of(".".join("abcdefghijklmnop"), nothing) is None
    assert len(asked) == 7
    assert asked[-1] == "_dmarc.o.p"


# ---- real questions, to a name server on loopback ----


async def test_records_are_asked_for_once(name_server: NameServer) -> None:
    name_server.records = {"x.example": ["a" * 600, "b"]}
    txt = resolver([name_server.address])
    for _ in range(2):
        assert sorted(await asyncio.to_thread(txt, "x.example.")) == [b"a" * 600, b"b"]
        assert await asyncio.to_thread(txt, "y.example") == ()
    assert name_server.asked.count("x.example") == 1


@pytest.mark.parametrize("name", ["a..b", "x" * 70 + ".example", "\\", "", "ä" * 300 + ".example"])
async def test_names_that_cannot_be_have_no_records(name_server: NameServer, name: str) -> None:
    name_server.records = {}
    assert await asyncio.to_thread(resolver([name_server.address]), name) == ()


async def test_a_server_that_fails_gives_no_answer(name_server: NameServer) -> None:
    name_server.failing = True
    with pytest.raises(NoAnswer):
        await asyncio.to_thread(resolver([name_server.address]), "x.example")


@pytest.mark.parametrize("server", ["dns.example", "127.0.0.1:0", "127.0.0.1:x", "", "127.0.0.1:70000"])
def test_a_name_server_is_an_address(server: str) -> None:
    with pytest.raises(ValidationError, match="no name server"):
        Trust(nameservers=(server,))
    assert Trust(nameservers=("::1", "192.0.2.53", "127.0.0.1:5353")).nameservers


# ---- whole mails ----


@cache
def key() -> tuple[bytes, str]:
    """A key to sign with, and what is published for it."""
    made = rsa.generate_private_key(public_exponent=65_537, key_size=1024)
    private = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, "v=DKIM1; k=rsa; p=" + "".join(public.decode().splitlines()[1:-1])


def signed(signer: str, sender: str = "li@mail.partner.example") -> bytes:
    raw = written("LX123456785CN?", sender=sender, passed=False)
    covered = [b"from", b"to", b"subject", b"date"]
    field: bytes = dkim.sign(raw, b"s", signer.encode(), key()[0], include_headers=covered)
    return field + raw


def zone_of(signer: str, dmarc: str = "") -> Zone:
    zone = {f"s._domainkey.{signer}": [key()[1]]}
    return zone | ({"_dmarc.partner.example": [dmarc]} if dmarc else {})


async def listening(
    host: RecordingHost, make: Callable[..., EmailAdapter], name_server: NameServer, raw: bytes
) -> None:
    adapter = make(listener={"port": 0}, trust={"check_dkim": True, "nameservers": [name_server.address]})
    await adapter.start(host)
    try:
        await asyncio.to_thread(hand_over, adapter.listening_port or 0, raw)
    finally:
        await adapter.stop()


def hand_over(port: int, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("li@partner.example", [ADDRESS], raw)


@pytest.mark.parametrize(("signer", "dmarc", "believed"), [
    ("mail.partner.example", "v=DMARC1; p=reject; adkim=s", True), ("partner.example", "v=DMARC1; p=reject", True),
    ("partner.example", "v=DMARC1; p=reject; adkim=s", False), ("partner.example", "", True),
    ("evil.example", "v=DMARC1; p=none", False), ("example", "", False),
])
async def test_the_listener_believes_as_the_domain_publishes(
    host: RecordingHost, make: Callable[..., EmailAdapter], name_server: NameServer,
    signer: str, dmarc: str, believed: bool,
) -> None:
    name_server.records = zone_of(signer, dmarc)
    await listening(host, make, name_server, signed(signer))
    assert host.received[0].sender.authenticated is believed


async def test_while_dns_does_not_answer_the_relay_keeps_the_mail(
    host: RecordingHost, make: Callable[..., EmailAdapter], name_server: NameServer
) -> None:
    name_server.failing = True
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        await listening(host, make, name_server, signed("partner.example"))
    assert host.received == []
    name_server.failing, name_server.records = False, zone_of("partner.example", "v=DMARC1; p=none")
    await listening(host, make, name_server, signed("partner.example"))
    assert host.received[0].sender.authenticated


async def test_from_a_mailbox_such_a_mail_is_left_to_a_person(host: RecordingHost, name_server: NameServer) -> None:
    name_server.failing = True
    intake = Intake(configuration(trust={"check_dkim": True, "nameservers": [name_server.address]}))
    await intake.take(signed("partner.example"), host, lambda *_: "")
    assert not host.received[0].sender.authenticated


async def test_nobody_is_asked_for_a_mail_that_bears_no_signature(
    host: RecordingHost, name_server: NameServer
) -> None:
    intake = Intake(configuration(trust={"check_dkim": True, "nameservers": [name_server.address]}))
    await intake.take(written("x", passed=False), host, lambda *_: "")
    assert name_server.asked == []


SIGNED_BY = json.loads((SAMPLES / "dkim_dns.json").read_text())


@pytest.mark.parametrize(("change", "expected"), [
    (lambda raw: raw, True),
    (lambda raw: raw.replace(b"LX123456789BE", b"LX123456788BE"), False),
    (lambda raw: raw.replace(b"wangwei@partner", b"wangwei@bpost"), False),
    (lambda raw: raw.replace(b"s=s1;", b"s=s2;"), False),
    (lambda raw: raw.replace(b"DKIM-Signature: v=1;", b"DKIM-Signature: v=1; l=1;"), False),
    (lambda raw: b"From: ceo@partner.example\r\n" + raw, False),
    (lambda raw: b"DKIM-Signature: nonsense\r\n" + raw, True),
])
async def test_what_was_changed_after_signing_is_not_believed(
    host: RecordingHost, change: Callable[[bytes], bytes], expected: bool
) -> None:
    zone = {name.rstrip("."): [text] for name, text in SIGNED_BY.items()}
    intake = Intake(configuration(trust={"check_dkim": True}), txt=of(zone))
    await intake.take(change((SAMPLES / "dkim_signed.eml").read_bytes()), host, lambda *_: "")
    assert host.received[0].sender.authenticated is expected
