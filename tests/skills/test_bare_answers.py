"""What people send that is only an answer, a "no, not that", or a wish without an object."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from bot.skills.base import Answer, Ask
from bot.skills.doubt import UNSURE as UNNAMED
from bot.skills.registry import SKILLS
from bot.store import Store
from tests.skills.stage import stage
from tests.skills.test_asking_back import MUTE, UNSURE, WHERE_OR_FOLLOW, at_hub
from tests.skills.test_list_dialogues import AT_HUB


def perhaps_stop(ask: Ask, conn: Connection) -> Answer:
    """What is answered to a wish to follow nothing named any longer, which may not be meant."""
    unsure = replace(ask.understanding, slots={UNNAMED: True})
    return SKILLS["unsubscribe"](replace(ask, understanding=unsure), conn)


@pytest.mark.parametrize("answer", ["1", "第一个", "是", "都不用"])
async def test_an_answer_to_no_question_is_told_that_none_is_open(sqlite_store: Store, answer: str) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", answer)).says("目前没有等您回答的问题").keeps_quiet_about("帮不上忙")


async def test_yes_to_a_choice_between_two_is_asked_which(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills=WHERE_OR_FOLLOW) as talk:
        await at_hub(talk)
        await talk.say("li", UNSURE)
        (await talk.say("li", "好的")).says("一共 3 个选项", f"2. 关注：{AT_HUB}")


@pytest.mark.parametrize("none", ["都不用", "先不用了", "以后再说"])
async def test_none_in_other_words_is_none(sqlite_store: Store, none: str) -> None:
    async with stage(sqlite_store, skills=MUTE) as talk:
        await talk.say("li", UNSURE)
        (await talk.say("li", none)).says("没有做任何改动")


async def test_the_answer_is_not_right_and_a_person_may_look_at_that_parcel(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await at_hub(talk)
        await talk.say("li", f"{AT_HUB} 到哪了")
        wrong = (await talk.say("li", "这个不对")).says("是哪里不对？")
        assert wrong.button("转人工") == f"转人工 {AT_HUB}"
        (await talk.say("li", wrong.button("转人工"))).says("C-1", AT_HUB)
        (await talk.say("marie", "this is wrong")).says("What is not right?")


async def test_nobody_agrees_to_stop_what_is_not_named(sqlite_store: Store) -> None:
    async with stage(sqlite_store, skills={**SKILLS, "help": perhaps_stop}) as talk:
        await at_hub(talk)
        (await talk.say("li", UNSURE)).says("还没有关注任何内容")
        await talk.say("li", f"关注 {AT_HUB}")
        (await talk.say("li", UNSURE)).says(f"您是想：取消关注：{AT_HUB}？")
        (await talk.say("li", "不对")).says("没有做任何改动")
        await talk.say("li", "关注 列日")
        (await talk.say("li", UNSURE)).says(AT_HUB, "列日", "全部取消")
        (await talk.say("li", "都不用")).says("没有做任何改动")
        (await talk.say("li", "我的订阅")).says("关注了 2 项")


async def test_a_bare_no_asks_nothing_again(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await at_hub(talk)
        await talk.say("li", "列日有哪些包裹")
        (await talk.say("li", "都不用")).says("目前没有等您回答的问题").keeps_quiet_about(AT_HUB)
        (await talk.say("li", "都取消")).says("还没有关注任何内容")


async def test_what_was_followed_last_is_not_passed_over_for_what_was_spoken_of(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await at_hub(talk)
        await talk.say("li", f"关注 {AT_HUB}")
        talk.later(minutes=1)
        (await talk.say("li", "取消关注")).says(f"已取消关注：{AT_HUB}")
        await talk.say("li", f"关注 {AT_HUB}")
        talk.later(minutes=1)
        await talk.say("li", "关注 列日")
        (await talk.say("li", "别再推了")).says("要取消哪", AT_HUB, "列日")
        (await talk.say("li", "1")).says("已取消关注")
        (await talk.say("li", "我的订阅")).says("关注了 1 项")


async def test_export_of_nothing_says_how_to_get_a_workbook(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("li", "发我表格")).says("还没有可以导出的清单", "导出 A-1024")
