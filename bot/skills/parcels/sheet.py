"""A parcel as a row of a workbook: the cells of the reader's language, and what the other side needs in its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Final, NamedTuple

from bot.contracts import Language
from bot.delays import severity_of
from bot.skills.base import Estimator
from bot.skills.parcels.lines import delivery_day, likely
from bot.skills.parcels.phrases import capital, happening, short_status, status_event
from bot.skills.parcels.steps import next_step, owner
from bot.tracking.views import ParcelView
from bot.wording import Words
from bot.workbook import Cell, Column, Item, Kind, Listing

_OTHER: Final[dict[Language, Language]] = {"zh-Hans": "en", "zh-Hant": "en", "en": "zh-Hans"}
_HOUR: Final = timedelta(hours=1)


class _Part(NamedTuple):
    """A column: its name in the catalog, what its cells hold, how wide it is."""

    name: str
    kind: Kind
    width: float


_PARTS: Final = (
    _Part("number", Kind.NUMBER, 20), _Part("status", Kind.TEXT, 18), _Part("event", Kind.TEXT, 32),
    _Part("at", Kind.MOMENT, 18), _Part("place", Kind.TEXT, 16), _Part("next", Kind.TEXT, 30),
    _Part("owner", Kind.TEXT, 24), _Part("promise", Kind.DAY, 12), _Part("earliest", Kind.DAY, 12),
    _Part("latest", Kind.DAY, 12), _Part("late", Kind.AMOUNT, 10), _Part("severity", Kind.TEXT, 8),
    _Part("linehaul", Kind.TEXT, 14), _Part("country", Kind.TEXT, 14),
)  # fmt: skip
_PARTNER: Final = _Part("partner", Kind.TEXT, 14)
_IN_BOTH: Final = (_Part("status", Kind.TEXT, 24), _Part("next", Kind.TEXT, 34), _Part("owner", Kind.TEXT, 26))
"""Said once more, in the other language, at the end of the row: the list is passed on to the other side."""


class ParcelSheet:
    """See `bot.workbook.Layout`."""

    def __init__(self, words: Words, estimator: Estimator, *, staff: bool) -> None:
        self._words = words
        self._also = replace(words, language=_OTHER[words.language])
        self._estimator = estimator
        self._staff = staff
        """Reads several partners' parcels."""

    @cached_property
    def columns(self) -> Sequence[Column]:
        """See `Layout`."""
        parts = (*_PARTS, _PARTNER) if self._staff else _PARTS
        mine = [self._column(part, self._words, self._also) for part in parts]
        return (*mine, *(self._column(part, self._also, self._words) for part in _IN_BOTH))

    def row(self, item: Item) -> Sequence[Cell]:
        """See `Layout`."""
        words, also, view = self._words, self._also, item.view
        if view is None:
            blank = (None,) * (len(self.columns) - 2 - len(_IN_BOTH))
            return (item.number, _missing(words, item), *blank, _missing(also, item), None, None)
        return (
            item.number, _status(words, view), _event(words, view), view.status_at,
            words.place(view.place) if view.place else None, _next(words, view), _owner(words, view),
            *self._dates(view), *self._lateness(item, view),
            view.linehaul.number if view.linehaul is not None else None,
            words.country(view.country) if view.country else None, *((view.partner,) if self._staff else ()),
            _status(also, view), _next(also, view), _owner(also, view),
        )

    def about(self, listing: Listing, rows: int) -> Sequence[tuple[str, str]]:
        """See `Layout`."""
        words = self._words
        return (
            *(((words.say("workbook.about.list"), listing.title),) if listing.title else ()),
            (words.say("workbook.about.rows"), words.number(rows)),
            (words.say("workbook.about.as_of"), _as_of(words)),
            (words.say("workbook.about.zone"), words.say("workbook.about.zone.says", zone=words.zone_name)),
            (words.say("workbook.about.expected"), words.say("workbook.about.expected.says")),
        )

    def sheets(self) -> tuple[str, str]:
        """See `Layout`."""
        return self._words.say("workbook.sheet.parcels"), self._words.say("workbook.sheet.about")

    def _column(self, part: _Part, words: Words, also: Words) -> Column:
        return Column(_heading(words, part), _heading(also, part), part.kind, part.width)

    def _dates(self, view: ParcelView) -> tuple[Cell, ...]:
        """The promise, and between which days it is likely to come."""
        promised = None if view.promised_at is None else delivery_day(view.promised_at)
        estimated = likely(view, self._estimator, self._words.now)
        if estimated is None:
            return promised, None, None
        first = delivery_day(max(estimated.earliest, self._words.now))
        return promised, first, delivery_day(estimated.latest)

    def _lateness(self, item: Item, view: ParcelView) -> tuple[Cell, ...]:
        """By how many hours, and how bad that is; nothing of what has arrived."""
        since, rule = item.late_since or view.late_since, item.rule or view.late_rule
        if since is None or view.final:
            return None, None
        by = self._words.now - since
        severity = self._words.say(f"workbook.severity.{severity_of(rule, by).value}") if rule else None
        return round(by / _HOUR, 1), severity


def parcel_sheets(estimator: Estimator) -> Callable[[Words, bool], ParcelSheet]:
    """What makes a sheet for a reader; `staff` reads several partners' parcels."""
    return lambda words, staff: ParcelSheet(words, estimator, staff=staff)


def _heading(words: Words, part: _Part) -> str:
    if part.name == "at":
        return words.say("workbook.column.at", zone=words.zone_name)
    return words.say(f"workbook.column.{part.name}")


def _missing(words: Words, item: Item) -> str:
    return words.say("workbook.mistyped" if item.mistyped else "workbook.unknown")


def _status(words: Words, view: ParcelView) -> str:
    return capital(words, short_status(words, view))


def _next(words: Words, view: ParcelView) -> str:
    return capital(words, next_step(words, view))


def _owner(words: Words, view: ParcelView) -> str:
    return capital(words, owner(words, view))


def _as_of(words: Words) -> str:
    """The whole date: a file is kept."""
    return words.say("when.with_zone", when=f"{words.now.astimezone(words.zone):%Y-%m-%d %H:%M}", zone=words.zone_name)


def _event(words: Words, view: ParcelView) -> str | None:
    if view.milestone is None:
        return None
    event = status_event(view)
    reason = event.reason if event is not None else view.reason
    return capital(words, happening(words, milestone=view.milestone, reason=reason, place=None))

