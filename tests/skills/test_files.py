"""Which numbers of files count, and what a person is told of them."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from bot.contracts import Card, Language
from bot.reading.model import Code, Column, Odd, Reading, Sheet, Trouble
from bot.reading.service import Read
from bot.skills.enclosed import Enclosed, enclosed_in
from bot.skills.files_told import told, with_files_told
from bot.wording import Words

OWN = ("LX123456785CN", "RB123456785GB")
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


def known(numbers: Sequence[str]) -> Collection[str]:
    return [number for number in numbers if number in OWN]


def words(language: Language) -> Words:
    return Words(language, ZoneInfo("Asia/Shanghai"), NOW)


def of_table(*columns: Column, **more: Any) -> Enclosed:
    reading = Reading(kind="table", sheets=(Sheet(columns=columns),), **more)
    return enclosed_in([Read("a.xlsx", reading)], known, most=100)


def of_codes(*codes: Code) -> Enclosed:
    return enclosed_in([Read("a.jpg", Reading(kind="picture", codes=codes))], known, most=100)


def test_of_two_columns_the_one_whose_parcels_we_know_is_taken() -> None:
    orders = Column(letter="A", heading="运单号", rank=3, numbers=("LP00000000000001", "LP00000000000002"), shaped=2)
    parcels = Column(letter="C", heading="备注", rank=-1, numbers=OWN, shaped=2)
    enclosed = of_table(orders, parcels)
    assert enclosed.numbers == OWN
    assert "Not used: column A “运单号”." in told(words("en"), enclosed, alone=True)


def test_where_both_are_known_the_heading_decides() -> None:
    first = Column(letter="B", heading="运单号", rank=3, numbers=OWN, shaped=2)
    other = Column(letter="A", heading="订单号", rank=1, numbers=OWN[::-1], shaped=2)
    assert of_table(first, other).numbers == OWN


def test_a_code_of_no_known_form_counts_when_a_parcel_has_it_or_when_there_is_no_other() -> None:
    shaped = Code(text="x", numbers=OWN[:1], shaped=True)
    strange = Code(text="y", numbers=("123456789012",), shaped=False)
    assert of_codes(shaped, strange).numbers == OWN[:1]
    assert of_codes(strange).numbers == ("123456789012",)
    theirs = enclosed_in([Read("a.jpg", Reading(kind="picture", codes=(shaped, strange)))], lambda n: n, most=9)
    assert theirs.numbers == (OWN[0], "123456789012")


def test_numbers_of_several_files_count_once_and_to_the_limit() -> None:
    reads = [Read("a.jpg", Reading(kind="picture", codes=(Code(text="x", numbers=OWN, shaped=True),)))] * 2
    enclosed = enclosed_in(reads, known, most=1)
    assert (enclosed.numbers, enclosed.repeated, enclosed.left) == (OWN[:1], 2, 1)


def test_a_logo_is_only_spoken_of_where_there_is_nothing_else() -> None:
    logo = enclosed_in([Read("l.png", Reading(kind="picture", trouble=Trouble.NO_CODE, small=True))], known, most=9)
    asked, bare = Card(title="LX123456785CN"), Card()
    assert with_files_told([asked], [words("en")], logo) == (asked,)
    assert "no barcode" in with_files_told([bare], [words("en")], logo)[0].text[0]


def test_in_a_group_of_both_languages_each_card_begins_in_its_own() -> None:
    cards = [Card(language="zh-Hans", text=("一",)), Card(language="en", text=("one",)), Card(language="en")]
    enclosed = of_codes(Code(text="x", numbers=OWN[:1], shaped=True))
    told_in = with_files_told(cards, [words("zh-Hans"), words("en")], enclosed)
    assert [card.text for card in told_in] == [
        ("我在图片里读到 LX123456785CN。", "一"), ("I read LX123456785CN in the picture.", "one"), ()]


def everything() -> Enclosed:
    """A table in which everything is wrong that can be."""
    odd = (Odd(place="B9", value="合计 5000"), Odd(place="B10", value="x"))
    column = Column(letter="B", heading="运单号", rank=3, numbers=OWN, shaped=2, repeated=2, left=7, lost=1,
                    lost_shown=(Odd(place="B3", value="1.23457E+12"),), junk=2, junk_shown=odd)  # fmt: skip
    return of_table(column, Column(letter="D", numbers=("123456789012",)), hidden=("旧数据",))


@pytest.mark.parametrize("language", get_args(Language))
def test_every_sentence_is_there_in_every_language(language: Language) -> None:
    lines = told(words(language), everything(), alone=True)
    assert len(lines) == 7
    assert all("{" not in line for line in lines)
    for trouble in Trouble:
        (line,) = told(words(language), enclosed_in([Read("a.x", Reading(trouble=trouble))], known, most=9), alone=True)
        assert "{" not in line


def test_what_was_left_out_is_named_with_its_place() -> None:
    assert told(words("zh-Hans"), everything(), alone=True) == (
        "a.xlsx：读到 2 个单号，取自 B 列“运单号”。",
        "未采用：D 列。",
        "有 1 个单元格的单号已丢失末尾数字，无法识别：B3（1.23457E+12）。请先把该列设为文本格式，再重新粘贴单号。",
        "有 2 个单元格不是单号，已跳过：B9（合计 5000）、B10（x）。",
        "隐藏的工作表未读取：旧数据。",
        "有 2 行单号重复，每个单号只计一次。",
        "共发来 9 个单号，每次最多处理前 2 个，其余请另外发送。",
    )
