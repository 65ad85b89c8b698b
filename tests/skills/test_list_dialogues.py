"""Lists through the whole pipeline: at a hub, held, of a named partner; a partner's people see their own."""

from datetime import timedelta
from typing import Any

from bot.store import Store
from tests.skills.stage import NOW, Stage, stage

AT_HUB, ABROAD, THEIRS = "LX123456785CN", "LX100000017CN", "LX987654326CN"


def scan(number: str, milestone: str, partner: str = "cainiao", *, hours: int = 60, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(hours=hours)).isoformat()
    return {"tracking_number": number, "partner": partner, "milestone": milestone, "occurred_at": at, "reported_at": at,
            "source": "feed", "lane": "PVG-air-LGG-BE-bpost",
            "promised_at": (NOW - timedelta(days=1)).isoformat(), **more}


async def late(talk: Stage, *rows: dict[str, Any]) -> None:
    await talk.load(*rows)
    await talk.sweeper.tick()


async def test_late_at_a_hub_says_in_which_sense(store: Store) -> None:
    async with stage(store) as talk:
        await late(talk, scan(ABROAD, "LASTMILE_RECEIVED"))
        (await talk.say("li", "列日有哪些延误包裹")).says("目前均不在列日枢纽，以下为经列日中转的包裹。", ABROAD)
        await late(talk, scan(AT_HUB, "HUB_RECEIVED"))
        (await talk.say("li", "列日有哪些延误包裹")).says(
            "延误包裹 1 件 · 列日", "目前在列日枢纽；另有 1 件经列日中转，目前在别处。", AT_HUB
        ).keeps_quiet_about(ABROAD)  # fmt: skip
        (await talk.say("marie", "which parcels are late via LGG")).says(
            "2 parcels late · Liège", "Routed through the Liège hub; not necessarily there now.", AT_HUB, ABROAD
        )  # fmt: skip
        (await talk.say("wang", "which parcels are late at LGG")).says("No parcel is late: Liège.")


async def test_held_parcels_are_listed_to_their_own_and_by_partner_to_operators(store: Store) -> None:
    async with stage(store) as talk:
        await talk.load(
            scan(AT_HUB, "IMPORT_CUSTOMS_HELD", hours=20, reason="CUS_DOCS", location="LGG"),
            scan(THEIRS, "IMPORT_CUSTOMS_HELD", "yanwen", hours=30, reason="CUS_VALUE", location="LGG"),
        )
        (await talk.say("li", "哪些被扣了")).says("查验/滞留包裹 1 件", AT_HUB).keeps_quiet_about(THEIRS)
        (await talk.say("wang", "which parcels of cainiao are held in customs")).says(
            "1 parcel held by customs", THEIRS
        ).keeps_quiet_about(AT_HUB, "ainiao")  # fmt: skip
        everything = (await talk.say("marie", "which parcels are held in customs")).says("2 parcels held by customs")
        assert everything.text.index(THEIRS) < everything.text.index(AT_HUB)  # held for longer
        (await talk.say("marie", "which parcels of Cainiao are held in customs")).says(
            "1 parcel held by customs · Cainiao", AT_HUB
        ).keeps_quiet_about(THEIRS)  # fmt: skip
        (await talk.say("marie", "yanwen 哪些包裹被扣了")).says("Yanwen", THEIRS).keeps_quiet_about(AT_HUB)


async def test_parcels_held_or_late_on_a_flight_are_listed_and_not_counted(store: Store) -> None:
    aboard = {"linehaul": "CV7911/2026-11-22", "location": "LGG"}
    async with stage(store) as talk:
        await late(
            talk,
            scan(AT_HUB, "HUB_RECEIVED", hours=30, **aboard),
            scan(ABROAD, "HUB_RECEIVED", hours=30, linehaul="CV7913/2026-11-22"),
            scan(THEIRS, "HUB_RECEIVED", "yanwen", hours=30, **aboard),
            scan(AT_HUB, "IMPORT_CUSTOMS_HELD", hours=20, reason="CUS_DOCS", location="LGG"),
            scan(ABROAD, "IMPORT_CUSTOMS_HELD", hours=20, reason="CUS_DOCS", location="LGG"),
        )
        (await talk.say("li", "CV7911 上哪些包裹被扣了")).says(
            "查验/滞留包裹 1 件 · 航班 CV7911", AT_HUB
        ).keeps_quiet_about(ABROAD, THEIRS)  # fmt: skip
        (await talk.say("marie", "which parcels on CV7911 are late")).says(
            "2 parcels late · flight CV7911", AT_HUB, THEIRS
        ).keeps_quiet_about(ABROAD)  # fmt: skip
        (await talk.say("li", "CV7913 有哪些包裹晚点")).says(ABROAD).keeps_quiet_about(AT_HUB)
        (await talk.say("wang", "which parcels on CV7911 are held")).says("No parcel is held: flight CV7911.")
        (await talk.say("li", "CV7911 晚点了吗")).keeps_quiet_about("延误包裹")


async def test_the_second_one_of_a_list_on_a_flight_is_the_second_row(sqlite_store: Store) -> None:
    aboard = {"linehaul": "CV7911/2026-11-22", "location": "LGG"}
    async with stage(sqlite_store) as talk:
        await late(talk, scan(AT_HUB, "HUB_RECEIVED", hours=30, **aboard),
                   scan(ABROAD, "HUB_RECEIVED", hours=29, **aboard))  # fmt: skip
        listed = await talk.say("li", "CV7911 有哪些包裹晚点")
        second = listed.cards[0].table
        assert second is not None
        (await talk.say("li", "第二个呢")).says(second.rows[1][0]).keeps_quiet_about(second.rows[0][0])
