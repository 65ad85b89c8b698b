"""An operator names a partner: understanding is told the name, and a follow-up keeps it and the kind of list."""

import pytest

from bot.store import Store
from tests.skills.stage import Stage, stage
from tests.skills.test_list_dialogues import AT_HUB, THEIRS, late, scan

BRUSSELS = "LX100000017CN"


async def held(talk: Stage) -> None:
    await talk.load(
        scan(AT_HUB, "IMPORT_CUSTOMS_HELD", hours=20, reason="CUS_DOCS", location="LGG"),
        scan(BRUSSELS, "IMPORT_CUSTOMS_HELD", hours=25, reason="CUS_DOCS", location="BRU",
             lane="PVG-air-BRU-BE-bpost"),
        scan(THEIRS, "IMPORT_CUSTOMS_HELD", "yanwen", hours=30, reason="CUS_VALUE", location="LGG"),
    )  # fmt: skip


async def test_a_name_only_we_know_is_no_reason_not_to_understand(store: Store) -> None:
    async with stage(store) as talk:
        await held(talk)
        await talk.say("marie", AT_HUB)  # what was spoken of before is not what a named partner means
        (await talk.say("marie", "which parcels of yanwen are held")).says("Yanwen", THEIRS).keeps_quiet_about(AT_HUB)
        (await talk.say("marie", "yanwen")).says("Summary · Yanwen", "Parcels: 1")


async def test_a_follow_up_names_another_partner_or_keeps_the_one_named(store: Store) -> None:
    async with stage(store) as talk:
        await held(talk)
        (await talk.say("marie", "which parcels of cainiao are held")).says("2 parcels held", AT_HUB, BRUSSELS)
        (await talk.say("marie", "and Yanwen?")).says("1 parcel held", "Yanwen", THEIRS).keeps_quiet_about(AT_HUB)
        (await talk.say("marie", "which parcels of Cainiao are held")).says("2 parcels held")
        (await talk.say("marie", "and at Brussels?")).says(
            "1 parcel held", "Cainiao", "Brussels", BRUSSELS
        ).keeps_quiet_about(AT_HUB)  # fmt: skip


async def test_a_follow_up_about_a_hub_still_asks_for_held_parcels(store: Store) -> None:
    async with stage(store) as talk:
        await held(talk)
        await late(talk)
        (await talk.say("li", "被扣的包裹有哪些")).says("2 件", AT_HUB, BRUSSELS)
        (await talk.say("li", "那列日的呢")).says("查验/滞留包裹 1 件 · 列日", AT_HUB).keeps_quiet_about("延误")
        (await talk.say("li", "布鲁塞尔呢")).says("查验/滞留包裹 1 件 · 布鲁塞尔", BRUSSELS).keeps_quiet_about(AT_HUB)
        (await talk.say("li", "那列日延误的呢")).says("延误", "列日").keeps_quiet_about("查验/滞留包裹")


async def test_to_a_partner_another_partner_s_name_stays_a_word_like_any(store: Store) -> None:
    async with stage(store) as talk:
        await held(talk)
        named = (await talk.say("li", "which parcels of yanwen are held")).text
        assert named == (await talk.say("li", "which parcels of qqwwee are held")).text
        assert "anwen" not in named
        alone = (await talk.say("li", "yanwen")).text
        assert alone == (await talk.say("li", "qqwwee")).text


async def test_a_flight_is_shown_with_the_parcels_of_the_partner_an_operator_names(store: Store) -> None:
    async with stage(store) as talk:
        await talk.load(
            scan(AT_HUB, "HUB_RECEIVED", linehaul="CV7911"), scan(BRUSSELS, "HUB_RECEIVED", linehaul="CV7911"),
            scan(THEIRS, "HUB_RECEIVED", "yanwen", linehaul="CV7911"),
            scan("LX100000003CN", "HUB_RECEIVED", "yanwen", linehaul="CV7913"),
        )  # fmt: skip
        (await talk.say("marie", "CV7911")).says("Parcels: 3").keeps_quiet_about("Partner:")
        (await talk.say("marie", "parcels of Yanwen on CV7911")).says("Partner: Yanwen", "Parcels: 1")
        (await talk.say("marie", "how is CV7913 doing for cainiao")).says("No parcel of Cainiao is known on CV7913.")
        (await talk.say("li", "CV7911 上 yanwen 的包裹")).says("包裹数：2").keeps_quiet_about("anwen")


@pytest.mark.parametrize(
    "order", ["mute yanwen for 2 hours", "follow everything of yanwen", "stop all alerts of yanwen"]
)
async def test_alerts_of_one_partner_alone_are_neither_followed_nor_muted(store: Store, order: str) -> None:
    async with stage(store) as talk:
        await held(talk)
        await talk.say("marie", "follow all")
        before = (await talk.say("marie", "my subscriptions")).text
        await talk.say("marie", THEIRS)  # spoken of before, but not what is named now
        (await talk.say("marie", order)).says("I cannot follow or mute Yanwen alone")
        (await talk.say("marie", "unmute")).says("Nothing is muted")
        assert (await talk.say("marie", "my subscriptions")).text == before
