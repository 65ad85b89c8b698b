"""Dialogues about alerts: follow, be told, take note, be quiet, who, export, take it back."""

import pytest

from bot.settings import Settings
from bot.store import Store
from tests.skills.stage import Stage, stage
from tests.skills.worlds import FLIGHT, OTHERS, OWN, flight_left, story


async def late_flight(talk: Stage) -> None:
    """Three parcels of Cainiao and one of Yanwen are on a flight that has not arrived."""
    await talk.load(*story("cainiao", OWN), *story("yanwen", OTHERS[:1]), flight_left())


async def test_follow_a_flight_be_told_take_note_and_ask_who(store: Store) -> None:
    async with stage(store) as talk:
        await late_flight(talk)
        (await talk.say("li", f"关注 {FLIGHT}")).says(f"已关注：{FLIGHT}", "撤销")
        (await talk.say("li", f"follow {FLIGHT}")).says(f"You follow this already: {FLIGHT}")
        told = (await talk.alerts("li")).says(FLIGHT, "A-1")
        assert len(told.messages) == 1
        (await talk.say("li", "收到")).says("A-1：已确认收到")
        (await talk.say("li", "收到")).says("A-1：Li Na 已经确认过了")
        (await talk.say("li", "who")).says(f"A-1 · flight {FLIGHT}", "Li Na has it since", "acknowledged by Li Na")
        (await talk.say("marie", "who A-1")).says("Li Na has it since")
        (await talk.say("wang", "ack A-1")).says("A-1: noted")  # has a parcel on it
        (await talk.say("wang", "谁 A-1")).keeps_quiet_about("Li Na")


@pytest.mark.parametrize(("lasts", "until"), [("90m", "17:16"), ("4h", "19:46")])
async def test_an_alert_taken_note_of_is_quiet_as_long_as_the_settings_say(
    sqlite_store: Store, lasts: str, until: str
) -> None:
    settings = Settings.model_validate({"alerts": {"ack_lasts": lasts}})
    async with stage(sqlite_store, settings=settings) as talk:
        await late_flight(talk)
        await talk.say("li", f"follow {FLIGHT}")
        await talk.alerts("li")
        (await talk.say("li", "ack A-1")).says("A-1: noted", until)


async def test_an_alert_is_closed_and_brought_back(store: Store) -> None:
    async with stage(store) as talk:
        await late_flight(talk)
        await talk.say("li", f"关注 {FLIGHT}")
        await talk.alerts("li")
        (await talk.say("li", "关闭")).says("A-1 已为贵方关闭", "重开 A-1")
        (await talk.say("li", "resolve A-1")).says("A-1")
        (await talk.say("li", "重开 A-1")).says("A-1 已重开", "关闭 A-1")
        (await talk.say("li", "关闭 A-77")).says("没有找到提醒 A-77")


