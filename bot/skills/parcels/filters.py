"""Partner, hub, mode, country and period of a question about many parcels: as a filter, and in words."""

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.people import PartnerScope
from bot.people.lookup import partners_in
from bot.skills.base import Ask
from bot.skills.parcels.hauls import haul_name
from bot.skills.parcels.periods import Period, read_period
from bot.skills.parcels.thread import thread
from bot.skills.spotting import names
from bot.tracking.views import Filter, LinehaulView
from bot.wording import Words

_MODES = frozenset({"air", "rail", "truck"})
_COUNTRIES = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """One question: which parcels, and how the reader is told which."""

    filter: Filter
    period: Period | None
    scope: PartnerScope
    """The reader's, or what of it was named."""
    partners: tuple[str, ...] = ()
    """Names of the partners it was narrowed to."""
    on: LinehaulView | None = None
    """What carries them."""

    def said(self, words: Words) -> str:
        """`Liège · air · Germany · last week (9–15 Nov)`; empty without any restriction."""
        wanted = self.filter
        parts = (
            haul_name(words, self.on) if self.on is not None else "",
            words.say("parcels.list_comma").join(self.partners),
            words.place(wanted.hub) if wanted.hub else "",
            words.say(f"trade.mode.{wanted.mode}") if wanted.mode in _MODES else "",
            words.country(wanted.country) if wanted.country else "",
            self.period.said(words) if self.period else "",
        )
        return " · ".join(filter(None, parts))


def read_filters(ask: Ask, conn: Connection) -> tuple[Wanted, ...]:
    """One for each country named, the first three; one without a country."""
    scope, partners = named_partners(ask, conn)
    period = read_period(ask.slots.get("period"), ask.words)
    country = ask.slots.get("country")
    countries = [country] if isinstance(country, str) or country is None else list(country)[:_COUNTRIES]
    return tuple(
        Wanted(_filter(ask, code, period), period, scope, partners) for code in countries or [None]
    )


def named_partners(ask: Ask, conn: Connection) -> tuple[PartnerScope, tuple[str, ...]]:
    """The partners an operator names, within what the place may show; to anybody else a name is a word like any."""
    scope = ask.person.scope
    if not ask.person.is_operator:
        return scope, ()
    known = partners_in(conn, scope)
    mentioned = ([one for one in known if names(text, one.name) or names(text, one.code)] for text in thread(ask))
    named = next(filter(None, mentioned), None)
    if named is None:
        return scope, ()
    return PartnerScope(frozenset(one.id for one in named)), tuple(one.name for one in named)


def _filter(ask: Ask, country: object, period: Period | None) -> Filter:
    words = ask.words
    return Filter(
        hub=_text(ask.slots.get("hub")),
        mode=_text(ask.slots.get("mode")),
        country=_text(country),
        since=period.since(words) if period else None,
        until=period.until(words) if period else None,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
