"""One row of a partner's file, cell by cell."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.store.schema import to_micros
from bot.tracking.codes import HOLDS, INFO, MILESTONE, OVERLAYS, REASON, Precision, Role
from bot.tracking.feeds.headers import instant_of, is_known, milestone_of, reason_in
from bot.tracking.ingest.objects import BadRow, check_partner_code, clean_text
from bot.tracking.ingest.rows import EventRow
from bot.tracking.refs import Ref, as_kind

MAX_FIELD = 1_000
_LIMITS = {
    "location": 120, "operator": 64, "lane": 120, "bag": 64, "container": 64, "waybill": 64, "movement": 64,
    "partner": 64, "order": 64, "last_mile": 64,
}  # fmt: skip
_NUMBER = re.compile(r"[A-Z0-9]{6,40}")
_HALF_DAY = timedelta(hours=12)
_OF_LINEHAUL = frozenset(MILESTONE[f"LINEHAUL_{name}"] for name in (
    "DEPARTED", "TRANSIT_ARRIVED", "TRANSIT_DEPARTED", "ARRIVED"))
"""What happens to the flight or train, whichever parcel's row says it."""
_UNITS = (("bag", "bag"), ("container", "container"), ("waybill", "consignment"))
_OTHER_NUMBERS = (("order", Role.ORDER), ("last_mile", Role.LAST_MILE))


@dataclass(slots=True, kw_only=True)
class RowReader:
    """Reads the rows of one file."""

    source: str
    partner: str | None
    zone: ZoneInfo
    now: datetime
    partners: frozenset[str] | None
    columns: Mapping[str, int]

    def row(self, line: int, fields: Sequence[str]) -> EventRow:
        """The event of a row. Raises `BadRow`."""
        value = {name: fields[at].strip() for name, at in self.columns.items() if at < len(fields)}
        _check_lengths(value)
        number, partner = number_of(value.get("number", "")), self._partner(value)
        milestone, code, reason = _what(value)
        place, note = _text(value, "location"), _text(value, "note")
        occurred, precision, zone, quality = instant_of(value.get("occurred", ""), zone=self.zone, place=place)
        if precision == Precision.DAY:
            occurred += _HALF_DAY  # the noon of the day
        haul, units = _carriers(value)
        if reason is None and (milestone in HOLDS or milestone >= OVERLAYS):
            reason = reason_in(note or "")
        return EventRow(
            milestone, to_micros(self.now), number, partner, haul, units,
            of_linehaul=haul is not None and milestone in _OF_LINEHAUL, occurred=to_micros(occurred),
            precision=precision, quality=quality, lane=_text(value, "lane"), promised=self._promised(value),
            location=place, source=self.source, operator=_text(value, "operator"), zone=zone, code=code, note=note,
            unknown=milestone == INFO and code is not None and not is_known(code),
            reason=REASON[reason] if reason is not None else None, aliases=_aliases(value), line=line,
        )

    def _partner(self, value: Mapping[str, str]) -> str:
        partner = value.get("partner") or self.partner
        if partner is None:
            raise BadRow("the row names no partner; name one with --partner")
        if self.partner is not None and partner != self.partner:
            raise BadRow(f"partner = {partner!r}: only rows of {self.partner!r} are taken here")
        check_partner_code(partner, self.partners)
        return partner

    def _promised(self, value: Mapping[str, str]) -> int | None:
        text = value.get("promised")
        if not text:
            return None
        instant, precision, _, _ = instant_of(text, zone=self.zone, place=None, name="promise")
        end = timedelta(days=1) - timedelta(microseconds=1) if precision == Precision.DAY else timedelta(0)
        return to_micros(instant + end)  # a promised day is kept until its end


def is_number(text: str) -> bool:
    """Whether a cell is a tracking number as it stands."""
    return _NUMBER.fullmatch(text) is not None


def number_of(text: str) -> str:
    """A tracking number without what people put between its groups. Raises `BadRow`."""
    if _NUMBER.fullmatch(text):
        return text
    number = re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).upper()
    if not _NUMBER.fullmatch(number):
        raise BadRow(f"number = {text[:40]!r}: is not a tracking number; correct it")
    return number


def _check_lengths(value: Mapping[str, str]) -> None:
    for name, text in value.items():
        limit = _LIMITS.get(name, MAX_FIELD)
        if len(text) > limit:
            raise BadRow(f"{name} has {len(text)} characters; at most {limit}")


def _text(value: Mapping[str, str], name: str) -> str | None:
    text = value.get(name)
    if not text:
        return None
    return text if text.isprintable() else clean_text(text, name)


def _what(value: Mapping[str, str]) -> tuple[int, str | None, str | None]:
    """Milestone, the source's own word and the reason: its code says it best, else its text."""
    milestone, code, reason = milestone_of(value.get("code") or value.get("milestone", ""))
    if milestone == INFO and value.get("code") and value.get("milestone"):
        milestone, code, reason = milestone_of(value["milestone"])
    given = value.get("reason")
    return milestone, code, given if given in REASON else reason


def _carriers(value: Mapping[str, str]) -> tuple[Ref | None, tuple[Ref, ...]]:
    """The flight or train, and the units inside it from the innermost to the waybill or container."""
    units = tuple(as_kind(text, kind) for name, kind in _UNITS if (text := value.get(name, "")))
    movement = value.get("movement", "")
    return (as_kind(movement, "movement") if movement else None), units


def _aliases(value: Mapping[str, str]) -> tuple[tuple[int, str], ...]:
    if "order" not in value and "last_mile" not in value:
        return ()
    return tuple((role, number_of(text)) for name, role in _OTHER_NUMBERS if (text := value.get(name)))
