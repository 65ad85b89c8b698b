"""A partner learns nothing of another partner's parcels: not by any question, number, reference or slip of the hand."""

from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.contracts import Card, as_text
from bot.skills.parcels import PARCEL_SKILLS
from bot.store import Store
from tests.skills.parcels.conftest import ask
from tests.skills.parcels.world import FOREIGN, WAYBILL

FREE = "RB100000025BE"
"""A number like theirs that no parcel has."""
INTENTS = sorted(PARCEL_SKILLS)


def told(cards: Sequence[Card]) -> str:
    return "\n".join(as_text(card) for card in cards)


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
async def test_somebody_elses_number_gets_the_words_of_a_number_that_does_not_exist(
    world: Store, intent: str, language: str
) -> None:
    theirs = await world.read(lambda conn: ask(conn, FOREIGN, intent=intent, language=language))  # type: ignore[arg-type]
    nobodys = await world.read(lambda conn: ask(conn, FREE, intent=intent, language=language))  # type: ignore[arg-type]
    assert told(theirs.cards).replace(FOREIGN, FREE) == told(nobodys.cards)
    assert theirs.remember.replace(FOREIGN, FREE) == nobodys.remember
    assert theirs.asks is None


async def test_a_slip_near_somebody_elses_number_suggests_nothing(world: Store) -> None:
    mistyped = FOREIGN[:-3] + "1" + FOREIGN[-2:]
    answer = await world.read(lambda conn: ask(conn, mistyped))
    assert FOREIGN not in told(answer.cards)
    assert answer.asks is None
    owner = await world.read(lambda conn: ask(conn, mistyped, who="jitu"))
    assert FOREIGN in told(owner.cards)


async def test_a_flight_with_none_of_their_parcels_does_not_exist_for_them(world: Store) -> None:
    for ref in ("CV7911", "CV7912", WAYBILL, "X8155"):
        answer = await world.read(partial(ask, text=ref, who="jitu", intent="linehaul_status"))
        assert told(answer.cards) == f"未查到 {ref} 的包裹记录，请核对号码。"


async def test_the_operator_sees_whose_parcel_it_is(world: Store) -> None:
    answer = await world.read(lambda conn: ask(conn, FOREIGN, who="operator", language="en"))
    assert "Partner: jitu" in told(answer.cards)


WORDS = ("到哪了", "为什么延误", "轨迹", "汇总", "哪些包裹延误", "列日", "summary", "late", "all parcels of jitu",
         "极兔", FOREIGN, FREE, "CV7911", WAYBILL, "今天", "DE", "BE", "*", "%", "' OR 1=1 --")  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), st.sampled_from(INTENTS))
async def test_no_question_tells_of_anothers_parcel(world: Store, said: list[str], intent: str) -> None:
    text = " ".join(said)
    answer = await world.read(lambda conn: ask(conn, text, intent=intent))
    shown = told(answer.cards)
    assert "派送中 3" not in shown  # theirs would be the third on its round
    without = shown.replace(text, "")
    for line in without.splitlines():
        assert FOREIGN not in line or line.startswith(("未查到", "有 ", "[转人工]")), line
