"""Fixed forms are read before understanding, and only when they are the whole message."""

import pytest

from bot.understanding import Command, parse_command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("resolve A-1024", Command("resolve", "A-1024", None)),
        ("Resolved a1024.", Command("resolve", "A-1024", None)),
        ("关闭 A-7", Command("resolve", "A-7", None)),
        ("reopen C-204", Command("reopen", "C-204", None)),
        ("重新打开工单204", Command("reopen", "C-204", None)),
        ("who has A-3?", Command("who", "A-3", None)),
        ("who", Command("who", None, None)),
        ("谁在处理 A-12", Command("who", "A-12", None)),
        ("A-6 谁处理", Command("who", "A-6", None)),
        ("谁处理 A-6？", Command("who", "A-6", None)),
        ("A-6誰負責？", Command("who", "A-6", None)),
        ("谁负责", Command("who", None, None)),
        ("谁跟进 A-6", Command("who", "A-6", None)),
        ("A-6 谁在跟", Command("who", "A-6", None)),
        ("A-6 现在是谁在处理呢？", Command("who", "A-6", None)),
        ("谁确认了 A-6 呢", Command("who", "A-6", None)),
        ("who's handling A-6?", Command("who", "A-6", None)),
        ("export", Command("export", None, None)),
        ("export A-9 csv", Command("export", "A-9", "csv")),
        ("導出 A-9", Command("export", "A-9", None)),
        ("undo", Command("undo", None, None)),
        ("撤销", Command("undo", None, None)),
        ("@小包 undo", Command("undo", None, None)),
        ("<@U012ABC> resolve PB-A1024", Command("resolve", "A-1024", None)),
        ("A-1024 resolve", Command("resolve", "A-1024", None)),
        ("ＥＸＰＯＲＴ　Ａ－９", Command("export", "A-9", None)),
    ],
)
def test_a_fixed_form_is_recognised(text: str, command: Command) -> None:
    assert parse_command(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "",
        "who is the boss of C-204",
        "please export my list of late parcels",
        "undo " * 30,
        "resolve",
        "hello",
        "\ud800",
        "谁",
    ],
)
def test_anything_else_is_left_to_understanding(text: str) -> None:
    command = parse_command(text)
    assert command is None or (command.reference is None and text in ("resolve", "谁"))
