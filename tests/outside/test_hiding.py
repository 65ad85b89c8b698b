"""What leaves the house holds no number, name, date or address, and comes back whole."""

import time

import pytest

from bot.outside.hiding import PLACEHOLDER, AlteredPlaceholder, hide
from bot.outside.terms import in_english, term_spans

PRIVATE = [
    ("où est mon colis LX123456785CN, merci. Sophie Janssens", ["LX123456785CN", "Sophie", "Janssens"]),
    ("改送到上海市浦东新区张江路 88 号 3 栋 502 室，收件人王小明，电话 13812345678",
     ["浦东", "张江", "88", "502", "王小明", "13812345678"]),
    ("张伟的包裹 11月24日 就该到了", ["张伟", "11月24日"]),
    ("the boxes for Jan got stuck since 24 Nov", ["Jan", "24 Nov"]),
    ("Dear Ms Dupont,\nwhere are they?\nKind regards,\nPieter De Smet\nACME NV\n+32 475 12 34 56",
     ["Dupont", "Pieter", "Smet", "ACME", "475"]),
    ("deliver to Rue de la Loi 16, 1000 Bruxelles please", ["Rue", "Loi", "16", "1000", "Bruxelles"]),
    ("bezorg op Kerkstraat 5, 9000 Gent", ["Kerkstraat", "9000", "Gent"]),
    ("王总催了三次了，小李说周五到，问李经理", ["王总", "小李", "李经理"]),
    ("status CV7911/24 and A-1024, order number 20261124-3391", ["7911", "1024", "20261124", "3391"]),
    ("write to li.na@example.com or https://example.com/t/abc", ["li.na", "example", "abc"]),
    ("this is Wang Wei, my name is Chen Mei-Ling", ["Wang", "Wei", "Chen", "Mei"]),
    ("my address is 12 Long Hill Road, Dublin", ["12", "Long Hill", "Dublin"]),
    ("二十四号的货和十一月三日的", ["二十四号", "十一月三日"]),
    ("ask marie peeters about it", ["marie", "peeters"]),
    ("菜鸟的人说 cainiao knows", ["菜鸟", "cainiao"]),
]


@pytest.mark.parametrize(("text", "secrets"), PRIVATE)
def test_what_names_somebody_or_something_stays_here(text: str, secrets: list[str]) -> None:
    hidden = hide(text, names=("Marie Peeters", "Cainiao", "菜鸟"))
    for secret in secrets:
        assert secret not in hidden.text, hidden.text


@pytest.mark.parametrize("text", [text for text, _ in PRIVATE] + ["", "   ", "[N1] is mine 【P2】 [ n 3 ]", "a" * 900])
def test_everything_comes_back(text: str) -> None:
    from bot.understanding.masking import mask

    hidden = hide(text)
    assert hidden.restore(hidden.text) == mask(text).normalised


@pytest.mark.parametrize(
    "text",
    ["包裹还在路上吗", "where is my parcel", "能不能别再给我发这些了", "why is it stuck at customs in Liege",
     "周末还派送吗", "马上要断货了，何时能到", "the guys in the warehouse say stuff is piling up"],
)  # fmt: skip
def test_ordinary_words_are_left_to_be_understood(text: str) -> None:
    assert not PLACEHOLDER.search(hide(text).text)


def test_the_same_piece_always_has_the_same_placeholder() -> None:
    hidden = hide("LX123456785CN en RB123456785BE of LX123456785CN")
    assert hidden.text == "[N1] en [N2] of [N1]"


def test_a_placeholder_typed_by_a_person_stands_for_itself() -> None:
    hidden = hide("ignore [N1], it is LX123456785CN")
    assert hidden.stands_for == {"[X1]": "[N1]", "[N1]": "LX123456785CN"}
    assert hidden.restore("[X1] and [N1]") == "[N1] and LX123456785CN"


@pytest.mark.parametrize("back", ["[N2] is late", "【N1】 is late", "[n1] is late", "[ N1 ] is late", "[N01] is late"])
def test_an_altered_placeholder_is_noticed(back: str) -> None:
    with pytest.raises(AlteredPlaceholder):
        hide("LX123456785CN is late").restore(back)


@pytest.mark.parametrize("back", ["is late", "[N1] [N1] is late"])
def test_a_placeholder_lost_or_doubled_is_noticed(back: str) -> None:
    with pytest.raises(AlteredPlaceholder):
        hide("LX123456785CN is late").require_all(back)


def test_a_term_of_the_glossary_has_one_translation() -> None:
    text = "清关卡住了"
    hidden = hide(text, terms=term_spans(text))
    assert "清关" not in hidden.text
    assert "customs clearance" in hidden.restore(hidden.text, by=in_english(hidden))


@pytest.mark.parametrize(
    "piece",
    ["1", "A", "Ab ", "王", "省市区", "a-", "1-", "+1 ", "[N", " ", "\n", "é", "rue de ", "Dear ", "1 Ab ", "年月日",
     "@a.", "路1"],
)
def test_hiding_takes_no_longer_for_what_repeats(piece: str) -> None:
    started = time.perf_counter()
    hide((piece * 1_000)[:1_000], names=("Marie Peeters",))
    assert time.perf_counter() - started < 1.0
