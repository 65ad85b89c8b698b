"""What a reader in DingTalk sees, and that it always fits."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dingtalk.render import MAX_BUTTONS, render
from bot.contracts import Action, Card, ConversationKind, Field, File, OutboundMessage, Step, Table
from bot.testing import outbound
from bot.testing.dingtalk_bodies import effective_mentions, problem, shown
from tests.adapters.dingtalk.samples import names, sample

LIMIT = 18_000
PARCEL = Card(
    language="zh-Hans",
    title="LX123456785CN · 清关中（列日）",
    text=("今天 14:20（北京时间）开始进口清关", "航班 CV7911 昨天 22:05 到达列日，晚点 3 小时"),
    fields=(Field(label="下一步", value="放行后交 bpost 派送"),),
    timeline=(
        Step(when="11月25日 14:20", what="开始清关", where="列日"), Step(when="11月26日", what="放行", done=False),
    ),
    actions=(Action(label="轨迹", say="轨迹 LX123456785CN"), Action(label="转人工", say="人工 LX123456785CN")),
    footer="数据截至 15:02",
)
LATE = Card(
    language="en", title="Late: flight CV7911, 12,034 parcels",
    table=Table(columns=("Parcel", "Late by", "Country"), more="and {n} more",
                rows=tuple((f"LX{n:09}CN", f"{n} h", "BE") for n in range(12_034))),
    footer="as of 15:02", reference="A-1024",
)


def group(*cards: Card, **more: Any) -> OutboundMessage:
    return outbound(*cards, adapter="dingtalk", conversation="cidG==", kind=ConversationKind.GROUP, **more)


def body(message: OutboundMessage, limit: int = LIMIT, **more: Any) -> dict[str, Any]:
    raw = render(message, limit, **more)
    assert len(raw) <= limit
    made: dict[str, Any] = json.loads(raw)
    assert problem(made) is None
    return made


def test_a_parcel_card_reads_from_the_most_important_line_down() -> None:
    made = body(group(PARCEL))
    assert made["markdown"]["title"] == "LX123456785CN · 清关中（列日）"
    assert made["markdown"]["text"] == (
        "#### LX123456785CN · 清关中（列日）\n\n"
        "今天 14:20（北京时间）开始进口清关  \n  航班 CV7911 昨天 22:05 到达列日，晚点 3 小时\n\n"
        "- 下一步：放行后交 bpost 派送\n\n"
        "● 11月25日 14:20 开始清关 · 列日  \n  ○ 11月26日 放行\n\n"
        "〔轨迹 LX123456785CN〕  \n  转人工：〔人工 LX123456785CN〕\n\n"
        "> 数据截至 15:02"
    )


def test_a_table_becomes_a_list_and_says_what_is_hidden() -> None:
    text = body(group(LATE))["markdown"]["text"]
    assert "Parcel · Late by · Country\n\n- LX000000000CN · 0 h · BE\n- LX000000001CN" in text
    assert "|" not in text
    assert f"and {12_034 - text.count('- LX')} more" in text
    assert "> A-1024 · as of 15:02" in text


def test_a_shortened_timeline_says_how_many_steps_are_hidden() -> None:
    steps = tuple(Step(when=f"day {n}", what="scanned " * 20) for n in range(200))
    text = body(group(Card(title="LX1", timeline=steps, timeline_more="{n} earlier scans")))["markdown"]["text"]
    assert f"{200 - text.count('●')} earlier scans" in text
    assert "{n}" not in text


def test_plain_sentences_travel_as_text_so_that_nothing_needs_escaping() -> None:
    made = body(group(Card(text=("您好！*请*发单号 @all", "https://evil.example"))))
    assert made == {"msgtype": "text", "text": {"content": "您好！*请*发单号 @\u200ball\nhttps:\u200b//evil.example"}}


def test_two_languages_come_in_one_message() -> None:
    made = body(group(PARCEL, LATE))
    text = made["markdown"]["text"]
    assert text.index("#### LX123456785CN") < text.index("#### Late: flight CV7911")
    assert made["markdown"]["title"] == "LX123456785CN · 清关中（列日） / Late: flight CV7911, 12,034 parcels"


def test_mentions_are_in_the_text_and_in_the_list_as_recorded() -> None:
    made = body(group(PARCEL, mention=("manager8821", "manager8821", "outsider/$:x", f"{'d' * 9}/staff", "a%20b")))
    assert made["at"] == {"atUserIds": ["manager8821"], "isAtAll": False}
    assert effective_mentions(made) == ["manager8821"]
    assert made["markdown"]["text"].startswith("#### LX123456785CN · 清关中（列日）  \n  @manager8821\n\n")
    plain = body(group(Card(text=("RB123456785CN：已离开列日枢纽",)), mention=("manager8821",)))
    assert plain == sample("reply_text") | {"text": {"content": "@manager8821 RB123456785CN：已离开列日枢纽"}}


def test_nobody_is_mentioned_in_a_conversation_of_two_and_never_everybody() -> None:
    made = body(outbound(PARCEL, mention=("manager8821",)))
    assert "at" not in made
    assert not body(group(PARCEL, mention=("all", "manager1")))["at"]["isAtAll"]
    many = body(group(PARCEL, mention=tuple(f"m{n}" for n in range(80))))
    assert len(many["at"]["atUserIds"]) == 50


def test_an_address_becomes_a_button_in_the_recorded_shapes() -> None:
    one = Action(label="查看清单", url="https://track.example/a")
    two = Action(label="补充地址", url="https://track.example/b")
    single = body(group(PARCEL.model_copy(update={"actions": (one,)})))
    assert set(single["actionCard"]) == set(sample("reply_actioncard_single")["actionCard"])
    assert (single["actionCard"]["singleTitle"], single["actionCard"]["singleURL"]) == ("查看清单", one.url)
    several = body(group(PARCEL.model_copy(update={"actions": (one, two, one)})))
    assert set(several["actionCard"]) == set(sample("reply_actioncard_multi")["actionCard"])
    assert several["actionCard"]["btns"] == [
        {"title": "查看清单", "actionURL": one.url}, {"title": "补充地址", "actionURL": two.url}]
    many = tuple(Action(label=f"{n}", url=f"https://track.example/{n}") for n in range(20))
    assert len(body(group(PARCEL.model_copy(update={"actions": many})))["actionCard"]["btns"]) == MAX_BUTTONS


@pytest.mark.parametrize("url", ["javascript:alert(1)", "dingtalk://x", "file:///etc/passwd", "HTTPS"])
def test_an_address_no_client_should_open_is_no_button(url: str) -> None:
    assert body(group(PARCEL.model_copy(update={"actions": (Action(label="x", url=url),)})))["msgtype"] == "markdown"


def test_a_second_copy_is_marked_in_the_readers_language() -> None:
    assert "（重发）" in shown(body(group(PARCEL, resent=True)))
    assert "(resent)" in shown(body(group(LATE, resent=True)))
    assert shown(body(group(Card(text=("hello",)), resent=True))) == "(resent) hello"


def test_a_custom_robots_keyword_is_added_where_it_is_missing() -> None:
    assert body(group(PARCEL), keyword="包裹")["markdown"]["text"].endswith("\n\n包裹")
    assert "清关" not in body(group(PARCEL), keyword="清关")["markdown"]["text"].rpartition("\n\n")[2]


def test_the_key_against_second_copies_is_ours_and_only_for_custom_robots() -> None:
    message = group(PARCEL)
    assert body(message, msg_uuid=message.message_id)["msgUuid"] == message.message_id
    assert "msgUuid" not in body(message)


def test_a_file_is_named() -> None:
    card = PARCEL.model_copy(update={"files": (File(name="清单.xlsx", media_type="x/y", reference="r"),)})
    assert "📎 清单.xlsx" in body(group(card))["markdown"]["text"]


def test_data_of_parcels_and_people_cannot_add_links_mentions_or_headings() -> None:
    evil = "[点我](https://evil.example) @all\n# big"
    card = Card(
        language="zh-Hans", title=evil, text=(evil,), fields=(Field(label=evil, value=evil),),
        timeline=(Step(when=evil, what=evil, where=evil),), table=Table(columns=(evil,), rows=((evil,),)),
        actions=(Action(label=evil, say=evil),), footer=evil,
    )
    made = body(group(card))
    everything = shown(made)
    assert "](" not in everything
    assert "@all" not in everything
    assert "://" not in everything
    assert "\n# big" not in everything


@pytest.mark.parametrize("name", names("reply_"))
def test_every_recorded_reply_is_a_body_the_fake_takes_as_the_platform_does(name: str) -> None:
    recorded = sample(name)
    assert (problem(recorded) is None) == (recorded["msgtype"] != "empty")


def test_the_last_resort_cuts_at_the_end_and_never_inside_a_number() -> None:
    told = "，".join(f"LX{n:09}CN" for n in range(4_000))
    for card in (Card(text=(told,)), Card(title="x", text=(told, told)), Card(title=told, footer=told),
                 Card(title="x", fields=tuple(Field(label="号", value=told[:13_999]) for _ in range(30)))):
        made = shown(body(group(card, card.model_copy(update={"language": "zh-Hans"})), 4_000))
        numbers = [piece for line in made.replace("…", "").splitlines() for piece in line.split("，") if "LX" in piece]
        assert all(piece[-2:] == "CN" for piece in numbers)
        assert "…" in made or "LX" not in made


TEXTS = st.text(max_size=300) | st.sampled_from(["half \ud800", "包裹" * 5_000, "\0", "- " * 3_000])
CARDS = st.builds(
    Card, language=st.sampled_from(["en", "zh-Hans", "zh-Hant"]), title=TEXTS,
    text=st.lists(TEXTS, max_size=5).map(tuple),
    fields=st.lists(st.builds(Field, label=TEXTS, value=TEXTS), max_size=4).map(tuple),
    timeline=st.lists(st.builds(Step, when=TEXTS, what=TEXTS, where=TEXTS), max_size=5).map(tuple),
    actions=st.lists(st.builds(Action, label=TEXTS, say=TEXTS), max_size=3).map(tuple), footer=TEXTS,
    reference=st.sampled_from(["", "A-1024"]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(CARDS, min_size=1, max_size=2), st.sampled_from([2_000, 6_000, LIMIT]), st.booleans())
def test_every_card_fits_every_limit(cards: list[Card], limit: int, resent: bool) -> None:
    raw = render(group(*cards, mention=("m1",), resent=resent), limit, keyword="包裹")
    assert len(raw) <= limit
    assert "包裹" in shown(json.loads(raw))


def test_without_a_title_the_mention_stands_before_the_first_sentence() -> None:
    card = Card(language="zh-Hans", text=("未查到单号。", "请核对。"), actions=(Action(label="转人工", say="转人工"),))
    text = body(group(card, mention=("m1",)))["markdown"]["text"]
    assert text == "@m1 未查到单号。  \n  请核对。\n\n〔转人工〕"
