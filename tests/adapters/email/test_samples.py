"""Sixty-two sample mails: what was said, who vouches for it, what no person wrote, what came back."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.email.addresses import Names
from adapters.email.authentic import author_of
from adapters.email.automatic import Kind, signal_of
from adapters.email.bounces import bounce_of, came_to
from adapters.email.codec import evidence, said
from adapters.email.config import Trust
from adapters.email.html_text import text_of_html
from adapters.email.parse import Mail, parse
from adapters.email.replies import visible_reply

SAMPLES = Path(__file__).parent / "samples"
INDEX: dict[str, dict[str, Any]] = json.loads((SAMPLES / "index.json").read_text())
NAMES = Names("bot@pb.example")
TRUST = Trust(authserv_id="mx.pb.example")
SIGNALS = {
    "Auto-Submitted": "auto-submitted", "subject": "subject", "Return-Path <>": "return-path <>", "List-Id": "list-id",
    "own mail came back": "own mail came back",
}


def read(name: str) -> Mail:
    return parse((SAMPLES / f"{name}.eml").read_bytes(), 25_000_000)


def having(key: str) -> list[Any]:
    return [pytest.param(name, expected, id=name) for name, expected in INDEX.items() if key in expected]


def of_kind(*kinds: str) -> list[Any]:
    return [pytest.param(name, expected, id=name) for name, expected in INDEX.items() if expected["kind"] in kinds]


@pytest.mark.parametrize(("name", "expected"), having("reply"))
def test_what_the_writer_added_is_found(name: str, expected: dict[str, Any]) -> None:
    mail = read(name)
    text = text_of_html(mail.html) if expected.get("html_only") else mail.plain
    assert visible_reply(text, keep_signature=True) == expected["reply"]


@pytest.mark.parametrize(("name", "expected"), having("reply_without_device_line"))
def test_a_line_of_the_device_is_no_word_of_the_writers(name: str, expected: dict[str, Any]) -> None:
    found = visible_reply(read(name).plain)
    assert found
    assert expected["reply_without_device_line"].startswith(found)  # a signature goes too


@pytest.mark.parametrize(("name", "expected"), [case for case in having("case") if "bounce" not in str(case.id)])
def test_the_thread_names_its_case(name: str, expected: dict[str, Any]) -> None:
    mail = read(name)
    assert evidence(mail, NAMES, came_to(mail.headers)) == expected["case"]


@pytest.mark.parametrize(("name", "expected"), having("authenticated"))
def test_only_our_own_servers_word_on_the_sender_counts(name: str, expected: dict[str, Any]) -> None:
    author = author_of(read(name).headers, TRUST)
    assert author.authenticated is expected["authenticated"], author.why
    if "from_addr" in expected:
        assert author.mailbox is not None
        assert author.mailbox.address == expected["from_addr"]


@pytest.mark.parametrize(("name", "expected"), of_kind("auto"))
def test_mail_no_person_wrote_is_recognised_by_its_sign(name: str, expected: dict[str, Any]) -> None:
    mail = read(name)
    signal = signal_of(mail, NAMES, said(mail))
    assert signal is not None
    assert signal.rule.startswith(SIGNALS[expected["signal"]]) or signal.rule == expected["signal"]
    assert expected.get("reason", "") in signal.rule


@pytest.mark.parametrize(("name", "expected"), of_kind("outbound"))
def test_what_we_wrote_is_known_as_ours_when_it_comes_back(name: str, expected: dict[str, Any]) -> None:
    mail = read(name)
    signal = signal_of(mail, NAMES, said(mail))
    assert signal is not None
    assert signal.kind is Kind.OWN


def test_every_sample_is_named_in_the_index_with_a_kind_that_is_tested() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == set(INDEX)
    assert len(INDEX) == 62
    assert {one["kind"] for one in INDEX.values()} == {"human", "reply", "auto", "bounce", "outbound"}


@pytest.mark.parametrize(("name", "expected"), of_kind("human", "reply"))
def test_mail_of_people_is_taken_for_nothing_else(name: str, expected: dict[str, Any]) -> None:
    mail = read(name)
    assert signal_of(mail, NAMES, said(mail)) is None


@pytest.mark.parametrize(("name", "expected"), of_kind("bounce"))
def test_bounces_are_no_persons_either(name: str, expected: dict[str, Any]) -> None:
    mail = read(name)
    signal = signal_of(mail, NAMES, said(mail))
    assert signal is not None
    assert signal.kind in (Kind.AUTO, Kind.REPORT)


@pytest.mark.parametrize(("name", "expected"), having("subject"))
def test_subjects_are_read_however_they_are_labelled(name: str, expected: dict[str, Any]) -> None:
    assert read(name).subject == expected["subject"]


@pytest.mark.parametrize(("name", "expected"), having("attachments"))
def test_files_are_listed_by_their_names(name: str, expected: dict[str, Any]) -> None:
    assert [part.name for part in read(name).files] == expected["attachments"]


@pytest.mark.parametrize(("name", "expected"), having("tracking"))
def test_the_number_asked_about_is_in_what_is_handed_over(name: str, expected: dict[str, Any]) -> None:
    assert all(number in said(read(name)) for number in expected["tracking"])


def test_a_raw_name_of_the_sender_is_read_as_what_it_is() -> None:
    mail = read("charset_raw_gbk_headers")
    author = author_of(mail.headers, TRUST, mail.hint)
    assert author.mailbox is not None
    assert author.mailbox.name == INDEX["charset_raw_gbk_headers"]["from_name"]


def test_outlooks_own_wrapping_and_logos_are_no_files() -> None:
    assert read("winmail_dat").files == []
    assert read("inline_image_cid").files == []


BOUNCED = ("status", "hard", "recipient")
KEY = "0f8fad5b-d9cb-469f-a165-70867728950e.69565f80"


def bounced(name: str) -> Any:
    """The sample, as if our mail had carried one of our own keys."""
    raw = (SAMPLES / f"{name}.eml").read_bytes()
    for old, new in ((b"pb.7q2k.1@", f"pb.{KEY}@"), (b"bot+b-PB7Q2K@", f"bot+b-{KEY}@")):
        raw = raw.replace(old, new.encode())
    if name == "bounce_aliyun_style":  # the original is a base64 part there
        import base64
        inner = base64.encodebytes(f"From: a\nMessage-ID: <pb.{KEY}@pb.example>\n\nx\n".encode())
        head, _, rest = raw.partition(b"RnJvb")
        raw = head + inner + b"--ALI--\n" + rest[:0]
    mail = parse(raw, 1_000_000)
    return bounce_of(mail, NAMES, came_to(mail.headers))


@pytest.mark.parametrize(("name", "expected"), of_kind("bounce"))
def test_a_report_says_which_mail_came_back_and_how_bad_it_is(name: str, expected: dict[str, Any]) -> None:
    bounce = bounced(name)
    if name in ("bounce_dsn_delayed", "bounce_dsn_full_mailbox") and bounce is None:
        pytest.fail("names its mail")
    assert bounce is not None
    assert str(bounce.key) == KEY
    assert bounce.failed is (expected.get("action") != "delayed")
    assert bounce.permanent is expected.get("hard", False)
    assert bounce.status == expected.get("status", bounce.status)
    assert bounce.recipient == expected.get("recipient", bounce.recipient)


def test_a_report_that_names_no_mail_of_ours_says_nothing() -> None:
    mail = read("bounce_dsn_hard")
    assert bounce_of(mail, NAMES, came_to(mail.headers)) is None
