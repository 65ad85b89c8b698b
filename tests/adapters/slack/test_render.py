"""Cards as Block Kit: everything can be read, nothing acts, no limit of the platform is passed."""

import json
import string
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, HeaderBlock, SectionBlock

from adapters.slack.cards import card_blocks
from adapters.slack.mrkdwn import ZERO_WIDTH, bold, escape, inline, link
from adapters.slack.render import MAX_BLOCK_CHARACTERS, at_most, render, weight
from bot.contracts import Action, Card, ConversationKind, Field, File, Step, Table
from bot.testing import outbound
from bot.testing.slack_blocks import refusal, shown
from tests.adapters.slack.samples import sample

LIMIT = 36_000
FULL = Card(
    language="zh-Hans", title="LX123456785CN · 清关中（列日）",
    text=("今天 14:20 开始进口清关", "航班 CV7911 晚点 3 小时"),
    fields=(Field(label="目的国", value="德国"), Field(label="承诺", value="11月27日")),
    timeline=(Step(when="11月24日 22:05", what="到达枢纽", where="列日"), Step(when="", what="放行", done=False)),
    timeline_more="还有 {n} 条", timeline_hidden=3,
    table=Table(columns=("单号", "状态"), rows=(("LX123456785CN", "清关中"),), more="还有 {n} 件", hidden=2),
    actions=(Action(label="关注", say="关注 LX123456785CN", style="primary"),
             Action(label="官网", url="https://track.example/?a=1&b=2"), Action(label="取消", say="x" * 2_001)),
    files=(File(name="清单.xlsx", media_type="application/x", reference="f1"),),
    footer="数据截至 15:02", reference="A-1024",
)


def content(*cards: Card, **more: Any) -> dict[str, Any]:
    return render(outbound(*cards, adapter="slack", conversation="T1/C1", **more), LIMIT)


def test_a_full_card_shows_every_part_in_its_order() -> None:
    made = content(FULL)
    assert refusal(made) is None
    assert [block["type"] for block in made["blocks"]] == [
        "header", "section", "section", "section", "section", "section", "section", "actions", "context",
    ]
    assert shown(made).split("\n") == [
        "LX123456785CN · 清关中（列日）", "今天 14:20 开始进口清关", "航班 CV7911 晚点 3 小时",
        "*目的国*", "德国", "*承诺*", "11月27日",
        "● 11月24日 22:05 到达枢纽 · 列日", "○ 放行", "还有 3 条", "*单号 · 状态*", "• LX123456785CN · 清关中",
        "还有 2 件", "📎 清单.xlsx", f"取消：〔{'x' * 2_001}〕", "关注", "官网", "A-1024 · 数据截至 15:02",
    ]
    assert made["text"].startswith("LX123456785CN · 清关中（列日） · 今天 14:20 开始进口清关 · ")
    assert made["text"].endswith(" · 德国 · 11月27日")


def test_the_official_models_find_nothing_wrong() -> None:
    models: dict[str, type[Block]] = {
        "header": HeaderBlock, "section": SectionBlock, "actions": ActionsBlock, "context": ContextBlock,
    }
    for block in content(FULL)["blocks"]:
        made = models[block["type"]](**{key: value for key, value in block.items() if key != "type"})
        made.validate_json()


def test_the_recorded_card_is_one_the_stand_in_takes_too() -> None:
    recorded = sample("out_parcel_card")
    assert refusal(recorded) is None
    assert "LX123456789BE" in shown(recorded)


@pytest.mark.parametrize(("data", "shown_as"), [
    ("a & b", "a &amp; b"), ("<!channel>", "&lt;!channel&gt;"),
    ("<https://evil|bpost.be>", f"&lt;https:{ZERO_WIDTH}//evil|bpost.be&gt;"),
    ("*bold*", f"*{ZERO_WIDTH}bold*"), ("_x_ ~y~ `z`", f"_{ZERO_WIDTH}x_ ~{ZERO_WIDTH}y~ `{ZERO_WIDTH}z`{ZERO_WIDTH}"),
    ("> quote", f"{ZERO_WIDTH}&gt; quote"), ("LX_123_CN", "LX_123_CN"), ("3 * 4", "3 * 4"), ("10:30:45", "10:30:45"),
    (":smile:", f":{ZERO_WIDTH}smile:"), ("@here", f"@{ZERO_WIDTH}here"), ("a@b.example", f"a@{ZERO_WIDTH}b.example"),
    ("a\u202eb\x00c", "a b c"), ("\ud800", ""), ("&amp;", "&amp;amp;"), ("", ""),
])
def test_data_never_acts(data: str, shown_as: str) -> None:
    assert escape(data) == shown_as


def test_links_and_bold_of_ours_cannot_be_broken_out_of() -> None:
    assert link("https://a.example/?x=1&y=<|>", "a|b>c") == "<https://a.example/?x=1&amp;y=&lt;%7C&gt;|a¦b&gt;c>"
    assert bold("a*b\nc") == "*a∗b c*"
    assert inline("a\n b") == "a b"


def marked_up(part: Any) -> Iterator[str]:
    """Every text the platform reads markup in; in a `plain_text`, such as a header, it finds none."""
    if isinstance(part, dict) and part.get("type") == "mrkdwn":
        yield part["text"]
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from marked_up(inner)


