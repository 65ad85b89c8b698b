"""`Words`: everything said to one reader, bound to language, zone and the present instant."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.wording.catalogs import catalog
from bot.wording.times import Times

LANGUAGES: tuple[Literal["en", "zh-Hans", "zh-Hant"], ...] = ("en", "zh-Hans", "zh-Hant")


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences, dates and names for one reader.

    Keys are `room.what.more`, one PO file a room (`locales/<lang>/LC_MESSAGES/<room>.po`); placeholders are `{name}`.
    A key nobody wrote is a defect and raises `KeyError`; the checks find it before a reader does.
    """

    language: Literal["en", "zh-Hans", "zh-Hant"]
    zone: ZoneInfo
    now: datetime

    def say(self, key: str, **values: object) -> str:
        """The sentence of a key; values are put in as they are."""
        text = catalog(self.language).forms[key][0]
        return text.format_map(values) if values else text

    def many(self, key: str, count: int, **values: object) -> str:
        """The sentence of a key in the plural form for `count`; `{n}` is the count, written the reader's way."""
        book = catalog(self.language)
        forms = book.forms[key]
        form = forms[min(_plural_index(self.language, count), len(forms) - 1)]
        return form.format_map({"n": self.number(count), **values})

    def number(self, value: float) -> str:
        """A number with the reader's grouping: `12,034`."""
        return self._times.number(value)

    def when(self, instant: datetime) -> str:
        """Day and time in the reader's zone, its name included: `today 14:20 (Beijing time)`."""
        return self._times.when(instant)

    def clock(self, instant: datetime) -> str:
        """The same without the zone's name, for lists whose heading or footer names it."""
        return self._times.clock(instant)

    def day(self, day: date | datetime) -> str:
        """A day: `Tue 24 Nov`, `11月24日周二`. An instant is read in the reader's zone."""
        return self._times.day(day)

    def days(self, first: date | datetime, last: date | datetime) -> str:
        """A range of days, or the one day."""
        return self._times.days(first, last)

    def length(self, span: timedelta) -> str:
        """A length of time in its largest unit or two: `3 h`, `2 days`, `3 小时`."""
        return self._times.length(span)

    def age(self, instant: datetime) -> str:
        """How long ago: `5 min ago`, `3 小时前`."""
        return self._times.age(instant)

    @property
    def zone_name(self) -> str:
        """The zone's name for people: `Beijing time`, `布鲁塞尔时间`."""
        return self._times.zone_name

    def milestone(self, code: str | None) -> str:
        """A milestone's label; None: no scan yet."""
        return self.say(f"trade.milestone.{code}" if code else "trade.milestone.UNKNOWN")

    def reason(self, code: str) -> str:
        """A reason's label."""
        return self.say(f"trade.reason.{code}")

    def country(self, code: str) -> str:
        """A country's name."""
        return str(catalog(self.language).locale.territories.get(code, code))

    def place(self, text: str) -> str:
        """A place for people: hubs and airports by name where we know them, else as reported."""
        known = catalog(self.language).forms.get(f"trade.place.{text.upper()}")
        return known[0] if known else text

    @property
    def _times(self) -> Times:
        return Times(self.language, self.zone, self.now)


def _plural_index(language: str, count: int) -> int:
    """Position of the form: English has one and other, Chinese one form for all."""
    return 0 if language != "en" or count == 1 else 1
