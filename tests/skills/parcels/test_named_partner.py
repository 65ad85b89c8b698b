"""An operator may name a partner; to a partner's people another partner's name is a word like any other."""

import pytest

from bot.contracts import as_text
from bot.skills.spotting import names, says
from bot.store import Store
from tests.skills.parcels.conftest import ask

QUESTIONS = ("which parcels of {} are late", "which parcels of {} are held in customs", "{} 有哪些延误包裹",
             "{} 今天的汇总", "哪些 {} 的包裹被扣了")  # fmt: skip


async def said(world: Store, text: str, who: str) -> str:
    answer = await world.read(lambda conn: ask(conn, text, who=who, intent=intent(text)))
    return "\n".join(as_text(card) for card in answer.cards)


def intent(text: str) -> str:
    return "summary" if "汇总" in text else "delayed_list"


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_partner_who_names_another_hears_what_a_made_up_name_gets(world: Store, question: str) -> None:
    for who, other in (("cainiao", "jitu"), ("jitu", "cainiao")):
        theirs = await said(world, question.format(other), who)
        assert theirs == await said(world, question.format("qqwwee"), who)
        assert other not in theirs


@pytest.mark.parametrize("question", QUESTIONS)
async def test_an_operator_sees_the_named_partner_alone_and_its_name(world: Store, question: str) -> None:
    for partner in ("cainiao", "jitu"):
        answer = await said(world, question.format(partner), "operator")
        own = await said(world, question.format("").replace("  ", " "), partner)
        assert partner in answer.splitlines()[0]
        own_numbers = {word for word in own.split() if word.startswith(("LX", "RB"))}
        assert {word for word in answer.split() if word.startswith(("LX", "RB"))} == own_numbers


async def test_in_a_partners_group_an_operator_names_another_in_vain(world: Store) -> None:
    text = "which parcels of cainiao are held"
    answer = await world.read(lambda conn: ask(conn, text, who="operator", place="jitu", language="en"))
    assert "No parcel is held right now." in "\n".join(as_text(card) for card in answer.cards)


def test_a_name_is_found_whole_in_either_script_and_not_inside_words() -> None:
    for text in ("菜鸟延误的", "菜鳥的包裹", "Cainiao's late parcels", "CAINIAO 延误", "ｃａｉｎｉａｏ"):
        assert names(text, "菜鸟 Cainiao"), text
    for text in ("cainiaos", "菜 鸟", "late parcels"):
        assert not names(text, "菜鸟 Cainiao"), text
    assert names("late at Jitu Express", "集途 Jitu Express")
    assert not names("express parcels", "集途 Jitu Express")
    assert not names("ab", "")


def test_which_list_is_wanted() -> None:
    for text in ("哪些被扣了", "哪些被扣關了", "which are ON HOLD", "stuck in customs"):
        assert says(text, "held"), text
    for text in ("withhold tax", "which parcels are late", "扣款", "household"):
        assert not says(text, "held"), text
