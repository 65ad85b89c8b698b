"""What is written is read back by two other libraries: as text, as dates, never as a formula."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from bot.workbook import Cell, Column, Kind
from bot.workbook.names import sheet_name
from bot.workbook.writer import WorkbookWriter, display_width, harmless

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
BEIJING = ZoneInfo("Asia/Shanghai")
COLUMNS = (
    Column("单号", "Tracking number", Kind.NUMBER, 20), Column("状态", "Status"),
    Column("时间", "Time", Kind.MOMENT), Column("承诺时效", "Promised by", Kind.DAY, 5),
    Column("已延误", "Late", Kind.AMOUNT),
)  # fmt: skip


def write(path: Path, rows: Sequence[Sequence[Cell]]) -> Path:
    with WorkbookWriter(path, COLUMNS, sheet="清单", zone=BEIJING, now=NOW) as book:
        book.add(rows)
        book.finish("说明", [("数据截至", "2026-11-24"), ("=x", "+y")])
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.xlsx"


def test_a_number_stays_text_whatever_it_looks_like(path: Path) -> None:
    numbers = ["00340434161094021501", "1E5", "LX123456785CN", "3.14"]
    write(path, [(number, "", None, None, None) for number in numbers])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [(cell.value, cell.data_type) for cell in sheet["A"][1:]] == [(number, "s") for number in numbers]
    assert [row[0] for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]] == numbers


def test_times_are_dates_on_the_readers_clock(path: Path) -> None:
    write(path, [("A", "到达", NOW, date(2026, 11, 30), 3.5)])
    row = next(openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert row == ("A", "到达", datetime(2026, 11, 24, 12, 30), datetime(2026, 11, 30), 3.5)  # noqa: DTZ001
    read = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1]
    assert read == ["A", "到达", datetime(2026, 11, 24, 12, 30), date(2026, 11, 30), 3.5]  # noqa: DTZ001


@pytest.mark.parametrize("text", ["=1+1", "+32 2 201", "-1", "@SUM(A1)", "\t=1", "＝1", " =HYPERLINK(\"x\")"])
def test_nothing_begins_like_a_formula(path: Path, text: str) -> None:
    write(path, [(text, text, None, None, None)])
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").strip().startswith(("=", "+", "-", "@", "＝"))


def test_a_link_or_a_control_sign_is_only_text(path: Path) -> None:
    write(path, [("https://evil.example/x", "a\x00b\x0b\ud800\uffffc\nd", None, None, None)])
    row = next(openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2))
    assert (row[0].value, row[0].hyperlink) == ("https://evil.example/x", None)
    assert row[1].value == "a b   c d"
    assert len(harmless("x" * 100_000)) == 2_000


def test_the_heading_speaks_both_languages_stays_in_sight_and_filters(path: Path) -> None:
    write(path, [("A", "到达", NOW, None, None)] * 3)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["单号\nTracking number", "状态\nStatus"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:E4")
    assert sheet.column_dimensions["D"].width >= display_width("Promised by")


def test_a_han_character_is_as_wide_as_two_letters() -> None:
    assert display_width("承诺时效") == 8
    assert display_width("LGG（列日）") == 11


def test_the_same_rows_at_the_same_instant_are_the_same_bytes(tmp_path: Path) -> None:
    rows = [("A", "到达", NOW, date(2026, 11, 30), 1.0)]
    first = write(tmp_path / "1.xlsx", rows).read_bytes()
    assert write(tmp_path / "2.xlsx", rows).read_bytes() == first
    assert openpyxl.load_workbook(tmp_path / "1.xlsx").properties.created == NOW.replace(tzinfo=None)


def test_without_rows_it_is_a_list_of_none(path: Path) -> None:
    sheet = openpyxl.load_workbook(write(path, [])).worksheets[0]
    assert (sheet.max_row, sheet.auto_filter.ref) == (1, "A1:E2")


def test_what_was_not_finished_is_no_file(path: Path) -> None:
    with WorkbookWriter(path, COLUMNS, sheet="s", zone=BEIJING, now=NOW) as book:
        book.add([("A", "", None, None, None)])
    assert not path.exists()


def test_a_sheet_is_called_what_programs_take() -> None:
    assert sheet_name("a/b:c[d]*?'" + "x" * 40) == "a b c d " + "x" * 23
    assert sheet_name("??") == "-"
