"""An answer finds the mail it answers by the address it comes to, and the line above which it was written."""

from typing import Any

import pytest

from adapters.email import visible_reply
from adapters.email.addresses import Names, thread_of
from adapters.email.receive import Intake
from adapters.email.render import render
from adapters.email.reply_to import LONGEST_LOCAL, Answered, answered, reply_address
from bot.contracts import Card, InboundMessage, MessageKey
from bot.testing import RecordingHost, outbound
from bot.testing.messages import WHEN
from tests.adapters.email.conftest import configuration
from tests.adapters.email.mailbox import Taken, written

NAMES = Names("bot@pb.example")
KEY = MessageKey("0f8fad5b-d9cb-469f-a165-70867728950e", WHEN.replace(microsecond=0))
TOKEN = "bot+r-a1024-0f8fad5bd9cb469fa16570867728950e.6b069580@pb.example"
ALERT = Card(language="zh-Hans", title="清关延误", text=("请补发票。",), reference="A-1024")


def sent(host: RecordingHost, *cards: Card, **more: Any) -> Taken:
    rendered = render(outbound(*cards, adapter="mail", conversation="li@partner.example"), configuration(**more), host,
                      100_000)
    return Taken(rendered.sender, (rendered.recipient,), rendered.data)


async def taken(host: RecordingHost, text: str, to: str, **fields: Any) -> InboundMessage:
    raw = written(text, **{"subject": "一个问题"} | fields).replace(b"To: bot@pb.example", f"To: {to}".encode())
    await Intake(configuration()).take(raw, host, lambda mail, _: mail.message_id)
    return host.received[-1]


async def test_an_answer_without_any_thread_is_tied_to_its_mail(host: RecordingHost) -> None:
    alert = sent(host, ALERT).mail
    message = await taken(host, "谁负责？", alert["Reply-To"])
    assert message.quoted is not None
    assert message.quoted.message_id == alert["Message-ID"]
    assert message.quoted.text == "一个问题 A-1024"
    assert message.reply_route is not None
    thread = thread_of(message.reply_route, "li@partner.example")
    assert thread is not None
    assert thread.references == (alert["Message-ID"],)


async def test_the_address_goes_before_a_tag_in_the_subject(host: RecordingHost) -> None:
    alert = sent(host, ALERT).mail
    message = await taken(host, "谁负责？", alert["Reply-To"], subject="Re: x [PB-C7]", In_Reply_To="<q@else.example>")
    assert message.quoted is not None
    assert (message.quoted.message_id, message.quoted.text) == (alert["Message-ID"], "x A-1024")


async def test_of_a_thread_the_last_mail_of_ours_is_the_one_answered(host: RecordingHost) -> None:
    ours = NAMES.message_id(KEY)
    fields = {"In_Reply_To": "<q@else.example>", "References": f"<a@x> {ours} <b@x>"}
    message = await taken(host, "好", "bot@pb.example", **fields)
    assert message.quoted is not None
    assert message.quoted.message_id == ours


@pytest.mark.parametrize("passed", [True, False])
async def test_a_token_proves_nothing(host: RecordingHost, passed: bool) -> None:
    plain = await taken(host, "LX123456785CN?", "bot@pb.example", sender="x@evil.example", passed=passed)
    forged = await taken(host, "LX123456785CN?", TOKEN, sender="x@evil.example", passed=passed, key="m2")
    assert forged.sender == plain.sender
    assert forged.conversation == plain.conversation
    assert (forged.sender.authenticated, forged.sender.outsider) == (passed, True)
    assert (forged.reply_route is None) is not passed


@pytest.mark.parametrize("address", [
    TOKEN.replace("pb.example", "evil.example"), TOKEN.replace("bot+", "bob+"), TOKEN.replace("r-", "x-", 1),
    TOKEN.replace(".6b069580", ""), TOKEN.replace("0f8f", "zzzz"), TOKEN.replace(".6b069580", ".fffffffffff"),
    "bot+r-@pb.example", "bot+r-a1024@pb.example", "bot@pb.example",
])
def test_an_address_of_others_or_a_broken_one_names_no_mail(address: str) -> None:
    assert answered(NAMES, [address]) is None


@pytest.mark.parametrize("address", [TOKEN, TOKEN.upper(), f"<{TOKEN}>"])
def test_a_token_is_read_whatever_gateways_did_to_its_letters(address: str) -> None:
    assert answered(NAMES, ["x@y.example", address]) == Answered(KEY, "A-1024")


@pytest.mark.parametrize(("address", "reference"), [
    ("bot@pb.example", "A-1024"), ("parcelbridge@pb.example", "A-1024"), ("parcel.desk.brussels@pb.example", ""),
])
def test_a_token_fits_into_an_address(address: str, reference: str) -> None:
    names = Names(address)
    made = reply_address(names, KEY, "A-1024")
    assert made is not None
    assert len(made.partition("@")[0]) <= LONGEST_LOCAL
    assert answered(names, [made]) == Answered(KEY, reference)


@pytest.mark.parametrize(("local", "row"), [("x" * 40, KEY.message_id), ("bot", "no-uuid-at-all")])
def test_where_no_token_fits_there_is_none(local: str, row: str) -> None:
    assert reply_address(Names(f"{local}@pb.example"), MessageKey(row, WHEN), "") is None


async def test_a_mailbox_without_plus_addresses_sends_none(host: RecordingHost) -> None:
    alert = sent(host, ALERT, plus_addresses=False)
    assert alert.mail["Reply-To"] is None
    assert alert.sender == "bot@pb.example"


@pytest.mark.parametrize(("cards", "line"), [
    ((ALERT,), "--- 请在此行以上回复 ---"),
    ((ALERT.model_copy(update={"language": "zh-Hant"}),), "--- 請在此行以上回覆 ---"),
    ((ALERT, Card(language="en", title="Late")), "--- 请在此行以上回复 / reply above this line ---"),
])
async def test_above_everything_we_say_where_to_answer(host: RecordingHost, cards: tuple[Card, ...], line: str) -> None:
    alert = sent(host, *cards)
    assert alert.part("plain").split("\r\n")[:3] == [line, "", "清关延误"]
    html = alert.part("html")
    assert html.index("请补发票。") < html.index(line) < html.index("<b>清关延误</b>")  # phones show what comes first


UNKNOWN = "Hinn 24.11.2026 15:04 skrifaði Parcelbridge <bot@pb.example>:"


@pytest.mark.parametrize("quote", [
    "{}\n{}\n\nlate", "{}\n\n{}\nlate", "{}\n> {}\n> late", "{}\n> > {}\n> > late\n\n",
])
@pytest.mark.parametrize("mark", [
    "--- reply above this line ---", "--- 请在此行以上回复 ---", "--- 請在此行以上回覆 ---",
    "--- 请在此行以上回复 / reply above this line ---", "##- Please type your reply above this line -##",
])
def test_our_line_ends_an_answer_under_words_nobody_knows(mark: str, quote: str) -> None:
    assert visible_reply(f"Takk, 明天补。\n\n{quote.format(UNKNOWN, mark)}") == "Takk, 明天补。"


def test_below_a_quoted_line_of_ours_an_answer_may_stand() -> None:
    text = f"{UNKNOWN}\n> --- reply above this line ---\n> Which address?\n\nRue Haute 20\n"
    assert visible_reply(text) == "Rue Haute 20"


def test_speaking_of_the_line_is_no_quote() -> None:
    text = "I did not see \"reply above this line\" before.\nNow I do."
    assert visible_reply(text) == text
