"""What a mail looks like to servers, to programs and to readers."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from adapters.email.addresses import Names, Thread, reply_route, shortened, thread_of
from adapters.email.headers import decode_words
from adapters.email.html import page
from adapters.email.render import render
from adapters.email.subjects import is_forward, is_reply, push_subject, without_prefixes
from bot.contracts import Action, Card, FetchedFile, Field, File, MessageKey, Step, Table, Tone
from bot.testing import RecordingHost, outbound
from bot.testing.messages import WHEN
from tests.adapters.email.conftest import configuration
from tests.adapters.email.mailbox import Taken

TO = "li@partner.example"
CARD = Card(
    language="zh-Hans", title="LX123456785CN 清关中", tone=Tone.WARNING, text=("今天 14:20 开始进口清关。",),
    fields=(Field(label="航班", value="CV7911"),), timeline=(Step(when="11月24日 10:12", what="到达", where="列日"),),
    table=Table(columns=("单号", "状态"), rows=(("LX123456785CN", "清关中"),)),
    actions=(Action(label="关注", say="关注 LX123456785CN", style="primary"), Action(label="查看", url="https://x.example/t")),
    footer="数据截至 15:02", reference="A-1024",
)


def mail(host: RecordingHost, *cards: Card, **more: Any) -> Taken:
    message = outbound(*(cards or (CARD,)), adapter="mail", conversation=TO, **more)
    rendered = render(message, configuration(), host, 100_000)
    return Taken(rendered.sender, (rendered.recipient,), rendered.data)


async def test_an_alert_has_a_subject_of_its_own_and_can_be_ended(host: RecordingHost) -> None:
    alert = mail(host, subscription=True).mail
    assert alert["Subject"] == "LX123456785CN 清关中 [PB-A1024]"
    assert alert["Auto-Submitted"] == "auto-generated"
    assert alert["X-Auto-Response-Suppress"] == "All"
    assert re.fullmatch(
        r"<https://bridge\.example/unsubscribe/[0-9a-f.-]+>, <mailto:bot@pb\.example\?subject=unsubscribe>",
        alert["List-Unsubscribe"],
    )
    assert alert["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert alert["In-Reply-To"] is None


async def test_an_answer_stands_in_the_thread_of_its_question(host: RecordingHost) -> None:
    thread = Thread(TO, "查询 LX123456785CN", "<q2@x>", ("<q1@x>", "<a1@y>"))
    answer = mail(host, reply_route=reply_route(thread, WHEN), in_reply_to="<q2@x>#12ab").mail
    assert answer["Subject"] == "Re: 查询 LX123456785CN"
    assert answer["In-Reply-To"] == "<q2@x>"
    assert answer["References"].split() == ["<q1@x>", "<a1@y>", "<q2@x>"]
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["List-Unsubscribe"] is None


async def test_an_answer_without_a_route_still_names_its_question(host: RecordingHost) -> None:
    answer = mail(host, in_reply_to="<q2@x>#12ab").mail
    assert (answer["In-Reply-To"], answer["Subject"]) == ("<q2@x>", "Re: LX123456785CN 清关中 [PB-A1024]")


async def test_a_route_to_somebody_else_is_not_taken(host: RecordingHost) -> None:
    route = reply_route(Thread("evil@x.example", "s", "<q@x>", ()), WHEN)
    assert thread_of(route, TO) is None
    assert mail(host, reply_route=route, in_reply_to="<q2@x>#1").mail["Subject"].startswith("Re: LX")


async def test_a_subject_prefix_is_not_repeated(host: RecordingHost) -> None:
    route = reply_route(Thread(TO, "回复：延误", "<q@x>", ()), WHEN)
    assert mail(host, reply_route=route, in_reply_to="<q@x>#1").mail["Subject"] == "回复：延误"


async def test_no_header_can_be_injected(host: RecordingHost) -> None:
    evil = "x\r\nBcc: evil@x.example\r\n\r\nbody"
    route = reply_route(Thread(TO, evil, "<q@x>", ()), WHEN)
    message = outbound(Card(title=evil), adapter="mail", conversation=TO, reply_route=route, in_reply_to="<q@x>#1")
    titled = message.model_copy(update={"conversation": message.conversation.model_copy(update={"title": evil})})
    rendered = render(titled, configuration(from_name=evil), host, 100_000)
    taken = Taken("", (), rendered.data)
    assert taken.mail["Bcc"] is None
    assert set(taken.mail.keys()) <= {
        "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
        "X-Auto-Response-Suppress", "X-Parcelbridge-Loop", "Content-Language", "MIME-Version", "Content-Type",
        "Reply-To",
    }


async def test_lines_are_short_and_nothing_is_eight_bit(host: RecordingHost) -> None:
    lines = mail(host).raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert max(len(line) for line in lines if not line.startswith(b"References")) <= 100
    assert mail(host).raw.isascii()


class Outline(HTMLParser):
    """Checks that every element is closed, and keeps what is linked and loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value or "")
            if name in ("src", "background"):
                self.loaded.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def test_the_html_is_whole_loads_nothing_and_links_to_words(host: RecordingHost) -> None:
    html = mail(host).part("html")
    outline = Outline()
    outline.feed(html)
    assert outline.open == []
    assert outline.loaded == []
    follow, look = outline.links
    assert follow.startswith("mailto:bot@pb.example?subject=Re%3A%20LX123456785CN")
    assert follow.endswith("&body=%E5%85%B3%E6%B3%A8%20LX123456785CN")
    assert look == "https://x.example/t"
    assert '<html lang="zh-Hans">' in html


