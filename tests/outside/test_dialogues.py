"""The door through the whole pipeline: answers say how they were read, changes are asked, nothing is slowed down."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.inbox.tables import inbox
from bot.outside.model import INTENTS
from bot.skills.doubt import OFFERED
from bot.skills.proposed import READS_ONLY
from bot.store import Store
from bot.testing import Answer, Late, Usual
from bot.testing.outside import OutsideServices
from bot.understanding.certainty import CHANGING
from tests.outside.conftest import UNREAD, door_to, said
from tests.skills.stage import stage
from tests.skills.test_list_dialogues import ABROAD, AT_HUB, THEIRS, late, scan
from tests.skills.test_traps import _state
from tests.understanding.traps import ALL, OURS

NO_MORE = "älkää enää lähettäkö näitä viestejä"


async def test_a_question_is_answered_and_says_how_it_was_read(store: Store, services: OutsideServices) -> None:
    services.says = said("delayed_list")
    async with door_to(services, store) as door, stage(store, door=door) as talk:
        await late(talk, scan(ABROAD, "LASTMILE_RECEIVED"), scan(THEIRS, "HUB_RECEIVED", "yanwen"))
        heard = await talk.say("li", UNREAD)
        heard.says(ABROAD, "read with the help of a language model as “").keeps_quiet_about(THEIRS)
        await talk.say("li", "以后用中文")
        (await talk.say("li", UNREAD)).says(ABROAD, "您的消息由语言模型协助理解为“看晚点清单”。")


async def test_the_record_says_whose_idea_it_was(sqlite_store: Store, services: OutsideServices) -> None:
    services.says = said("delayed_list")
    async with door_to(services, sqlite_store) as door, stage(sqlite_store, door=door) as talk:
        await talk.say("li", UNREAD)
        outcome = await sqlite_store.read(lambda conn: conn.execute(select(inbox.c.outcome)).scalar_one())
    assert json.loads(outcome)["why"].startswith("proposed by model: delayed_list; own: out_of_scope")


async def test_a_translation_is_shown_as_one(sqlite_store: Store, services: OutsideServices) -> None:
    services.translates = lambda text: "which parcels are late"
    async with (
        door_to(services, sqlite_store, translation="libretranslate") as door, stage(sqlite_store, door=door) as talk,
    ):  # fmt: skip
        await late(talk, scan(ABROAD, "LASTMILE_RECEIVED"))
        (await talk.say("li", UNREAD)).says(ABROAD, "from a machine translation: “which parcels are late”")


async def test_a_change_is_asked_and_made_by_the_persons_own_word(store: Store, services: OutsideServices) -> None:
    services.says = said("unsubscribe")
    async with door_to(services, store) as door, stage(store, door=door) as talk:
        await talk.say("li", f"关注 {AT_HUB}")
        (await talk.say("li", NO_MORE)).says("Do you mean: stop following?")
        (await talk.say("li", "我的订阅")).says(AT_HUB)
        await talk.say("li", NO_MORE)
        await talk.say("li", "不是")
        (await talk.say("li", "我的订阅")).says(AT_HUB)
        await talk.say("li", NO_MORE)
        await talk.say("li", "是的")
        (await talk.say("li", "我的订阅")).says("还没有关注任何内容")


@pytest.mark.parametrize("intent", sorted(INTENTS.keys() - READS_ONLY - {"out_of_scope"}))
async def test_no_change_is_made_on_its_word_whatever_it_proposes(
    sqlite_store: Store, services: OutsideServices, intent: str
) -> None:
    services.says = said(intent, numbers=["[N1]"], alert_id=["[N1]"], language=["english", "[N1]"], hub=["Liege"])
    async with door_to(services, sqlite_store) as door, stage(sqlite_store, door=door) as talk:
        await talk.load(scan(OURS, "HUB_RECEIVED"))
        await talk.say("li", f"关注 {OURS}")
        before = await sqlite_store.read(_state)
        heard = await talk.say("li", f"{NO_MORE} english Liege")
        assert heard.messages
        assert await sqlite_store.read(_state) == before
    assert len(services.asked) == 1


def test_what_is_answered_at_once_changes_nothing_and_all_else_can_be_asked() -> None:
    assert not READS_ONLY & (CHANGING | {"handoff", "document", "template"})
    assert INTENTS.keys() - {"out_of_scope"} <= OFFERED


async def test_traps_stay_traps_with_a_model_that_falls_for_all_of_them(
    sqlite_store: Store, services: OutsideServices
) -> None:
    intents = ("unsubscribe", "mute", "set_language", "summary", "report_problem")
    async with door_to(services, sqlite_store) as door, stage(sqlite_store, door=door) as talk:
        await talk.load(scan(OURS, "HUB_RECEIVED"), scan(THEIRS, "HUB_RECEIVED", "yanwen"))
        await talk.say("li", f"关注 {OURS}")
        before = await sqlite_store.read(_state)
        for place, text in enumerate(ALL):
            services.says = said(intents[place % len(intents)], numbers=[THEIRS], hub=["BRU"])
            talk.clock.advance(timedelta(minutes=1))
            heard = await talk.say("li", text)
            assert heard.messages, text
            heard.keeps_quiet_about("Yanwen", "Wang Wei")
            if THEIRS not in text:
                heard.keeps_quiet_about(THEIRS)
            assert await sqlite_store.read(_state) == before, text
            await talk.say("li", "LX123456785CN")
    assert services.asked


@pytest.mark.parametrize("step", [Answer("<html>", status=500), Answer({"choices": []}), Answer("x" * 100_000)])
async def test_without_an_answer_the_message_is_answered_as_ever(
    sqlite_store: Store, services: OutsideServices, step: Answer
) -> None:
    services.script(Usual(), step)
    async with door_to(services, sqlite_store) as door, stage(sqlite_store, door=door) as talk:
        refused = await talk.say("li", UNREAD)
        refused.says("I cannot help with that")
        assert (await talk.say("li", UNREAD)).text == refused.text


async def test_what_is_understood_never_goes_out(sqlite_store: Store, services: OutsideServices) -> None:
    async with door_to(services, sqlite_store) as door, stage(sqlite_store, door=door) as talk:
        for text in ("您好", "LX123456785CN 到哪了", "关注 CV7911", "静音 2 小时", "weather tomorrow", "帮助", ""):
            await talk.say("li", text)
        await talk.say("nobody", UNREAD)  # a stranger is not answered, so nothing is asked
    assert services.asked == []


async def test_others_are_answered_while_one_waits_for_the_service(
    sqlite_store: Store, services: OutsideServices
) -> None:
    release = asyncio.Event()
    services.script(Late(release))
    services.says = said("delayed_list")
    async with door_to(services, sqlite_store) as door, stage(sqlite_store, door=door) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        waiting = asyncio.ensure_future(talk.say("li", UNREAD))
        async with asyncio.timeout(10):
            while not services.asked:
                await asyncio.sleep(0)
            other = asyncio.ensure_future(talk.say("marie", AT_HUB))
            while not talk.adapters["chat"].sent:
                await asyncio.sleep(0)
            (first,) = talk.adapters["chat"].sent
            assert first.conversation.external_id == "marie"
            release.set()
            await asyncio.gather(waiting, other)


async def test_who_writes_is_not_named_outside(sqlite_store: Store, services: OutsideServices) -> None:
    async with door_to(services, sqlite_store) as door, stage(sqlite_store, door=door) as talk:
        await talk.say("li", f"{UNREAD} chiede li na", group="义乌客服群")
    assert len(services.asked) == 1
    assert "li na" not in services.sent