async def test_the_parcels_of_an_alert_are_listed_to_whom_they_belong(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await late_flight(talk)
        await talk.say("li", f"关注 {FLIGHT}")
        await talk.alerts("li")
        (await talk.say("li", "导出 A-1")).says(*OWN, "3 件").keeps_quiet_about(OTHERS[0])
        (await talk.say("wang", "export A-1")).says(OTHERS[0], "1 parcel is").keeps_quiet_about(*OWN)
        (await talk.say("marie", "export A-1")).says(OTHERS[0], *OWN, "4 parcels")
        (await talk.say("li", "导出 A-9")).says("没有找到提醒 A-9")


async def test_without_a_reference_the_open_alerts_are_offered(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("marie", "resolve")).says("No alert is open for you now")
        await late_flight(talk)
        await talk.say("li", f"关注 {FLIGHT}")
        await talk.alerts("li")
        asked = (await talk.say("marie", "resolve")).says("Which alert do you mean?", "A-1")
        (await talk.say("marie", asked.button(f"A-1 · flight {FLIGHT} PVG–LGG"))).says("A-1 is resolved")


async def test_everything_is_followed_only_after_a_yes(store: Store) -> None:
    async with stage(store) as talk:
        asked = (await talk.say("li", "打开延误提醒")).says("要在这里接收全部延误提醒吗")
        (await talk.say("li", "不用了")).says("没有做任何改动")
        (await talk.say("li", "我的订阅")).says("还没有关注任何内容")
        await talk.say("li", "打开延误提醒")
        (await talk.say("li", asked.button("是，全部"))).says("已关注：全部延误提醒")
        (await talk.say("li", "我的订阅")).says("这里关注了 1 项", "全部延误提醒", "Li Na")
        (await talk.say("li", "undo")).says("Taken back: everything is not followed")
        (await talk.say("li", "send every delay alert to me")).says("Following: everything")


async def test_a_bare_cancel_asks_which_one(store: Store) -> None:
    async with stage(store) as talk:
        await late_flight(talk)
        (await talk.say("li", "取消")).says("还没有关注任何内容")
        await talk.say("li", f"关注 {FLIGHT}")
        await talk.say("li", "关注列日")
        asked = (await talk.say("li", "取消")).says("这里有 2 项关注，要取消哪一个？")
        (await talk.say("li", asked.button("都不取消"))).says("没有做任何改动")
        asked = await talk.say("li", "取消")
        (await talk.say("li", asked.button(FLIGHT))).says(f"已取消关注：{FLIGHT}", "撤销")
        (await talk.say("li", "撤销")).says(f"重新关注 {FLIGHT}")
        await talk.say("li", "取消")
        (await talk.say("li", "2")).says("已取消关注：")
        (await talk.say("li", "取消")).says("已取消关注：")  # the only one left is meant
        (await talk.say("li", "全部退订")).says("这里没有关注")


async def test_a_number_nobody_knows_is_not_followed(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await late_flight(talk)
        for number in (OTHERS[0], "LX100000003CN"):
            (await talk.say("li", f"关注 {number}")).says(f"查不到：{number}").keeps_quiet_about("已关注")
        (await talk.say("li", f"关注 {OWN[0]} {OTHERS[0]}")).says(f"已关注：{OWN[0]}", f"查不到：{OTHERS[0]}")
        (await talk.say("li", f"取消关注 {OWN[1]}")).says("这里没有关注", OWN[1])


async def test_quiet_for_a_while_and_back_again(store: Store) -> None:
    async with stage(store) as talk:
        await late_flight(talk)
        await talk.say("li", f"关注 {FLIGHT}")
        asked = (await talk.say("li", "静音")).says("要静音多久？")
        (await talk.say("li", asked.button("2 小时"))).says("已静音", "今天 17:02（北京时间）")
        (await talk.say("li", "撤销")).says("这里恢复推送提醒")
        await talk.say("li", "静音")
        (await talk.say("li", "3小时吧")).says("今天 18:02（北京时间）")
        (await talk.say("li", "撤销")).says("这里恢复推送提醒")
        (await talk.say("li", "免打扰三十天")).says("静音最长 7 天", "12月1日")
        assert (await talk.alerts("li")).is_silence
        (await talk.say("li", "undo")).says("more than 10 minutes old")


async def test_an_alert_is_muted_by_its_reference_and_an_unknown_one_mutes_nothing(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await late_flight(talk)
        await talk.say("li", f"关注 {FLIGHT}")
        told = await talk.alerts("li")
        (await talk.say("li", told.button("静音 4 小时"))).says(f"已静音：{FLIGHT}", "涉及 1 条进行中的提醒")
        (await talk.say("li", "静音 4 小时 A-99")).says("没有找到提醒 A-99").keeps_quiet_about("已静音")


async def test_in_a_group_everybody_knows_what_was_pushed(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await late_flight(talk)
        await talk.say("li", "关注列日", group="义乌客服群")
        (await talk.alerts("义乌客服群")).says("A-1")
        (await talk.say("marie", "noted", group="义乌客服群")).says("A-1: noted")
        (await talk.say("wang", "ack A-1", group="义乌客服群")).says("I know no alert A-1")


async def test_silence_is_ended_by_saying_so(store: Store) -> None:
    async with stage(store) as talk:
        await late_flight(talk)
        (await talk.say("li", "取消静音")).says("这里没有设置静音").keeps_quiet_about("已关注")
        await talk.say("li", f"关注 {FLIGHT}")
        await talk.say("li", f"静音 {FLIGHT} 2小时")
        (await talk.say("li", f"取消静音 {OWN[0]}")).says(f"这里没有单独静音：{OWN[0]}", f"仍在静音：{FLIGHT}")
        assert (await talk.alerts("li")).is_silence
        (await talk.say("li", f"取消静音 {FLIGHT}")).says(f"已取消静音：{FLIGHT}", "撤销").keeps_quiet_about("仍在静音")
        (await talk.alerts("li")).says(FLIGHT, "A-1")
        (await talk.say("li", "unmute")).says("Nothing is muted here")


async def test_the_end_of_silence_is_taken_back(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await late_flight(talk)
        await talk.say("li", f"关注 {FLIGHT}")
        await talk.say("li", f"mute {FLIGHT} for 2 hours")
        await talk.say("li", "mute LGG for 1 day")
        said = (await talk.say("li", f"unmute {FLIGHT}")).says(f"No longer muted: {FLIGHT}", "Still muted:")
        (await talk.say("li", "undo")).says("Taken back: muted again")
        assert (await talk.alerts("li")).is_silence
        ended = (await talk.say("li", said.button("End all mutes"))).says("No longer muted:", FLIGHT)
        ended.keeps_quiet_about("Still")
        (await talk.alerts("li")).says(FLIGHT)


async def test_what_was_followed_before_offers_nothing_to_undo(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await late_flight(talk)
        (await talk.say("li", f"follow {FLIGHT}")).says("undo")
        (await talk.say("li", f"follow {FLIGHT}")).says("You follow this already").keeps_quiet_about("undo")


async def test_undo_after_an_act_is_about_that_act(store: Store) -> None:
    async with stage(store) as talk:
        await late_flight(talk)
        await talk.say("li", f"关注 {FLIGHT}")
        await talk.alerts("li")
        await talk.say("li", "收到")
        (await talk.say("li", "撤销")).says("已撤销：A-1 改回未确认").keeps_quiet_about("10 分钟")
        (await talk.say("li", "谁在处理 A-1")).says("还没有人确认", "Li Na 撤销了确认")
        await talk.say("li", "收到 A-1")
        (await talk.say("li", "算了")).says("已撤销：A-1 改回未确认")
        await talk.say("li", "关闭 A-1")
        (await talk.say("li", "撤销")).says("已撤销：A-1 已重开")
        await talk.say("li", "关闭 A-1")
        await talk.say("li", "重开 A-1")
        (await talk.say("li", "撤销")).says("已撤销：A-1 已重新关闭")
        (await talk.say("li", "关闭 A-1")).says("A-1：Li Na 已经关闭了")
        (await talk.say("li", "撤销")).says("没有可以撤销的操作")


async def test_an_act_upon_a_named_alert_is_never_one_upon_the_alert_just_told(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await late_flight(talk)
        await talk.say("li", f"关注 {FLIGHT}")
        await talk.alerts("li")
        (await talk.say("li", "收到 A-9999")).says("没有找到提醒 A-9999")
        (await talk.say("li", "A-1 谁处理")).says("A-1").keeps_quiet_about("已确认收到")