async def test_both_languages_of_a_bilingual_mail_are_marked(host: RecordingHost) -> None:
    both = mail(host, CARD, Card(language="en", title="LX123456785CN in customs"))
    assert both.mail["Content-Language"] == "zh-Hans, en"
    assert both.mail["Subject"] == "LX123456785CN 清关中 / LX123456785CN in customs [PB-A1024]"
    assert '<div lang="zh-Hans">' in both.part("html")
    assert '<div lang="en">' in both.part("html")


@pytest.mark.parametrize(
    "evil", ["<script>alert(1)</script>", '"><img src=x onerror=1>', "javascript:alert(1)", "&lt;b&gt;"]
)
def test_nothing_in_a_card_becomes_markup(evil: str) -> None:
    card = Card(
        title=evil, text=(evil,), fields=(Field(label=evil, value=evil),), footer=evil,
        timeline=(Step(when=evil, what=evil, where=evil),), table=Table(columns=(evil,), rows=((evil,),)),
        actions=(Action(label=evil, say=evil, url=evil),), files=(File(name=evil, media_type="x/y", reference="r"),),
    )
    html = page([card], first=[evil], write_to="bot@pb.example", subject=evil)
    outline = Outline()
    outline.feed(html)
    assert "<script" not in html
    assert "<img" not in html
    assert all(link.startswith(("mailto:bot@pb.example?", "https://")) for link in outline.links)


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(("name", "media_type", "kind"), [
    ("延误清单.xlsx", SHEET, None), ("a b.csv", "text/csv", None), ("a\r\nBcc: x.csv", "text/csv", None),
    ('say "hi" \\ now.pdf', "application/pdf", None), ("很长的名字" * 12 + ".xlsx", "text/csv", None),
    ("x.bin", "no type at all\r\nBcc: evil@x.example", "application/octet-stream"),
])
async def test_attached_files_have_their_names_and_types_in_every_program(
    host: RecordingHost, name: str, media_type: str, kind: str | None
) -> None:
    card = CARD.model_copy(update={"files": (File(name=name, media_type=media_type, reference="r1"),)})
    files = {"r1": FetchedFile(name, bytes(range(256)), media_type)}
    message = outbound(card, adapter="mail", conversation=TO)
    taken = Taken("", (), render(message, configuration(), host, 100_000, files=files).data)
    (attachment,) = taken.mail.iter_attachments()
    clean = name.replace("\r\n", "")
    assert attachment.get_filename() == clean
    assert decode_words(attachment["Content-Type"].params["name"].encode()) == clean  # as programs of old read it
    assert attachment.get_content_type() == (kind or media_type)
    assert attachment.get_payload(decode=True) == bytes(range(256))
    assert taken.mail["Bcc"] is None
    assert max(map(len, taken.raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(("language", "sentence"), [
    ("en", "Not attached, too large or no longer there: b.xlsx"), ("zh-Hans", "未随信附上（文件过大或已失效）：b.xlsx"),
    ("zh-Hant", "未隨信附上（檔案過大或已失效）：b.xlsx"),
])
async def test_a_file_that_is_not_attached_is_said_not_to_be(
    host: RecordingHost, language: str, sentence: str
) -> None:
    named = tuple(File(name=f"{name}.xlsx", media_type="x/y", reference=name) for name in "ab")
    card = CARD.model_copy(update={"language": language, "files": named})
    message = outbound(card, adapter="mail", conversation=TO)
    files = {"a": FetchedFile("a.xlsx", b"x", "x/y")}
    taken = Taken("", (), render(message, configuration(), host, 100_000, files=files).data)
    for body in (taken.part("plain"), taken.part("html")):
        assert sentence in body
    assert "📎 a.xlsx</p>" in taken.part("html")


async def test_a_file_goes_along(host: RecordingHost) -> None:
    card = CARD.model_copy(update={"files": (File(name="延误清单.csv", media_type="text/csv", reference="r1"),)})
    message = outbound(card, adapter="mail", conversation=TO)
    files = {"r1": FetchedFile("延误清单.csv", b"a,b\r\n", "text/csv")}
    taken = Taken("", (), render(message, configuration(), host, 100_000, files=files).data)
    (attachment,) = taken.mail.iter_attachments()
    assert attachment.get_filename() == "延误清单.csv"
    assert attachment.get_payload(decode=True) == b"a,b\r\n"
    assert "LX123456785CN" in taken.part("plain")


@pytest.mark.parametrize(("subject", "reply", "forward", "rest"), [
    ("Re: a", True, False, "a"), ("RE：a", True, False, "a"), ("回复：延误 [PB-C204]", True, False, "延误"),
    ("答复: Re[2]: a", True, False, "a"), ("Fwd: a", False, True, "a"), ("转发：Re: a", False, True, "a"),
    ("AW: a", True, False, "a"), ("Reply to you", False, False, "Reply to you"), ("回覆：a", True, False, "a"),
    ("Re: WG: a", True, True, "a"), ("轉寄：a", False, True, "a"), ("", False, False, ""),
])
def test_prefixes_of_subjects_are_known(subject: str, reply: bool, forward: bool, rest: str) -> None:
    assert (is_reply(subject), is_forward(subject), without_prefixes(subject)) == (reply, forward, rest)


def test_a_long_title_ends_where_a_word_ends_and_keeps_its_reference() -> None:
    subject = push_subject([Card(title="parcel " * 40, reference="C-204")])
    assert subject.endswith("parcel… [PB-C204]")
    assert len(subject) < 140


def test_long_chains_of_references_keep_the_first_and_the_last() -> None:
    chain = tuple(f"<{n}@x>" for n in range(100))
    assert shortened(chain)[0] == "<0@x>"
    assert shortened(chain)[-1] == "<99@x>"
    assert len(shortened(chain)) == 20


def test_our_names_are_recognised_when_they_come_back() -> None:
    names, key = Names("bot@pb.example"), MessageKey("0f8fad5b-d9cb-469f-a165-70867728950e", WHEN)
    assert names.key_of_message_id(names.message_id(key)) == key
    assert names.bounce_key(["x@y.example", names.envelope_sender(key)]) == key
    assert names.key_of_message_id("<pb.x@evil.example>") is None
    assert names.bounce_key(["bot+b-x@pb.example", "bot@pb.example"]) is None
    assert len(names.envelope_sender(key).split("@")[0]) <= 64
    assert names.is_ours("BOT+abc@pb.example")
    assert not names.is_ours("bot@other.example")


async def test_routes_end(host: RecordingHost) -> None:
    route = reply_route(Thread("a+b@x.example", "主题 & ?", "<q@x>", ("<p@x>",)), WHEN)
    assert route.expires_at - WHEN == timedelta(days=30)
    assert thread_of(route, "a+b@x.example") == Thread("a+b@x.example", "主题 & ?", "<q@x>", ("<p@x>",))
