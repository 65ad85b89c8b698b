"""Many numbers at once: the first hundred, exceptions first, a line for each as far as the channel can show them."""

import pytest

from bot.contracts import Card, as_text, fit
from bot.delays import Standards
from bot.skills.base import Answer, Services
from bot.store import Store
from bot.understanding import Turn
from tests.skills.parcels.conftest import ask
from tests.skills.parcels.world import CLEARING, DELIVERED, HELD, NEIGHBOURS, OUT


def unknown(count: int) -> list[str]:
    return [f"LP0099999999{n:04d}" for n in range(count)]


async def asked(store: Store, text: str, **more: object) -> Answer:
    return await store.read(lambda conn: ask(conn, text, **more))  # type: ignore[arg-type]


def only_card(answer: Answer) -> Card:
    assert len(answer.cards) == 1
    return answer.cards[0]


async def test_of_two_hundred_numbers_the_first_hundred_are_answered_and_it_says_so(world: Store) -> None:
    numbers = [CLEARING, *unknown(199)]
    card = only_card(await asked(world, "\n".join(numbers), language="en"))
    text = as_text(card)
    assert "You sent 200 numbers; this answer covers the first 100. Please send the rest in another message." in text
    assert "I find no parcels with these 99 numbers: " in text
    assert "and 89 more" in text


async def test_the_limit_is_a_setting(world: Store) -> None:
    services = Services(estimator=Standards(), max_numbers=2)
    card = only_card(await asked(world, f"{CLEARING} {HELD} {OUT} 到哪了", services=services))
    assert "您发来 3 个单号，本次先答复前 2 个，其余请另发一条消息。" in card.text
    assert card.table is not None
    assert len(card.table.rows) == 2


async def test_numbers_typed_twice_count_once(world: Store) -> None:
    card = only_card(await asked(world, f"{CLEARING} {CLEARING} {CLEARING} 到哪了"))
    assert card.title.startswith(CLEARING)


@pytest.mark.parametrize("question", ["{}", "when do they arrive {}"])
async def test_every_parcel_has_a_line_and_a_small_channel_counts_the_rest(world: Store, question: str) -> None:
    numbers = [CLEARING, HELD, DELIVERED, OUT, *NEIGHBOURS, "LX100000048CN"]
    card = only_card(await asked(world, question.format(", ".join(numbers)), language="en"))
    assert card.table is not None
    assert (len(card.table.rows), card.table.hidden) == (17, 0)
    (small,) = fit((card,), lambda cards: len(as_text(cards[0])), 700)
    assert small.table is not None
    assert 0 < len(small.table.rows) < 17
    assert f"and {17 - len(small.table.rows)} more, counted above" in as_text(small)


async def test_what_needs_somebody_comes_first_with_reason_and_owner(world: Store) -> None:
    card = only_card(await asked(world, f"{OUT} {DELIVERED} {HELD}", language="en"))
    assert card.table is not None
    assert card.table.rows[0] == (
        HELD, "Held by import customs (declared value questioned)", "yesterday 21:12, Liège", "customs at Liège"
    )
    assert [row[0] for row in card.table.rows] == [HELD, OUT, DELIVERED]


async def test_the_numbers_are_remembered_for_the_next_question(world: Store) -> None:
    answer = await asked(world, f"{OUT} {HELD}")
    assert set(answer.remember.split()) == {OUT, HELD}


async def test_a_followup_means_the_parcel_asked_about_before(world: Store) -> None:
    context = (Turn("user", f"{HELD} 到哪了"), Turn("bot", f"{HELD} · 海关查验/扣留"))
    card = only_card(await asked(world, "为什么还没动", context=context))
    assert card.title.startswith(HELD)


async def test_a_mistyped_number_from_an_earlier_message_is_still_mistyped(world: Store) -> None:
    answer = await asked(world, "什么时候到", context=(Turn("user", "LX123456786CN 到哪了"),))
    assert "是不是 LX123456785CN？" in as_text(only_card(answer))
    assert answer.asks is not None
    assert answer.asks.choices[0].intent == "eta"
    assert answer.asks.choices[0].slots == {"numbers": ["LX123456785CN"]}


async def test_a_long_list_of_mistyped_numbers_is_to_be_checked_not_guessed(world: Store) -> None:
    wrong = " ".join(f"LX{n}3CN" for n in (30000000, 30000001, 30000002, 30000003, 30000005))
    text = as_text(only_card(await asked(world, wrong, language="en")))
    assert text.count("check digit") == 4
    assert "2 more numbers have a wrong check digit" in text


async def test_ten_parcels_asked_why_are_a_list(world: Store) -> None:
    card = only_card(await asked(world, f"why are these late {HELD} {OUT} {CLEARING} {DELIVERED}", language="en"))
    assert card.title == "4 parcels: 1 delivered, 1 out for delivery, 1 in import clearance, 1 held"


async def test_trails_of_three_parcels_are_told_and_the_others_named(world: Store) -> None:
    answer = await asked(world, f"轨迹 {HELD} {OUT} {CLEARING} {DELIVERED}")
    assert len(answer.cards) == 3
    assert "您查询了 4 件，先显示前 3 件的轨迹。" in answer.cards[0].text


async def test_a_parcel_asked_for_its_flight_leads_to_the_flight(world: Store) -> None:
    card = only_card(await asked(world, f"{HELD} 的航班到了吗", intent="linehaul_status"))
    assert card.title == "航班 CV7911 · 已到达，晚点 3 小时"


async def test_a_parcel_without_flight_says_so(world: Store) -> None:
    card = only_card(await asked(world, OUT, intent="linehaul_status", language="en"))
    assert card.text == (f"No flight, train or waybill is known for {OUT} yet.",)


async def test_a_reference_given_to_where_is_it_is_answered(world: Store) -> None:
    card = only_card(await asked(world, "CV7911", intent="track"))
    assert card.title.startswith("航班 CV7911")


async def test_which_of_these_are_late_is_answered_about_these(world: Store) -> None:
    card = only_card(await asked(world, f"{OUT} {HELD} 这些哪些延误了", intent="delayed_list"))
    assert card.title == "2 件：派送中 1、查验/滞留 1"


async def test_an_air_pallet_is_answered_as_what_it_is(world: Store) -> None:
    card = only_card(await asked(world, "AKE12345CA 到哪了", intent="linehaul_status"))
    assert card.text == ("未查到 AKE12345CA 的包裹记录，请核对号码。",)
