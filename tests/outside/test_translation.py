"""What our own understanding makes of a machine translation, with its terms and placeholders kept."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.outside.checking import from_translation
from bot.outside.hiding import hide
from bot.outside.terms import in_english, term_spans
from bot.store import Store
from bot.testing import Answer, Usual
from bot.testing.outside import OutsideServices
from tests.outside.conftest import NOW, ask, door_to, said

TEXT = "fammi sapere quando LX123456785CN è a destinazione"
ENGLISH = "let me know when will [N1] arrive, please tell me the eta of parcel [N1]"


@pytest.mark.parametrize("service", ["libretranslate", "deepl"])
async def test_a_translation_is_read_when_the_model_has_nothing(
    sqlite_store: Store, services: OutsideServices, service: str
) -> None:
    services.translates = lambda text: "when will parcel [N1] arrive" if "[N1]" in text else "?"
    async with door_to(services, sqlite_store, translation=service) as door:
        proposal = await ask(door, TEXT)
    assert proposal is not None
    assert (proposal.intent, proposal.slots) == ("eta", {"numbers": ["LX123456785CN"]})
    assert (proposal.by, proposal.translated) == ("translation", "when will parcel LX123456785CN arrive")
    assert "LX123456785CN" not in services.sent


async def test_the_translation_is_not_asked_for_where_the_model_proposes(
    sqlite_store: Store, services: OutsideServices
) -> None:
    services.says = said("eta")
    async with door_to(services, sqlite_store, translation="deepl") as door:
        proposal = await ask(door, TEXT)
    assert proposal is not None
    assert (proposal.by, len(services.asked)) == ("model", 1)


HOSTILE: dict[str, Callable[[str], str]] = {
    "lost": lambda text: "when will my parcel arrive",
    "doubled": lambda text: "when will [N1] and [N1] arrive",
    "another": lambda text: "when will [N2] arrive",
    "altered": lambda text: "when will 【N1】 arrive",
    "small": lambda text: "when will [n1] arrive",
    "with a link": lambda text: "when will [N1] arrive? see https://evil.example/x",
    "with an address": lambda text: "when will [N1] arrive? write to a@b",
    "with a name of a page": lambda text: "when will [N1] arrive? see evil.example",
    "with a phone number": lambda text: "when will [N1] arrive? call 0032475123456",
    "with a parcel of others": lambda text: "when will [N1] and LX987654326CN arrive",
    "empty": lambda text: "  ",
    "huge": lambda text: "when will [N1] arrive " + "la " * 9_000,
}


@pytest.mark.parametrize("translates", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("service", ["libretranslate", "deepl"])
async def test_a_translation_that_lost_something_is_worth_nothing(
    sqlite_store: Store, services: OutsideServices, service: str, translates: Callable[[str], str]
) -> None:
    services.translates = translates
    async with door_to(services, sqlite_store, translation=service) as door:
        assert await ask(door, TEXT) is None


def test_numbers_a_translation_brings_along_are_dropped() -> None:
    english = "when will parcel [N1] of flight CV7911 and alert A-1024 arrive"
    proposal = from_translation(english, hide(TEXT), TEXT, terms={}, now=NOW)
    assert proposal is not None
    assert proposal.slots == {"numbers": ["LX123456785CN"]}


def test_a_term_is_translated_as_the_glossary_has_it() -> None:
    text = "清关咋样嘞 LX123456785CN"
    hidden = hide(text, terms=term_spans(text))
    sign = next(sign for sign, piece in hidden.stands_for.items() if piece == "清关")
    english = f"where is [N1], what is its {sign} status"
    proposal = from_translation(english, hidden, text, terms=in_english(hidden), now=NOW)
    assert proposal is not None
    assert "customs clearance" in proposal.translated


@pytest.mark.parametrize(
    "body", [{}, [], "text", {"translations": []}, {"translations": [{"text": 5}]}, {"translatedText": None}]
)
@pytest.mark.parametrize("service", ["libretranslate", "deepl"])
async def test_what_is_no_translation_is_no_trouble(
    sqlite_store: Store, services: OutsideServices, service: str, body: dict[str, Any] | list[Any] | str
) -> None:
    services.script(Usual(), Answer(body))
    async with door_to(services, sqlite_store, translation=service) as door:
        assert await ask(door, TEXT) is None
        assert door.counts["translation"] == {"failed": 1}


async def test_a_used_up_quota_of_deepl_is_a_pause(sqlite_store: Store, services: OutsideServices) -> None:
    services.script(Usual(), Answer({}, status=456))
    async with door_to(services, sqlite_store, translation="deepl") as door:
        await ask(door, TEXT)
        assert "456" in door.health()["translation"].detail
