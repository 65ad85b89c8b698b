"""However the list is asked for, it is the one that was spoken of last."""

from datetime import UTC, datetime

import pytest

from bot.skills.listed import listed_last
from bot.skills.memory import LONGEST_TURN
from bot.understanding import Turn, parse_command

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ONE, OTHER = "LX123456785CN", "LX987654326CN"


@pytest.mark.parametrize("text", [
    "导出", "导出吧", "匯出", "把名单发我", "名單發我", "请把完整的清单发给我一份", "发我表格", "发个表格给我",
    "给我名单", "下载清单",
    "export", "Export it", "export the whole list", "send me the list", "Can you send me the spreadsheet, please?",
    "Send me the full list please", "导出成表格",
])  # fmt: skip
def test_the_list_is_asked_for_in_many_ways(text: str) -> None:
    command = parse_command(text)
    assert command is not None
    assert (command.name, command.reference) == ("export", None)


@pytest.mark.parametrize("text", [
    "导出 A-12", "export a-12 as excel", "把 A-12 的名单发我", "A-12 导出", "导出A-12成表格",
])  # fmt: skip
def test_that_of_an_alert_by_its_reference(text: str) -> None:
    command = parse_command(text)
    assert command is not None
    assert (command.name, command.reference) == ("export", "A-12")


@pytest.mark.parametrize("text", [
    "清单", "出口清关在哪", "send me the parcel", "send the list to Anna by post", "我要发一份清单给海关", "名单里有谁",
])  # fmt: skip
def test_talk_of_lists_is_no_such_request(text: str) -> None:
    assert parse_command(text) is None


def test_it_is_what_the_person_asked_about_last() -> None:
    turns = [Turn("user", f"{ONE} 到哪了"), Turn("bot", "…"), Turn("user", f"{OTHER} {ONE}"), Turn("bot", "2 件")]
    found = listed_last(turns, NOW)
    assert found is not None
    assert (found.intent, found.slots) == ("export", {"numbers": (OTHER, ONE)})


def test_a_list_that_was_asked_for_is_asked_for_again_whole() -> None:
    found = listed_last([Turn("user", "列日有哪些延误的包裹"), Turn("bot", f"延误包裹 3 件 {ONE}")], NOW)
    assert found is not None
    assert found.intent == "delayed_list"
    assert found.slots["whole"] is True
    assert found.slots["hub"] == "LGG"


def test_so_is_the_list_of_what_is_aboard() -> None:
    found = listed_last([Turn("user", "CV7911 上有哪些延误的包裹"), Turn("bot", "…")], NOW)
    assert found is not None
    assert (found.intent, found.slots["whole"]) == ("linehaul_status", True)


@pytest.mark.parametrize("turns", [
    [],
    [Turn("user", "CV7911 到哪了"), Turn("bot", "…")],
    [Turn("user", "谢谢"), Turn("bot", "不客气。")],
    [Turn("user", f"{ONE} 到哪了"), Turn("bot", "…"), Turn("bot", "航班 CV7911 晚点 [A-7]")],
    [Turn("user", " ".join([ONE] * 60)[:LONGEST_TURN])],
    [Turn("user", ONE), Turn("bot", "…"), Turn("user", "你好"), Turn("bot", "您好")],
])  # fmt: skip
def test_of_anything_else_it_is_asked_which(turns: list[Turn]) -> None:
    assert listed_last(turns, NOW) is None
