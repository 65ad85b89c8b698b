"""A wish for a person reaches the desk, and who asked is told who has it."""

from bot.settings.model import CaseSettings, Settings
from bot.store import Store
from tests.skills.stage import Heard, Stage, stage


def pushed(talk: Stage, who: str, before: int) -> Heard:
    """What reached somebody without being asked since the adapter had sent so many messages."""
    sent = talk.adapters["chat"].sent[before:]
    return Heard([one for one in sent if one.conversation.external_id == who and one.in_reply_to is None])


async def test_the_desk_is_told_at_once_in_its_language_and_the_asker_who_was_told(store: Store) -> None:
    async with stage(store) as talk:
        await talk.say("marie", "hello")
        before = len(talk.adapters["chat"].sent)
        (await talk.say("li", "LX123456785CN 破损了，转人工")).says("C-1", "已转给：Marie Peeters")
        told = pushed(talk, "marie", before).says(
            "New request C-1", "From: Cainiao", "LX123456785CN", "In their words: LX123456785CN 破损了，转人工",
            "does not reach the person who asked",
        ).keeps_quiet_about("Li Na")  # fmt: skip
        assert len(told.messages) == 1
        (await talk.say("li", "C-1 进度")).says("C-1 · 待处理", "已转给：Marie Peeters（今天 15:02）")
        (await talk.say("marie", "status of case C-1")).says("From: Cainiao", "In their words: LX123456785CN")
        (await talk.say("marie", told.button("Close it"))).says("C-1 is closed")
        (await talk.say("li", "C-1 进度")).says("C-1 · 已关闭")


async def test_the_askers_words_are_not_read_out_where_other_people_of_the_partner_listen(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await talk.say("li", "你好", group="义乌客服群")
        await talk.say("li", "LX123456785CN 破损了，转人工，别告诉我老板")
        told = await talk.say("marie", "status of case C-1", group="义乌客服群")
        told.says("C-1", "LX123456785CN").keeps_quiet_about("别告诉我老板")
        (await talk.say("marie", "status of case C-1")).says("别告诉我老板")


async def test_who_asks_again_without_a_new_number_does_not_ring_twice(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await talk.say("marie", "hello")
        await talk.say("li", "转人工")
        before = len(talk.adapters["chat"].sent)
        (await talk.say("li", "转人工")).says("已补充到您的工单 C-1")
        assert pushed(talk, "marie", before).is_silence
        before = len(talk.adapters["chat"].sent)
        await talk.say("li", "转人工 LX123456785CN")
        pushed(talk, "marie", before).says("More numbers for request C-1", "LX123456785CN")


async def test_without_anybody_to_tell_the_asker_is_not_told_otherwise(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", "转人工")).says("C-1").keeps_quiet_about("已转给")
        (await talk.say("li", "C-1 进度")).says("已转给：暂未通知到人，客服可在工单列表中看到")


async def test_an_operator_who_asks_is_not_the_desk_that_answers(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("marie", "talk to a person")).says("C-1").keeps_quiet_about("Passed to")


async def test_hours_and_zone_of_the_desk_are_said_as_configured(sqlite_store: Store) -> None:
    settings = Settings(cases=CaseSettings(hours="10:00-16:00", time_zone="Asia/Shanghai", calendar="CN"))
    async with stage(sqlite_store, settings=settings) as talk:
        (await talk.say("li", "转人工")).says("今天；客服在线，工作日 10:00 至 16:00（北京时间）")
        talk.later(hours=2)
        (await talk.say("li", "转人工")).says("明天 10:00（北京时间）起")
