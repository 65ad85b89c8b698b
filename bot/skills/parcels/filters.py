"""Hub, mode, country and period of a question about many parcels: as a filter, and in words."""

from dataclasses import dataclass

from bot.skills.base import Ask
from bot.skills.parcels.periods import Period, read_period
from bot.tracking.views import Filter
from bot.wording import Words

_MODES = frozenset({"air", "rail", "truck"})
_COUNTRIES = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """One question: which parcels, and how the reader is told which."""

    filter: Filter
    period: Period | None

    def said(self, words: Words) -> str:
        """`Liège · air · Germany · last week (9–15 Nov)`; empty without any restriction."""
        wanted = self.filter
        parts = (
            words.place(wanted.hub) if wanted.hub else "",
            words.say(f"trade.mode.{wanted.mode}") if wanted.mode in _MODES else "",
            words.country(wanted.country) if wanted.country else "",
            self.period.said(words) if self.period else "",
        )
        return " · ".join(filter(None, parts))


def read_filters(ask: Ask) -> tuple[Wanted, ...]:
    """One for each country named, the first three; one without a country."""
    period = read_period(ask.slots.get("period"), ask.words)
    country = ask.slots.get("country")
    countries = [country] if isinstance(country, str) or country is None else list(country)[:_COUNTRIES]
    return tuple(_wanted(ask, code, period) for code in countries or [None])


def _wanted(ask: Ask, country: object, period: Period | None) -> Wanted:
    words = ask.words
    return Wanted(
        Filter(
            hub=_text(ask.slots.get("hub")),
            mode=_text(ask.slots.get("mode")),
            country=_text(country),
            since=period.since(words) if period else None,
            until=period.until(words) if period else None,
        ),
        period,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
