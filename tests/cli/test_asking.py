"""`ask` and `chat`: a question at the terminal goes the whole way."""

import json

from tests.cli.conftest import Run


def test_an_administrator_sees_every_partners_parcels(loaded: Run) -> None:
    for number, place in (("LX123456785CN", "Hangzhou"), ("LX987654326CN", "Ningbo")):
        ended = loaded("ask", f"where is {number}?")
        assert ended.code == 0
        assert number in ended.out
        assert place in ended.out or "宁波" in ended.out


def test_a_contact_sees_the_own_partners_parcels_only(loaded: Run) -> None:
    theirs = loaded("ask", "LX987654326CN 到哪了", "--as", "李娜")
    unknown = loaded("ask", "LX111111115CN 到哪了", "--as", "lina")
    assert theirs.out.replace("LX987654326CN", "N") == unknown.out.replace("LX111111115CN", "N")


def test_the_language_may_be_chosen(loaded: Run) -> None:
    chinese = loaded("ask", "hello", "--lang", "zh-Hans").out
    english = loaded("ask", "你好", "--lang", "en").out
    assert "您好" in chinese
    assert english.isascii() or "您" not in english


def test_json_holds_replies_intent_and_slots(loaded: Run) -> None:
    answer = json.loads(loaded("ask", "LX123456785CN 到哪了", "--json").out)
    assert answer["intent"] == "track"
    assert answer["slots"] == {"numbers": ["LX123456785CN"]}
    assert answer["replies"][0]["lang"] == "zh-Hans"


def test_a_later_ask_may_refer_back(loaded: Run) -> None:
    loaded("ask", "LX123456785CN 到哪了")
    assert "LX123456785CN" in loaded("ask", "什么时候能到").out


def test_a_chat_goes_on_until_it_is_left(loaded: Run) -> None:
    ended = loaded("chat", "--as", "李娜", stdin="你好\n\nLX123456785CN 到哪了\n/quit\n谢谢\n")
    assert ended.code == 0
    assert "您好" in ended.out
    assert "LX123456785CN" in ended.out
    assert "不客气" not in ended.out


def test_a_chat_ends_with_its_input(loaded: Run) -> None:
    assert loaded("chat", stdin="你好").code == 0


def test_odd_characters_are_answered(loaded: Run) -> None:
    for text in ("\ud800", "a\0b", "\u202e到哪了"):
        assert loaded("ask", text).code == 0
