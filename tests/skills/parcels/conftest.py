"""Asking the parcel skills as a person would, over the small world."""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from bot.contracts import ConversationAddress, InboundMessage, Language, Sender
from bot.delays import Standards
from bot.people import EVERYTHING, PartnerScope, Person, Role
from bot.people.tables import partner
from bot.people.talk import narrowed
from bot.skills.base import Answer, Ask, Services
from bot.skills.parcels import PARCEL_SKILLS
from bot.store import Store
from bot.understanding import Turn, understand
from bot.wording import Words
from tests.skills.parcels.world import NOW, USUAL_GAPS, build

Asking = Callable[..., Answer]
ZONES = {"en": "Europe/Brussels", "zh-Hans": "Asia/Shanghai", "zh-Hant": "Asia/Hong_Kong"}


@pytest.fixture
async def world(sqlite_store: Store) -> Store:
    """The small world on SQLite."""
    await build(sqlite_store)
    return sqlite_store


def ask(
    conn: Connection, text: str, *, who: str = "cainiao", language: Language = "zh-Hans", zone: str | None = None,
    context: tuple[Turn, ...] = (), services: Services | None = None, intent: str | None = None,
    place: str | None = None,
) -> Answer:  # fmt: skip
    """The answer of the skill that the text is understood to want; `place` is the partner of a group."""
    words = Words(language, ZoneInfo(zone or ZONES[language]), NOW)
    understanding = understand(text, context=context, now=NOW.astimezone(words.zone))
    if intent is not None:
        understanding = replace(understanding, intent=intent)
    message = InboundMessage(
        message_id="1", conversation=ConversationAddress(adapter="local", external_id="1"),
        sender=Sender(external_id="1"), text=text, sent_at=NOW,
    )  # fmt: skip
    person = narrowed(_person(conn, who), _key(conn, place)) if place else _person(conn, who)
    question = Ask(
        person=person, conversation_id=1, message=message, understanding=understanding, words=words,
        now=NOW, services=services or Services(estimator=Standards(), usual_gaps=USUAL_GAPS),
    )  # fmt: skip
    return PARCEL_SKILLS[understanding.intent](question, conn)


def _person(conn: Connection, who: str) -> Person:
    if who == "operator":
        return Person(2, "An", Role.OPERATOR, None, EVERYTHING, None, "Europe/Brussels")
    key = _key(conn, who)
    return Person(1, "小王", Role.PARTNER, key, PartnerScope(frozenset({key})), None, "Asia/Shanghai")


def _key(conn: Connection, code: str) -> int:
    return int(conn.execute(select(partner.c.id).where(partner.c.code == code)).scalar_one())
