"""No card shows a raw code, a placeholder or the wrong language; every button is understood when pressed."""

import re

import pytest

from bot.contracts import Card, Language, as_text
from bot.store import Store
from bot.understanding import understand
from bot.wording import LANGUAGES
from bot.wording.checks.texts import HAN
from tests.skills.parcels import world as small
from tests.skills.parcels.conftest import ask

NUMBERS = [value for name, value in vars(small).items() if name.isupper() and isinstance(value, str)
           and re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", value)]  # fmt: skip
INTENTS = ("track", "history", "eta", "delay_reason", "linehaul_status")
CODE = re.compile(r"\b[A-Z]+_[A-Z_]+\b|\bNone\b|\bD\d\d\b|\{|\}|\b(?:CUS|CON|EXC)\b")
SIMPLIFIED_ONLY = set("单号轨迹关负责达发货预报数据处运线扫时间现来个转这没为从给续价继")
EXPECTED_LATIN = re.compile(r"[A-Z0-9-]{5,}|bpost|PostNL|DHL|[a-z]+-hub|cargo|rail|partner|[A-Z][a-z]+, BE|BE|IOSS|LGG")


async def cards(store: Store, text: str, language: Language, intent: str | None = None) -> tuple[Card, ...]:
    answer = await store.read(lambda conn: ask(conn, text, language=language, intent=intent))
    return answer.cards


async def every_card(store: Store, language: Language) -> list[Card]:
    found: list[Card] = []
    for intent in INTENTS:
        for number in NUMBERS:
            found += await cards(store, number, language, intent)
        found += await cards(store, " ".join(NUMBERS), language, intent)
        found += await cards(store, "x", language, intent)
    for text in ("CV7911", "CV7912", "X8155", small.WAYBILL, "CV9999", "157-12345674"):
        found += await cards(store, text, language, "linehaul_status")
    for text in ("", "今天", "上周", "LGG", "DE"):
        for intent in ("delayed_list", "summary"):
            found += await cards(store, text, language, intent)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_card_shows_a_code_a_placeholder_or_another_language(world: Store, language: Language) -> None:
    for card in await every_card(world, language):
        text = as_text(card)
        assert text.strip()
        assert card.language == language
        assert not CODE.search(text), text
        assert "  " not in "".join((*card.text, card.title, card.footer)), text
        if language == "en":
            assert not re.search(f"[{HAN}]", text), text
        else:
            sentences = "".join((*card.text, *(field.label + field.value for field in card.fields)))
            rest = EXPECTED_LATIN.sub("", sentences)
            assert not re.search(r"[A-Za-z]{3,}", rest.replace("Wetteren", "")), sentences
        if language == "zh-Hant":
            assert not SIMPLIFIED_ONLY & set(text), text


@pytest.mark.parametrize("language", LANGUAGES[1:])
async def test_han_and_latin_are_always_one_blank_apart(world: Store, language: Language) -> None:
    for card in await every_card(world, language):
        for part in (card.title, *card.text, *(field.value for field in card.fields), card.footer):
            plain = re.sub(r"\d+年|\d+月(\d+日)?|(至)\d+日|至\d+月\d+日", "", part)
            assert not re.search(f"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]", plain), part
            assert not re.search(f"[{HAN}] +[{HAN}]", part), part


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_a_button_says_is_understood_as_what_it_promises(world: Store, language: Language) -> None:
    wanted = {"history": "history", "轨迹": "history", "軌跡": "history", "follow": "subscribe", "关注": "subscribe",
              "關注": "subscribe", "talk": "handoff", "转人工": "handoff", "轉人工": "handoff"}
    pressed = {action.say for card in await every_card(world, language) for action in card.actions}
    assert len(pressed) > 20
    for said in pressed:
        word, _, subject = said.partition(" ")
        reading = understand(said, now=small.NOW)
        expected = wanted.get(word, "track")
        assert reading.intent == expected, said
        named = (*reading.slots.get("numbers", ()), *reading.slots.get("refs", ()))
        assert named == (subject.split()[-1] if subject else said,), said


async def test_delivered_is_never_said_of_a_pick_up_point(world: Store) -> None:
    for intent in INTENTS:
        for card in await cards(world, small.PICKUP, "en", intent):
            assert "elivered" not in as_text(card).replace("Delivered or ready for pick-up", "")
        for card in await cards(world, small.PICKUP, "zh-Hans", intent):
            assert "妥投" not in as_text(card).replace("妥投或到自提点", "")
