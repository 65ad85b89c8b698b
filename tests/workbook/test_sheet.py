"""What a row says: the reader's words first, what the other side needs in its own at the end."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.contracts import Language
from bot.delays import Standards
from bot.skills.parcels.sheet import ParcelSheet
from bot.tracking.views import HoldView, ParcelView
from bot.wording import Words
from bot.workbook import Cell, Item, Kind

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
VIEW = ParcelView(
    id=1, partner_id=1, partner="CAINIAO", number="LX123456785CN", aliases=(), lane=None, mode="air", hub="LGG",
    country="BE", carrier="bpost", promised_at=datetime(2026, 11, 27, 23, tzinfo=UTC),
    milestone="IMPORT_CUSTOMS_STARTED", stage=100, status_at=NOW - timedelta(hours=5), place="LGG", source="x",
    final=False, reason=None, holds=(), flags=frozenset(), attempts=0, events=(), linehaul=None, due_at=None,
    due_milestone=None, late_since=NOW - timedelta(hours=3), late_rule="D12", data_as_of=NOW,
)  # fmt: skip


def row(language: Language, item: Item, *, staff: bool = False) -> dict[str, Cell]:
    """The cells by their whole heading."""
    sheet = ParcelSheet(Words(language, ZoneInfo("Asia/Shanghai"), NOW), Standards(), staff=staff)
    cells = sheet.row(item)
    names = [f"{column.heading}|{column.also}" for column in sheet.columns]
    assert len(set(names)) == len(names) == len(cells)
    return dict(zip(names, cells, strict=True))


def test_a_parcel_in_customs_as_a_partner_reads_it() -> None:
    said = row("zh-Hans", Item(VIEW.number, VIEW))
    assert said["单号|Tracking number"] == "LX123456785CN"
    assert said["状态|Status"] == "清关中"
    assert said["地点|Place"] == "列日"
    assert said["轨迹时间（北京时间）|Update time (Beijing time)"] == VIEW.status_at
    assert said["负责方|With"] == "列日海关"
    assert said["承诺时效|Promised by"] == date(2026, 11, 27)
    assert said["已延误（小时）|Late by (h)"] == 3.0
    assert said["严重程度|Severity"] == "中"
    assert said["目的国|Destination"] == "比利时"
    assert "合作方|Partner" not in said


def test_the_other_side_reads_its_own_language_at_the_end() -> None:
    chinese, english = row("zh-Hans", Item(VIEW.number, VIEW)), row("en", Item(VIEW.number, VIEW))
    for name, other in (("Status", "状态"), ("Next step", "下一步"), ("With", "负责方")):
        assert chinese[f"{name}|{other}"] == english[f"{name}|{other}"]
        assert english[f"{other}|{name}"] == chinese[f"{other}|{name}"]
    assert list(english)[-3:] == ["状态|Status", "下一步|Next step", "负责方|With"]


def test_the_expected_days_are_a_range_that_has_not_passed() -> None:
    said = row("en", Item(VIEW.number, VIEW))
    first, last = said["Expected from|预计最早送达"], said["Expected by|预计最晚送达"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    assert NOW.date() <= first <= last


def test_what_is_delivered_is_neither_late_nor_expected() -> None:
    done = VIEW._replace(milestone="DELIVERED", stage=180, final=True)
    said = row("en", Item(done.number, done, late_since=NOW - timedelta(days=1), rule="D12"))
    assert [said[name] for name in said if name.startswith(("Late", "Severity", "Expected"))] == [None] * 4
    assert said["Status|状态"] == "Delivered"


def test_a_hold_is_the_status() -> None:
    held = VIEW._replace(holds=(HoldView("IMPORT_CUSTOMS_HELD", "CUS_DOCS", NOW, "LGG"),))
    said = row("zh-Hans", Item(held.number, held))
    assert said["状态|Status"] == "海关查验/扣留"
    assert said["Status|状态"] == "Held by import customs"


def test_a_list_counts_from_its_own_lateness() -> None:
    said = row("en", Item(VIEW.number, VIEW, late_since=NOW - timedelta(hours=9), rule="D06"))
    assert said["Late by (h)|已延误（小时）"] == 9.0
    assert said["Severity|严重程度"] == "High"


def test_staff_see_whose_it_is() -> None:
    assert row("en", Item(VIEW.number, VIEW), staff=True)["Partner|合作方"] == "CAINIAO"


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_what_is_not_found_keeps_its_row(language: Language) -> None:
    said = row(language, Item("LX000000000CN"), staff=True)
    told = {"en": ["Not found", "未查到"]}.get(language, ["未查到", "Not found"])
    assert [cell for cell in said.values() if cell] == ["LX000000000CN", *told]


def test_only_numbers_are_written_as_numbers_and_only_dates_as_dates() -> None:
    sheet = ParcelSheet(Words("en", ZoneInfo("UTC"), NOW), Standards(), staff=True)
    kinds = {Kind.MOMENT: datetime, Kind.DAY: date, Kind.AMOUNT: float}
    for column, cell in zip(sheet.columns, sheet.row(Item(VIEW.number, VIEW)), strict=True):
        assert cell is None or isinstance(cell, kinds.get(column.kind, str))
