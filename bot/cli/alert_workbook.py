"""`alerts export REF --xlsx FILE`: the list of an alert as people get it in chat and mail."""

from pathlib import Path

from bot.cli.options import LanguageName

ZONE = "Europe/Brussels"


async def alert_workbook(ref: str, *, language: LanguageName, config: Path | None) -> bytes | None:
    """The workbook; None when there is no such alert."""
    from zoneinfo import ZoneInfo

    from bot.alerts.listing import whole_list
    from bot.app import make_standards, make_workbooks
    from bot.cli.opened import opened_store
    from bot.clock import SystemClock
    from bot.people import EVERYTHING
    from bot.wording import Words

    clock = SystemClock()
    request = whole_list(ref, EVERYTHING, Words(language, ZoneInfo(ZONE), clock.now()))
    async with opened_store(config) as (settings, store):
        return await make_workbooks(store, clock, make_standards(settings)).content(request)