@example("<@U1> <!channel> <https://evil.example|x>")
@given(st.text())
@settings(deadline=None)
def test_nothing_a_card_holds_becomes_an_entity(text: str) -> None:
    made = content(Card(title=text, text=(text,), fields=(Field(label=text, value=text),), footer=text))
    for marked in (made["text"], *marked_up(made.get("blocks"))):
        for entity in ("<!", "<@", "<http"):
            assert entity not in marked


@pytest.mark.parametrize("card", [
    Card(title="t" * 151), Card(title="标" * 5_000), Card(text=("word " * 5_000,)), Card(text=("&" * 20_000,)),
    Card(text=("长" * 50_000,)), Card(text=("line\n" * 3_000,)), Card(footer="f" * 9_000),
    Card(fields=tuple(Field(label="l" * 50, value="v" * 100) for _ in range(120))),
    Card(fields=(Field(label="l", value="&" * 1_900),)), Card(fields=(Field(label="l", value="v" * 30_000),)),
    Card(text=("a",), actions=tuple(Action(label=f"b{n}" * 40, say=f"s{n}") for n in range(80))),
    Card(text=("a",), actions=(Action(label="x", url="https://a.example/" + "y" * 4_000),)),
    Card(text=("a",), actions=(Action(label="", say="only said"), Action(label="only label"))),
    Card(timeline=tuple(Step(when=str(n), what="w" * 200) for n in range(500))),
    Card(table=Table(columns=("a", "b"), rows=tuple((str(n), "x" * 90) for n in range(9_000)), more="{n} more")),
    Card(), Card(title=" "), Card(text=("", " ")), Card(actions=(Action(label=" ", say=" "),)),
], ids=lambda card: str(card)[:60])
def test_every_card_is_one_the_platform_takes(card: Card) -> None:
    for cards in ((card,), (card, card)):
        made = content(*cards)
        assert refusal(made) is None
        assert weight(made) <= LIMIT
        assert len(json.dumps(made.get("blocks", []), ensure_ascii=False)) <= MAX_BLOCK_CHARACTERS
        assert made["text"]


@pytest.mark.parametrize("char", ["长", "📦", "é", "&"])
def test_the_limit_is_in_bytes_not_in_characters(char: str) -> None:
    message = outbound(Card(title="LX123456785CN", text=(char * 9_000,)), adapter="slack", conversation="T1/C1")
    made = render(message, 4_000)
    assert len(json.dumps(made, ensure_ascii=False).encode()) <= 4_000
    assert "LX123456785CN" in shown(made)


def test_what_is_cut_keeps_the_number_in_its_title() -> None:
    made = content(Card(title="LX123456785CN", text=("长" * 50_000,)))
    assert "LX123456785CN" in made["text"]
    assert shown(made).startswith("LX123456785CN\n长")
    assert "…" in shown(made)


def test_two_cards_stand_below_each_other_and_their_buttons_are_told_apart() -> None:
    card = Card(title="a", actions=(Action(label="Ack", say="ack"), Action(label="Mute", say="mute")))
    made = content(card, card)
    names = [element["action_id"] for block in made["blocks"] for element in block.get("elements", ())]
    assert len(names) == len(set(names)) == 4
    assert [block["type"] for block in made["blocks"]] == ["header", "actions", "divider", "header", "actions"]


def test_nobody_is_called_in_a_conversation_of_two() -> None:
    message = outbound(
        "a", adapter="slack", conversation="T1/U2", kind=ConversationKind.DIRECT, mention=("T1/U1",)
    )
    assert render(message, LIMIT)["blocks"][0]["text"]["text"] == "a"


@given(st.builds(
    Card, title=st.text(max_size=300), text=st.lists(st.text(max_size=4_000), max_size=4).map(tuple),
    fields=st.lists(
        st.builds(Field, label=st.text(max_size=50), value=st.text(max_size=2_500)), max_size=12,
    ).map(tuple),
    actions=st.lists(st.builds(
        Action, label=st.text(string.printable, max_size=100), say=st.text(max_size=50),
    ), max_size=30).map(tuple),
    footer=st.text(max_size=3_000), reference=st.text(max_size=20),
))
@settings(deadline=None, max_examples=60)
def test_no_card_passes_a_limit(card: Card) -> None:
    made = content(card)
    assert weight(made) <= max(LIMIT, at_most((card,)))
    assert refusal(made) is None
    assert weight(made) <= LIMIT


@given(st.text(string.printable + "包裹&<>*_`\"\\📦", max_size=60), st.integers(1, 6))
@settings(deadline=None)
def test_a_card_is_never_larger_than_it_is_thought_to_be_at_most(text: str, times: int) -> None:
    card = Card(
        title=text, text=(text,) * times, fields=(Field(label=text, value=text),) * times, footer=text, reference=text,
        timeline=(Step(when=text, what=text, where=text),) * times, timeline_more=text, timeline_hidden=1,
        actions=tuple(Action(label=text, say=text, style="danger") for _ in range(times)),
        table=Table(columns=(text, text), rows=((text, text),) * times, more=text, hidden=1),
        files=(File(name=text, media_type="", reference=""),) * times,
    )
    made = content(card, mention=("T1/U1",), resent=True)
    assert len(json.dumps(made, ensure_ascii=False).encode()) <= at_most((card,))


def test_files_that_come_beside_are_not_named() -> None:
    assert not any("📎" in json.dumps(block, ensure_ascii=False) for block in card_blocks(FULL, uploaded=True))
