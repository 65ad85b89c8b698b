"""Hostile mails cost little, are stored or put aside, and never raise anything else."""

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.email.addresses import Names
from adapters.email.authentic import author_of
from adapters.email.automatic import signal_of
from adapters.email.bounces import bounce_of, came_to
from adapters.email.codec import Reading, message_of, said
from adapters.email.limits import Unreadable
from adapters.email.parse import file_of, parse
from bot.contracts import InboundMessage
from bot.testing.messages import WHEN
from tests.adapters.email.bombs import BOMBS, workbook
from tests.adapters.email.conftest import ADDRESS, configuration

SECONDS = 1.0
BYTES = 50 << 20
PUT_ASIDE = {
    "nested", "nested in one boundary", "attached mails", "parts", "encoded words", "headers", "addresses",
    "boundaries",
}
CONFIG = configuration()


def read(raw: bytes) -> InboundMessage:
    """Everything that is done with a mail before it is handed over."""
    mail = parse(raw, CONFIG.max_received_bytes)
    author = author_of(mail.headers, CONFIG.trust, mail.hint)
    text = said(mail)
    signal = signal_of(mail, Names(ADDRESS), text)
    bounce_of(mail, Names(ADDRESS), came_to(mail.headers))
    return message_of(Reading(mail, author, signal, "h"), text, CONFIG, WHEN)


@pytest.mark.parametrize("name", list(BOMBS))
def test_it_costs_less_than_a_second_and_is_never_an_error(name: str) -> None:
    raw = BOMBS[name]()
    began = time.process_time()
    try:
        read(raw)
        aside = False
    except Unreadable:
        aside = True
    assert time.process_time() - began < SECONDS
    assert aside is (name in PUT_ASIDE)


@pytest.mark.parametrize("name", ["one line", "parts", "attributes", "encoded words, short", "workbook"])
def test_it_takes_little_memory(name: str) -> None:
    raw = BOMBS[name]()
    tracemalloc.start()
    try:
        read(raw)
    except Unreadable:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < BYTES


def test_a_mail_larger_than_allowed_is_not_even_looked_at() -> None:
    with pytest.raises(Unreadable, match="larger than 25000000 bytes"):
        parse(b"From: a@x.example\r\n\r\n" + b"x" * 25_000_000, 25_000_000)


def test_an_injected_header_stays_one_line_of_the_subject() -> None:
    assert parse(BOMBS["injected header"](), 1_000_000).subject == "hi Bcc: evil@x.example"


def test_a_workbook_is_carried_over_and_never_unpacked() -> None:
    raw = workbook(1)
    (part,) = parse(raw, 10_000_000).files
    content = file_of(raw, part.index, 10_000_000)
    assert part.name == "list.xlsx"
    assert content is not None
    assert content.startswith(b"PK")
    assert file_of(raw, 99, 10_000_000) is None


PIECES = st.sampled_from([
    b"From: ", b"a@partner.example", b"\r\n", b"\n", b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n",
    b"--b--",
    b"Content-Type: text/html\r\n\r\n", b"<div class=gmail_quote>", b"Content-Transfer-Encoding: base64\r\n",
    b"=?gb2312?B?",
    b"?=", b"Subject: ", b"Authentication-Results: mx.pb.example; dmarc=pass header.from=", b"Date: ",
    b"\xff\xfe", b"\x00",
    "于2026年1月1日周四 08:00写道：".encode(), b"> ", b"Content-Type: message/delivery-status\r\n\r\n",
    b"Content-Type: ", b"charset=", b"filename*=utf-8''%ff", b"References: <", b">", b"\r\n\r\n", b"(", b'"',
])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=12), max_size=30).map(b"".join))
def test_whatever_arrives_is_read_or_put_aside(raw: bytes) -> None:
    try:
        message = read(raw)
    except Unreadable:
        return
    assert message.message_id
    assert message.sender.authenticated in (True, False)
