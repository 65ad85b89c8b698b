"""A message that names nothing may point: at a row of the list above, at what it replies to, at the parcel before."""

import pytest

from bot.skills.ordinals import place_alone, place_in
from bot.store import Store
from bot.understanding.folding import fold
from tests.skills.stage import Stage, stage
from tests.skills.test_list_dialogues import ABROAD, AT_HUB, THEIRS, late, scan

ABOARD = {"linehaul": "CV7911/2026-11-22", "location": "LGG"}


async def two_late(talk: Stage) -> list[str]:
    """Two parcels late on one flight; their numbers in the order the list shows them."""
    await late(talk, scan(AT_HUB, "HUB_RECEIVED", hours=30, **ABOARD), scan(ABROAD, "HUB_RECEIVED", hours=29, **ABOARD))
    listed = await talk.say("li", "哪些包裹晚点")
    assert listed.cards[0].table is not None
    return [row[0] for row in listed.cards[0].table.rows]


@pytest.mark.parametrize(("said", "place"), [
    ("第二个呢", 1), ("第2个到哪了", 1), ("第一票什么时候到", 0), ("最后一个为什么晚", 1), ("and the second one?", 1),
    ("why the first one?", 0), ("what about the last one", 1), ("and the 2nd?", 1), ("#1 eta", 0), ("第二個呢", 1),
])  # fmt: skip
async def test_a_row_is_pointed_at_by_its_place(sqlite_store: Store, said: str, place: int) -> None:
    async with stage(sqlite_store) as talk:
        rows = await two_late(talk)
        (await talk.say("li", said)).says(rows[place]).keeps_quiet_about(rows[1 - place])


async def test_what_is_asked_of_a_row_goes_on_with_the_next(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        first, second = await two_late(talk)
        (await talk.say("li", "第一个为什么晚了")).says(first)
        (await talk.say("li", "那第二个呢")).says(second).keeps_quiet_about(first)
        (await talk.say("li", "那这个什么时候到")).says(second).keeps_quiet_about(first)
        (await talk.say("li", "前面那个呢")).says(first).keeps_quiet_about(second)
        (await talk.say("li", "它的轨迹")).says(first).keeps_quiet_about(second)


async def test_a_place_beyond_the_list_is_asked_back(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        first, second = await two_late(talk)
        (await talk.say("li", "第五个呢")).says("上面只有 2 行", f"1. {first}", f"2. {second}")
        (await talk.say("li", "2")).says(second).keeps_quiet_about(first)


async def test_only_what_a_row_names_is_followed(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        _, second = await two_late(talk)
        await talk.say("li", "关注第二个")
        (await talk.say("li", "我的订阅")).says("关注了 1 项", second)


async def test_nobody_points_at_the_list_of_somebody_else(store: Store) -> None:
    async with stage(store) as talk:
        await late(talk, scan(AT_HUB, "HUB_RECEIVED", hours=30), scan(ABROAD, "HUB_RECEIVED", hours=29),
                   scan(THEIRS, "HUB_RECEIVED", "yanwen", hours=30))  # fmt: skip
        await talk.say("li", "哪些包裹晚点", group="g")
        (await talk.say("marie", "and the second one?", group="g")).keeps_quiet_about(AT_HUB, ABROAD)
        (await talk.say("wang", "第一个呢")).keeps_quiet_about(AT_HUB, ABROAD)
        (await talk.say("li", "第一个呢")).keeps_quiet_about(AT_HUB, ABROAD)  # here nothing was listed
        (await talk.say("li", "第一个呢", group="g")).says(AT_HUB)


async def test_a_list_is_forgotten_with_the_conversation(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await two_late(talk)
        talk.later(minutes=31)
        (await talk.say("li", "第二个呢")).keeps_quiet_about(AT_HUB, ABROAD)


@pytest.mark.parametrize("said", ["那这个呢", "这个什么情况", "and this one?", "status?", "this one?", "呢？"])
async def test_a_reply_to_a_message_is_about_what_stands_there(sqlite_store: Store, said: str) -> None:
    async with stage(sqlite_store) as talk:
        await two_late(talk)
        await talk.say("li", f"{ABROAD} 到哪了")
        await talk.say("li", "天气怎么样")
        (await talk.say("li", said, quoted=f"{AT_HUB} · 清关中")).says(AT_HUB).keeps_quiet_about(ABROAD)


async def test_a_reply_to_a_list_may_point_at_its_rows(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        first, second = await two_late(talk)
        await talk.say("li", f"{first} 到哪了")
        listed = f"延误包裹 2 件\n{second} 枢纽处理中\n{first} 枢纽处理中"
        (await talk.say("li", "第一个呢", quoted=listed)).says(second).keeps_quiet_about(first)


async def test_a_reply_to_an_alert_is_about_its_flight(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await two_late(talk)
        (await talk.say("li", "这个什么情况", quoted="A-3 航班 CV7911 晚点 4 小时")).says("航班 CV7911")
        (await talk.say("li", "and this one?", quoted="A-99 parcels late")).says("A-99")


async def test_a_reply_that_asks_something_else_is_answered_as_it_asks(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await two_late(talk)
        (await talk.say("li", "谢谢", quoted=f"{AT_HUB} · 清关中")).says("不客气")
        (await talk.say("li", "帮我订机票", quoted=f"{AT_HUB} · 清关中")).keeps_quiet_about(AT_HUB)


@pytest.mark.parametrize("said", [
    "第二天到的吗", "第三方仓库在哪", "第一次查", "第二个航班", "first of all hello", "at last", "last week",
])  # fmt: skip
def test_not_every_ordinal_points_at_a_row(said: str) -> None:
    assert place_in(fold(said)) is None


@pytest.mark.parametrize("said", ["2 小时", "第二个航班呢", "one parcel", "the first is late", "last week"])
def test_a_place_alone_is_nothing_else(said: str) -> None:
    assert place_alone(fold(said)) is None


@pytest.mark.parametrize(("said", "place"), [
    ("1", 1), ("第十个", 10), ("three", 3), ("the last one", -1), ("最后一个", -1), ("no. 4", 4), ("3rd", 3),
    ("选二", 2), ("第2项吧", 2), ("②", 2), ("option three please", 3),
])  # fmt: skip
def test_a_place_is_said_in_many_ways(said: str, place: int) -> None:
    assert place_alone(fold(said)) == place


async def test_a_question_about_many_goes_on_with_another_period_and_another_hub(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await two_late(talk)
        (await talk.say("marie", "summary for today")).says("today")
        (await talk.say("marie", "same for yesterday")).says("Summary · yesterday")
        (await talk.say("marie", "and last month?")).says("last month")
        (await talk.say("li", "列日昨天的汇总")).says("汇总 · 列日 · 昨天")
        (await talk.say("li", "布鲁塞尔呢")).says("布鲁塞尔", "昨天")


async def test_its_eta_is_of_the_parcel_just_shown(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        first, second = await two_late(talk)
        await talk.say("marie", f"where is {first}")
        (await talk.say("marie", "its ETA?")).says(first).keeps_quiet_about(second)
        (await talk.say("marie", "why is it late?")).says(first).keeps_quiet_about(second)
        (await talk.say("marie", f"and {second}?")).says(second).keeps_quiet_about(first)
        (await talk.say("marie", "full history please")).says(second).keeps_quiet_about(first)
        (await talk.say("marie", "the one before?")).says(first).keeps_quiet_about(second)
