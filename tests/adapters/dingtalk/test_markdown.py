"""Data inside markdown stays data: judged by a markdown parser that is not ours."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.dingtalk.markdown import BREAK, ZERO_WIDTH, calm, escape, inline, one_line, tidy

PARSER = MarkdownIt("commonmark")
ALLOWED = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak", "text_special"}
HOSTILE = st.text(alphabet="[]()!*_`#>-+=.\\@&<:/~|\n\t 1aZ包裹;h\u202e\u200b", max_size=40)


def kinds(markdown: str) -> set[str]:
    return {inner.type for token in PARSER.parse(markdown) for inner in (token, *(token.children or ()))}


def read(markdown: str) -> str:
    """What a reader sees, blanks and zero-width spaces aside."""
    inner = [child for token in PARSER.parse(markdown) for child in token.children or ()]
    return squeezed("".join(child.content or " " for child in inner))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace(ZERO_WIDTH, ""))


@pytest.mark.parametrize("data", [
    "[click](https://evil.example)", "![x](https://evil.example/p.png)", "[a]: https://evil.example", "[a][b]",
    "<https://evil.example>", "<script>alert(1)</script>", "# heading", "> quote", "- item", "1. item", "1) item",
    "**bold**", "*a*", "_a_", "__a__", "`code`", "~~gone~~", "***", "---", "===", "a\n===", "&lt;",
    "&#64;all", "\\*a\\*", "+ item", "```\ncode\n```", "    indented", "a_b_c", "CN_2026_11",
])
def test_markup_in_data_is_shown_as_it_is(data: str) -> None:
    markdown = escape(data)
    assert kinds(markdown) <= ALLOWED
    assert read(markdown) == squeezed(data)


@settings(max_examples=500, deadline=None)
@given(HOSTILE)
def test_no_data_whatever_becomes_markup(data: str) -> None:
    markdown = escape(data)
    assert kinds(markdown) <= ALLOWED
    assert read(markdown) == squeezed(tidy(data))


@settings(max_examples=300, deadline=None)
@given(HOSTILE)
def test_a_heading_or_list_item_of_data_has_nothing_else_in_it(data: str) -> None:
    line = one_line(data)
    assert "\n" not in line
    assert kinds(f"#### {line}") <= ALLOWED | {"heading_open", "heading_close"}
    assert kinds(f"- a：{inline(data)}") <= ALLOWED | {
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}


@pytest.mark.parametrize("data", ["@all", "@manager8821 hi", "a@b.example", "@@all"])
def test_nobody_is_mentioned_by_data(data: str) -> None:
    for safe in (escape(data), calm(data), inline(data)):
        assert not re.search(r"@(?!\u200b)", safe)


def test_the_client_finds_no_address_to_link_by_itself() -> None:
    for safe in (escape("see https://evil.example/x"), calm("see https://evil.example/x")):
        assert "://" not in safe


def test_line_ends_become_breaks_that_phones_show() -> None:
    assert escape("一\n二\r\n三\u2028四\n\n五") == BREAK.join("一二三四五")


@pytest.mark.parametrize("mark", ["\u202e", "\u202d", "\u2066", "\u2069", "\x00", "\x1b", "\ud800", "\ufeff", "\x85"])
def test_what_could_show_a_text_backwards_or_break_a_store_is_taken_out(mark: str) -> None:
    for safe in (escape(f"LX{mark}1"), calm(f"LX{mark}1")):
        assert mark not in safe


def test_tracking_numbers_and_chinese_text_are_left_alone() -> None:
    for data in ("LX123456785CN", "今天 14:20（北京时间）开始进口清关", "CV7911 PVG-LGG, 12,034 parcels (est.)"):
        assert escape(data) == data
