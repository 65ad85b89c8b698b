"""Nothing only operators may see lands in a group of which nobody has said that it is ours."""

from typing import Any

import pytest

from bot.store import Store
from tests.skills.stage import Stage, stage
from tests.skills.test_list_dialogues import ABROAD, AT_HUB, THEIRS, late, scan

SHOWS = (
    "{n} 到哪了", "which parcels are late", "summary of this week", "CV7911 到了吗", "关注 {n}", "follow everything",
    "status of case C-1", "my open cases", "export A-1", "who A-1", "收到 A-1", "{n} 破损了要理赔",
)  # fmt: skip


async def two_partners(talk: Stage) -> None:
    aboard: dict[str, Any] = {"linehaul": "CV7911/2026-11-22", "location": "LGG"}
    await late(talk, scan(AT_HUB, "HUB_RECEIVED", **aboard), scan(THEIRS, "HUB_RECEIVED", "yanwen", **aboard))


@pytest.mark.parametrize("said", SHOWS)
async def test_an_operator_who_writes_first_in_a_group_is_asked_who_reads_there(sqlite_store: Store, said: str) -> None:
    async with stage(sqlite_store) as talk:
        await two_partners(talk)
        asked = await talk.say("marie", said.format(n=AT_HUB), group="new")
        assert len(asked.messages) == 1
        assert any(text in asked.text for text in ("who reads here", "这里都有谁"))
        asked.keeps_quiet_about("Liège", "列日", THEIRS, "C-1", "1 parcel")


async def test_small_talk_and_help_need_nobodys_word(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        (await talk.say("marie", "hello", group="new")).keeps_quiet_about("who reads")
        (await talk.say("marie", "help", group="new")).keeps_quiet_about("who reads")
        (await talk.say("marie", "thanks", group="new")).says("welcome")


async def test_a_group_of_our_own_is_registered_once_and_shows_everything(store: Store) -> None:
    async with stage(store) as talk:
        await two_partners(talk)
        asked = await talk.say("marie", "which parcels are late", group="ops")
        done = await talk.say("marie", asked.button("Only our own staff"), group="ops")
        again = done.says("only our own staff read here").button("which parcels are late")
        (await talk.say("marie", again, group="ops")).says(AT_HUB, THEIRS)
        (await talk.say("marie", "follow everything", group="ops")).says("Following")
        (await talk.alerts("ops")).says("CV7911")


async def test_no_is_no_and_registering_is_taken_back(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await two_partners(talk)
        await talk.say("marie", "register this group", group="ops")
        await talk.say("marie", "no", group="ops")
        (await talk.say("marie", "which parcels are late", group="ops")).says("who reads here")
        await talk.say("marie", "yes", group="ops")
        (await talk.say("marie", "undo", group="ops")).says("Undone")
        again = (await talk.say("marie", "which parcels are late", group="ops")).says("who reads here")
        again.keeps_quiet_about(THEIRS)


async def test_a_partners_word_ends_it_and_so_do_the_alerts_for_operators(store: Store) -> None:
    async with stage(store) as talk:
        await two_partners(talk)
        await talk.say("marie", "register this group", group="ops")
        await talk.say("marie", "yes", group="ops")
        await talk.say("marie", "follow everything", group="ops")
        await talk.say("wang", "你好", group="ops")
        (await talk.say("marie", "which parcels are late", group="ops")).says(THEIRS).keeps_quiet_about(AT_HUB)
        (await talk.alerts("ops")).keeps_quiet_about(AT_HUB, "2 件", "2 parcels")
        (await talk.say("marie", "register this group", group="ops")).says("who reads here")
        (await talk.say("marie", "yes", group="ops")).says("that partner's data only")
        (await talk.say("marie", "which parcels are late", group="ops")).keeps_quiet_about(AT_HUB)


async def test_a_strangers_word_ends_it_and_alerts_are_not_sent_there_any_more(store: Store) -> None:
    async with stage(store) as talk:
        await two_partners(talk)
        await talk.say("marie", "register this group", group="ops")
        await talk.say("marie", "yes", group="ops")
        await talk.say("marie", "follow everything", group="ops")
        await talk.say("mallory", "hi all", group="ops")
        assert (await talk.alerts("ops")).is_silence
        (await talk.say("marie", f"where is {AT_HUB}", group="ops")).says("who reads here")


async def test_only_operators_may_say_who_reads_in_a_group(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await talk.load(scan(ABROAD, "LASTMILE_RECEIVED"))
        (await talk.say("li", "登记本群", group="g")).says("只有我们的运营人员")
        (await talk.say("li", f"{ABROAD} 到哪了", group="g")).says(ABROAD)
        (await talk.say("marie", "register this group")).says("nothing to register")
