"""Numbers out of tables as partners send them."""

from datetime import date
from pathlib import Path

import pytest

from bot.reading.files import read_file
from bot.reading.model import Column, Limits, Reading, Trouble
from tests.reading.makers import workbook

DATA = Path(__file__).parent / "data"
LIMITS = Limits()
NUMBERS = ["LX123456785CN", "RB123456785GB", "LTN74207623N1"]


def column(content: bytes, limits: Limits = LIMITS) -> Column:
    """The likeliest column of a file with one table."""
    reading = read_file(content, limits)
    assert reading.trouble is None
    return reading.sheets[0].columns[0]


def trouble(content: bytes) -> Trouble | None:
    return read_file(content, LIMITS).trouble


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_csv_is_read_in_any_encoding_and_with_any_separator(encoding: str, separator: str) -> None:
    lines = [["序号", "运单号", "收件国"], *([str(at), number, "比利时"] for at, number in enumerate(NUMBERS, start=1))]
    text = "\r\n".join(separator.join(line) for line in lines)
    found = column(text.encode(encoding))
    assert (found.numbers, found.letter, found.heading) == (tuple(NUMBERS), "B", "运单号")
    assert (found.junk, found.lost) == (0, 0)


def test_a_list_without_heading_is_read_too() -> None:
    assert column("\n".join(NUMBERS).encode()).numbers == tuple(NUMBERS)


def test_a_word_that_may_head_a_column_heads_none_beside_a_number() -> None:
    found = column(f"{NUMBERS[0]},yes\n{NUMBERS[1]},no\n{NUMBERS[2]},no\n".encode())
    assert (found.letter, found.numbers, found.heading) == ("A", tuple(NUMBERS), "")


def test_numbers_within_sentences_are_found() -> None:
    assert column("请查 LX123456785CN 和 RB123456785GB，谢谢\n".encode()).numbers == tuple(NUMBERS[:2])


def test_a_merged_title_above_the_headings_is_no_number() -> None:
    rows: list[list[object]] = [["2026 年 11 月 LX123456785CN 批次"], ["制表：李娜"], ["#", "Tracking No.", "Weight"],
            *([at, number, 0.5] for at, number in enumerate(NUMBERS, start=1)), ["合计", 3, 1.5]]  # fmt: skip
    found = column(workbook(rows, merged=["A1:C1", "A2:C2"]))
    assert found.numbers == tuple(NUMBERS)
    assert [(odd.place, odd.value) for odd in found.junk_shown] == [("B7", "3")]


def test_hidden_sheets_are_skipped_and_named() -> None:
    reading = read_file(workbook([["单号"], [NUMBERS[0]]], hidden=[["单号"], [NUMBERS[1]]]), LIMITS)
    assert reading.hidden == ("旧数据",)
    assert [one.numbers for sheet in reading.sheets for one in sheet.columns] == [(NUMBERS[0],)]


def test_whole_numbers_kept_as_figures_are_read_and_rounded_ones_are_named() -> None:
    cells = ["运单号", 123456789012.0, 1.23457e12, 3.2321234565990004e23, "1.23457E+12", "123456789013.0"]
    found = column(workbook([[cell] for cell in cells]))
    assert found.numbers == ("123456789012", "123456789013")
    assert [(odd.place, odd.value) for odd in found.lost_shown] == [
        ("A3", "1234570000000"), ("A4", "3.23212E+23"), ("A5", "1.23457E+12"),
    ]  # fmt: skip


def test_the_tricks_that_keep_digits_as_text_are_undone() -> None:
    text = 'tracking number\n="123456789012"\n\'123456789013\n123456789014\t\n1.23456789015E+11\n'
    assert column(text.encode()).numbers == ("123456789012", "123456789013", "123456789014", "123456789015")


def test_repeated_numbers_count_once_and_are_counted() -> None:
    found = column(f"单号\n{NUMBERS[0]}\n{NUMBERS[1]}\n{NUMBERS[0].lower()}\n".encode())
    assert (found.numbers, found.repeated) == (tuple(NUMBERS[:2]), 1)


def test_the_column_of_order_numbers_comes_behind_that_of_parcel_numbers() -> None:
    rows: list[list[object]] = [["订单号", "运单号", "手机", "日期"]]
    for at, number in enumerate(NUMBERS):
        rows.append([f"20261124000{at}", number, 13800138000 + at, date(2026, 11, 24)])
    columns = read_file(workbook(rows), LIMITS).sheets[0].columns
    assert [(one.letter, one.heading) for one in columns] == [("B", "运单号"), ("A", "订单号")]


def test_an_old_excel_file_is_read_its_hidden_sheet_is_not() -> None:
    reading = read_file((DATA / "old.xls").read_bytes(), LIMITS)
    assert (reading.sheets[0].columns[0].numbers, reading.hidden) == (tuple(NUMBERS), ("旧",))


HTML = "<html><body><table><tr><th colspan=2>清单</th></tr><tr><td>序号<td>运单号</tr>{rows}</table></body></html>"
XML = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table><Row><Cell ss:Index="2">'
    '<Data ss:Type="String">运单号</Data></Cell></Row>{rows}</Table></Worksheet></Workbook>'
)


@pytest.mark.parametrize(("frame", "row"), [
    (HTML, "<tr><td>{at}</td><td style='mso-number-format:\\@'>{number}&nbsp;</td></tr>"),
    (XML, '<Row><Cell><Data ss:Type="Number">{at}</Data></Cell><Cell><Data>{number}</Data></Cell></Row>'),
])  # fmt: skip
def test_a_page_that_calls_itself_a_workbook_is_read(frame: str, row: str) -> None:
    rows = "".join(row.format(at=at, number=number) for at, number in enumerate(NUMBERS))
    found = column(frame.format(rows=rows).encode())
    assert (found.numbers, found.letter, found.heading) == (tuple(NUMBERS), "B", "运单号")


def test_more_numbers_than_are_taken_are_counted() -> None:
    lines = "\n".join(f"LP{at:014d}" for at in range(30))
    found = column(f"单号\n{lines}".encode(), Limits(max_numbers=20))
    assert (len(found.numbers), found.left) == (20, 10)


@pytest.mark.parametrize(("content", "expected"), [
    ((DATA / "locked.xlsx").read_bytes(), Trouble.LOCKED),
    (b"PK\x03\x04 and nothing more", Trouble.DAMAGED),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Trouble.OTHER_KIND),
    (b"%PDF-1.7\n\x00\x01\x02", Trouble.OTHER_KIND),
    (b"", Trouble.NO_NUMBERS),
    (b"   \n", Trouble.NO_NUMBERS),
    ("姓名,城市\n李娜,杭州\n".encode(), Trouble.NO_NUMBERS),
    (workbook([["姓名", "城市"], ["李娜", "杭州"]]), Trouble.NO_NUMBERS),
])  # fmt: skip
def test_what_cannot_be_read_is_named(content: bytes, expected: Trouble) -> None:
    assert trouble(content) is expected


def test_a_broken_workbook_is_damaged_wherever_it_breaks() -> None:
    whole = workbook([["单号"], *([number] for number in NUMBERS)])
    for end in range(50, len(whole), 97):
        reading = read_file(whole[:end], LIMITS)
        assert isinstance(reading, Reading)
        assert reading.trouble is not None
