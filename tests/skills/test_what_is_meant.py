"""What a message means that names nothing we can read: not the parcel spoken of before, or the other one of two."""

import pytest

from bot.store import Store
from tests.skills.stage import stage
from tests.skills.test_list_dialogues import ABROAD, AT_HUB, scan


async def test_a_number_we_cannot_read_is_not_the_one_spoken_of_before(store: Store) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        await talk.say("li", AT_HUB)
        (await talk.say("li", "单号 12345 到哪了")).says("12345 不像完整的单号").keeps_quiet_about("下一步")
        await talk.say("marie", AT_HUB)
        (await talk.say("marie", "where is tracking number AB12-99?")).says(
            "AB12-99 is not a complete number of ours"
        ).keeps_quiet_about("Next:")  # fmt: skip


@pytest.mark.parametrize("other", ["and the other one?", "那另一票呢", "另外那件呢"])
async def test_the_other_one_is_the_parcel_asked_about_before(store: Store, other: str) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"), scan(ABROAD, "LASTMILE_RECEIVED"))
        await talk.say("li", AT_HUB)
        await talk.say("li", ABROAD)
        (await talk.say("li", other)).says(AT_HUB).keeps_quiet_about(ABROAD)
        (await talk.say("li", other)).says(ABROAD).keeps_quiet_about(AT_HUB)


async def test_without_two_parcels_there_is_no_other_one(store: Store) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        (await talk.say("li", "and the other one?")).keeps_quiet_about(AT_HUB)


@pytest.mark.parametrize("cancel", ["取消", "cancel", "never mind"])
async def test_cancel_after_a_mute_ends_the_mute_and_keeps_what_is_followed(store: Store, cancel: str) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        (await talk.say("li", f"关注 {AT_HUB}")).says("已关注")
        (await talk.say("li", f"静音 {AT_HUB} 4小时")).says("已静音")
        (await talk.say("li", cancel)).keeps_quiet_about("已取消关注", "No longer followed")
        (await talk.say("li", "我的订阅")).says(AT_HUB)
        (await talk.say("li", "取消静音")).says("没有设置静音")


async def test_yes_after_a_mute_changes_nothing(store: Store) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        await talk.say("li", f"静音 {AT_HUB} 4小时")
        (await talk.say("li", "好的")).says("不客气")
        (await talk.say("li", "取消静音")).says(AT_HUB)


async def test_all_of_them_is_everything_that_is_followed_and_not_what_was_spoken_of(store: Store) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"), scan(ABROAD, "LASTMILE_RECEIVED"))
        await talk.say("li", f"关注 {AT_HUB}")
        await talk.say("li", ABROAD)
        (await talk.say("li", "取消全部关注")).says("已取消关注", AT_HUB)
        (await talk.say("li", "我的订阅")).says("还没有关注任何内容")


@pytest.mark.parametrize("more", ["关注全部", f"关注 {AT_HUB} {ABROAD}"])
async def test_undo_of_following_more_keeps_what_was_followed_before(store: Store, more: str) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"), scan(ABROAD, "LASTMILE_RECEIVED"))
        await talk.say("li", f"关注 {AT_HUB}")
        await talk.say("li", more)
        (await talk.say("li", "撤销")).says("已撤销")
        (await talk.say("li", "我的订阅")).says("关注了 1 项", AT_HUB).keeps_quiet_about(ABROAD, "全部延误提醒")


async def test_all_alerts_of_this_one_leaves_the_others_alone(store: Store) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"), scan(ABROAD, "LASTMILE_RECEIVED"))
        await talk.say("li", f"关注 {AT_HUB}")
        await talk.say("li", f"关注 {ABROAD}")
        await talk.say("li", "取消关注它的所有提醒")
        (await talk.say("li", "我的订阅")).says(AT_HUB)


async def test_an_alert_named_alone_is_shown(store: Store) -> None:
    async with stage(store) as talk:
        (await talk.say("li", "你好")).says("您好")
        assert (await talk.say("li", "A-99")).text == (await talk.say("li", "谁在处理 A-99")).text
        (await talk.say("li", "A-99 是什么情况")).says("没有找到提醒 A-99")
        (await talk.say("marie", "what is A-99?")).says("I know no alert A-99")


async def test_small_words_are_no_riddle(store: Store) -> None:
    async with stage(store) as talk:
        await talk.load(scan(AT_HUB, "HUB_RECEIVED"))
        await talk.say("marie", AT_HUB)
        (await talk.say("marie", "ok")).says("You are welcome.")
        (await talk.say("marie", "ack")).keeps_quiet_about("welcome", "cannot help").says("alert")
