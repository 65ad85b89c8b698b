"""Whose word on the sender is taken: exactly the configured server's, above its own line, for exactly one author."""

import pytest

from adapters.email.authentic import author_of, is_aligned
from adapters.email.config import Trust
from adapters.email.parse import parse
from tests.adapters.email.mailbox import BY_MX

TRUST = Trust(authserv_id="mx.pb.example")
PASS = "Authentication-Results: mx.pb.example; dmarc=pass header.from=partner.example\r\n"
FROM = "From: Li <li@partner.example>\r\n"


def believed(head: str, trust: Trust = TRUST) -> bool:
    mail = parse(f"{head}Subject: x\r\n\r\nx".encode(), 1_000_000)
    return author_of(mail.headers, trust, mail.hint).authenticated


@pytest.mark.parametrize("results", [
    "mx.pb.example; dmarc=pass header.from=partner.example",
    "MX.pb.example; dmarc=pass (p=reject dis=none) header.from=Partner.Example",
    "mx.pb.example 1; spf=fail smtp.mailfrom=x.example; dmarc=pass header.from=partner.example",
    "mx.pb.example;\r\n dkim=pass header.d=partner.example header.s=s1;\r\n dmarc=pass header.from=partner.example",
    "mx.pb.example; dkim=pass header.d=partner.example",
    "mx.pb.example; dkim=pass header.i=@partner.example",
])
def test_it_is_believed(results: str) -> None:
    assert believed(f"Authentication-Results: {results}\r\n{BY_MX}{FROM}")


@pytest.mark.parametrize("results", [
    "mx.evil.example; dmarc=pass header.from=partner.example",
    "mx.pb.example.evil.example; dmarc=pass header.from=partner.example",
    "mx.pb.example; dmarc=pass header.from=evil.example",
    "mx.pb.example; dmarc=none header.from=partner.example",
    "mx.pb.example; dmarc=temperror header.from=partner.example",
    "mx.pb.example; dmarc=fail header.from=partner.example; dkim=pass header.d=partner.example",
    "mx.pb.example; spf=pass smtp.mailfrom=partner.example",
    "mx.pb.example; dkim=pass header.d=evil.example",
    "mx.pb.example; dkim=pass header.d=example",
    "mx.pb.example; none",
    "=?utf-8?q?mx.pb.example?=; dmarc=pass header.from=partner.example",
    "mx.pb.example (; dmarc=pass header.from=partner.example",
    "", "mx.pb.example", "mx.pb.example; dmarc", "mx.pb.example; dmarc=pass", "\udcff",
])
def test_it_is_not_believed(results: str) -> None:
    head = f"Authentication-Results: {results}\r\n{BY_MX}{FROM}".encode("utf-8", "surrogateescape")
    mail = parse(head + b"\r\nx", 1_000_000)
    assert not author_of(mail.headers, TRUST).authenticated


@pytest.mark.parametrize("head", [
    f"{BY_MX}{PASS}{FROM}",  # below our server's line: the sender wrote it
    f"{PASS}{FROM}",  # our server's line is not there at all
    f"{PASS}Received: from a by other.example; x\r\n{FROM}",
    f"Received: from a by other.example (x [1.2.3.4]) by mx.pb.example; x\r\n{PASS}{BY_MX}{FROM}",  # greeted so
    f"Received: from by by mx.pb.example; x\r\n{PASS}{BY_MX}{FROM}",
    f"{PASS}{BY_MX}{FROM}{FROM}",
    f"{PASS}{BY_MX}From: li@partner.example, ceo@bpost.example\r\n",
    f"{PASS}{BY_MX}From: li@partner.example <x@evil.example>\r\n",
    f"{PASS}{BY_MX}From: <li@partner.example> <x@evil.example>\r\n",
    f"{PASS}{BY_MX}From: undisclosed\r\n", f"{PASS}{BY_MX}", f"{PASS}{BY_MX}From: \r\n",
    f"{PASS}{BY_MX}From: \"li@partner.example\" <x@evil.example>\r\n",
    f"{PASS}{BY_MX}Sender: li@partner.example\r\nFrom: x@evil.example\r\nReply-To: li@partner.example\r\n",
])
def test_a_header_that_was_played_with_is_not_believed(head: str) -> None:
    assert not believed(head)


def test_lines_of_our_own_inner_servers_may_stand_above() -> None:
    inner = "Received: from mx.pb.example by mailbox.pb.example with LMTP; x\r\n"
    assert believed(f"{inner}{PASS}{BY_MX}{FROM}")


def test_the_place_can_be_left_open_but_never_the_name() -> None:
    anywhere = Trust(authserv_id="mx.pb.example", position="anywhere")
    assert believed(f"{BY_MX}{PASS}{FROM}", anywhere)
    assert not believed(f"{BY_MX}{PASS.replace('mx.pb', 'mx.evil')}{FROM}", anywhere)


def test_without_a_trusted_server_nobody_is_believed() -> None:
    assert not believed(f"{PASS}{BY_MX}{FROM}", Trust())


def test_the_border_may_have_another_name_than_its_word() -> None:
    trust = Trust(authserv_id="mx.pb.example", border="edge.pb.example")
    by_edge = BY_MX.replace("by mx.pb.example", "by edge.pb.example")
    assert believed(f"{PASS}{by_edge}{FROM}", trust)
    assert not believed(f"{PASS}{BY_MX}{FROM}", trust)


@pytest.mark.parametrize(("signer", "domain", "aligned"), [
    ("partner.example", "partner.example", True), ("partner.example", "mail.partner.example", True),
    ("mail.partner.example", "partner.example", False), ("PARTNER.example", "partner.example", True),
    ("com.cn", "partner.com.cn", False), ("cn", "partner.cn", False), ("artner.example", "partner.example", False),
    ("partner.com.cn", "mail.partner.com.cn", True), ("co.uk", "x.co.uk", False), ("", "partner.example", False),
])
def test_a_signature_speaks_for_its_own_organisation_only(signer: str, domain: str, aligned: bool) -> None:
    assert is_aligned(signer, domain) is aligned


ARC = (
    "Authentication-Results: mx.pb.example; arc=pass; dmarc=fail header.from=partner.example\r\n"
    f"{BY_MX}"
    "ARC-Seal: i=1; a=rsa-sha256; d=gateway.example; s=s; cv={cv}; b=x\r\n"
    "ARC-Authentication-Results: i=1; gateway.example; dmarc={dmarc} header.from=partner.example\r\n"
)


@pytest.mark.parametrize(("sealers", "cv", "dmarc", "expected"), [
    (("gateway.example",), "none", "pass", True), (("gateway.example",), "pass", "pass", True),
    (("gateway.example",), "fail", "pass", False), (("gateway.example",), "none", "fail", False),
    (("other.example",), "none", "pass", False), ((), "none", "pass", False),
])
def test_only_named_gateways_may_vouch_by_arc(
    sealers: tuple[str, ...], cv: str, dmarc: str, expected: bool
) -> None:
    trust = Trust(authserv_id="mx.pb.example", arc_sealers=sealers)
    assert believed(ARC.format(cv=cv, dmarc=dmarc) + FROM, trust) is expected
