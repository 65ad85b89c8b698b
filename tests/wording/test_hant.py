"""The conversion to traditional characters, over small catalogs written by the test."""

import shutil
from pathlib import Path

import pytest

from bot.wording.catalogs import locales_folder
from bot.wording.hant import converter, fill
from bot.wording.pofile import BrokenCatalog, read_entries

HANS = """
msgid ""
msgstr ""
"Language: zh_Hans\\n"

#. said when a label exists without goods
msgid "talk.fake"
msgstr "虚假发货 {parcel_发}"

msgid "talk.days"
msgid_plural "talk.days"
msgstr[0] "{n} 个工作日"
"""
HANT = """
msgid "talk.days"
msgid_plural "talk.days"
msgstr[0] "{n} 個上班日"

msgid "talk.gone"
msgstr "不再使用"
"""


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    for name in ("glossary.csv", "hant_corrections.csv"):
        shutil.copy(locales_folder() / name, tmp_path / name)
    for folder, text in (("zh_Hans", HANS), ("zh_Hant", HANT)):
        (tmp_path / folder / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / folder / "LC_MESSAGES" / "talk.po").write_text(text, encoding="utf-8")
    return tmp_path


def texts(locales: Path) -> dict[str, str]:
    return {entry.key: entry.text for entry in read_entries(locales / "zh_Hant" / "LC_MESSAGES" / "talk.po")}


def test_missing_entries_are_converted_and_reviewed_ones_kept(locales: Path) -> None:
    assert fill(locales) == {"talk.po": ["talk.fake"]}
    assert texts(locales) == {"talk.fake": "虛假發貨 {parcel_发}", "talk.days": "{n} 個上班日"}


def test_a_second_run_changes_nothing(locales: Path) -> None:
    fill(locales)
    assert fill(locales) == {}


def test_redo_converts_a_reviewed_entry_again(locales: Path) -> None:
    fill(locales)
    assert fill(locales, redo="talk.days") == {"talk.po": ["talk.days"]}
    assert texts(locales)["talk.days"] == "{n} 個工作日"


def test_comments_travel_with_a_converted_entry(locales: Path) -> None:
    fill(locales)
    written = (locales / "zh_Hant" / "LC_MESSAGES" / "talk.po").read_text(encoding="utf-8")
    assert "#. said when a label exists without goods\nmsgid" in written


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("虚假发货", "虛假發貨"), ("已销毁", "已銷毀"), ("海关布控", "海關佈控"), ("请核实账号", "請核實帳號"),
        ("改回复语言", "改回覆語言"), ("数据源没有更新", "資料來源沒有更新"), ("把“妥投”发给我", "把「送達」發給我"),
        ("导出集装箱", "匯出貨櫃"),
    ],
)
def test_words_the_plain_conversion_gets_wrong_are_put_right(simplified: str, traditional: str) -> None:
    assert converter(locales_folder())(simplified) == traditional


def test_a_line_that_is_no_po_is_named_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.po"
    path.write_text('msgid "a"\nmsgstr oops\n', encoding="utf-8")
    with pytest.raises(BrokenCatalog, match=r"broken\.po:2: 'msgstr oops' is no PO line"):
        read_entries(path)
