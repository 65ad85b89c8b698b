"""Who is answered at all."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from bot.contracts import ConversationAddress, InboundMessage, MessageKind, Sender
from bot.inbox import InboxItem
from bot.inbox.tables import inbox
from bot.skills.base import Answer, Ask
from bot.skills.gate import Quota, Verdict
from bot.skills.registry import CONVERSATION_SKILLS
from bot.store import Store
from tests.skills.stage import NOW, stage


@pytest.mark.parametrize("how", [{"automated": True}, {"from_self": True}, {"kind": MessageKind.NOTICE}])
async def test_machines_and_ourselves_are_never_answered(sqlite_store: Store, how: dict[str, object]) -> None:
    async with stage(sqlite_store) as talk:
        assert (await talk.say("li", "您好", **how)).is_silence  # type: ignore[arg-type]
        assert not (await talk.say("li", "您好")).is_silence


async def test_a_stranger_hears_how_to_get_access_and_then_nothing_for_a_day(store: Store) -> None:
    async with stage(store) as talk:
        first = await talk.say("eve", "where is LX123456785CN")
        first.says("I only answer people of a partner we know", "chat:eve").keeps_quiet_about("LX123456785CN")
        assert (await talk.say("eve", "hello?")).is_silence
        talk.later(hours=25)
        (await talk.say("eve", "到哪了")).says("联系贵司在 bpost 或 Landmark Global 的对接人", "chat:eve")


async def test_a_colleague_met_for_the_first_time_is_answered_at_once(store: Store) -> None:
    async with stage(store) as talk:
        (await talk.say("zhang", "你好", adapter="cainiao-ding")).says("我是包裹桥")
        (await talk.say("eve", "你好", adapter="cainiao-ding", outsider=True)).says("我只能回答已登记的合作方同事")
        (await talk.say("eve", "你好", adapter="cainiao-ding")).says("我是包裹桥")  # joined the organisation


async def test_too_many_questions_are_answered_once_with_slow_down(sqlite_store: Store) -> None:
    async with stage(sqlite_store, questions_per_minute=2) as talk:
        for _ in range(2):
            (await talk.say("li", "谢谢")).says("不客气")
        (await talk.say("li", "谢谢")).says("您问得太快")
        assert (await talk.say("li", "谢谢")).is_silence
        (await talk.say("wang", "谢谢")).says("不客气")  # somebody else is not held back
        talk.later(minutes=1)
        (await talk.say("li", "谢谢")).says("不客气")


def test_a_message_tried_again_counts_once_and_memory_is_bounded() -> None:
    quota = Quota(1)
    assert [quota.check(1, inbox_id, NOW) for inbox_id in (7, 7, 8, 8, 9)] == [
        Verdict.ANSWER, Verdict.ANSWER, Verdict.SLOW_DOWN, Verdict.SLOW_DOWN, Verdict.SILENCE,
    ]  # fmt: skip
    assert quota.check(1, 10, NOW + timedelta(minutes=1)) is Verdict.ANSWER


async def test_a_skill_that_fails_is_tried_again_and_then_apologised_for(sqlite_store: Store) -> None:
    def broken(ask: Ask, conn: Connection) -> Answer:
        raise ZeroDivisionError("a defect")

    async with stage(sqlite_store, skills={**CONVERSATION_SKILLS, "thanks": broken}) as talk:
        await talk.say("li", "用英文回复")
        item = InboxItem(99, 1, _message("谢谢"), NOW, 1)
        with pytest.raises(ZeroDivisionError):
            await talk.handler.handle(item)
        apology = talk.handler.apology(item)
        assert apology is not None
        assert apology.cards[0].text[0].startswith("Sorry, something went wrong on our side")  # as li wishes
        assert apology.dedup_key == "reply:99"
        unseen = talk.handler.apology(InboxItem(98, 1, _message("LX123456785CN"), NOW, 6))
        assert unseen is not None
        assert [card.language for card in unseen.cards] == ["zh-Hans", "en"]
        assert talk.handler.apology(InboxItem(97, 1, _message("x", automated=True), NOW, 6)) is None


async def test_what_a_message_was_taken_for_is_kept_with_it(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await talk.say("li", "C-5 进度")
        kept = await sqlite_store.read(lambda conn: conn.execute(select(inbox.c.outcome).order_by(inbox.c.id)).all())
        outcome = json.loads(kept[0][0])
        assert outcome.pop("why").startswith("case_status ")
        assert outcome == {"intent": "case_status", "slots": {"case_id": "C-5"}, "language": "zh-Hans"}


async def test_in_a_group_the_asker_is_mentioned(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        assert (await talk.say("li", "谢谢", group="g")).messages[0].mention == ("li",)
        assert (await talk.say("li", "谢谢")).messages[0].mention == ()


def _message(text: str, *, automated: bool = False) -> InboundMessage:
    return InboundMessage(
        message_id="x", conversation=ConversationAddress(adapter="chat", external_id="li"),
        sender=Sender(external_id="li"), text=text, sent_at=NOW.astimezone(ZoneInfo("Asia/Shanghai")),
        automated=automated,
    )  # fmt: skip
