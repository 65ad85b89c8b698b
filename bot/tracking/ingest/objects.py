"""Objects of our own recorded event format, checked field by field, become rows."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from bot.store.schema import to_micros
from bot.tracking.codes import DELIVERED, INFO, MILESTONE, REASON, Precision, Role
from bot.tracking.ingest.rows import EventRow
from bot.tracking.refs import Ref, parse_ref
from bot.understanding.numbers import canonical, is_parcel_kind

MAX_NUMBER = 64
MAX_CONTAINED = 20_000
NOON = 12 * 3_600_000_000
_MIN, _MAX = to_micros(datetime(2000, 1, 1, tzinfo=UTC)), to_micros(datetime(2100, 1, 1, tzinfo=UTC))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = datetime.resolution
_ISO_DAY = 10
_LIMITS = {
    "tracking_number": MAX_NUMBER, "linehaul": MAX_NUMBER, "partner": 64, "lane": 120, "location": 120, "source": 120,
    "event_id": 200, "voids": 200, "operator": 64, "code": 120, "note": 4_000, "milestone": 64, "reason": 64,
}  # fmt: skip
_PLAIN = ("partner", "lane", "location", "source", "event_id", "voids", "operator", "code", "note")
_OTHERS = ("occurred_at", "reported_at", "promised_at", "plan", "contains", "aliases", "pieces", "pieces_total")
_KNOWN = frozenset({*_LIMITS, *_OTHERS})
_WRITE = "write it as 2026-11-24T10:00:00+01:00"


class BadRow(ValueError):
    """A row that cannot be taken; the text names the key, the value seen and the fix."""


def check_partner_code(code: str | None, known: frozenset[str] | None) -> None:
    """Raise `BadRow` for a partner nobody configured."""
    if code is not None and known is not None and code not in known:
        names = ", ".join(sorted(known)) or "none"
        raise BadRow(f"partner = {code!r}: is not a partner here; known: {names}")


def row_of(value: object, *, now: datetime, partner: str | None, source: str, line: int = 0) -> EventRow:
    """One checked row. `partner` is the only one allowed, when given; raises `BadRow`."""
    return read_object(value, now=to_micros(now), partner=partner, source=source, line=line)


def read_object(
    value: object, *, now: int, partner: str | None, source: str, line: int = 0, known: frozenset[str] | None = None
) -> EventRow:
    """The same with the present in microseconds, for many rows; `known` are the codes of all partners."""
    if not isinstance(value, Mapping):
        raise BadRow('not an object; send {"tracking_number", "milestone", "occurred_at", ...}')
    row = EventRow(INFO, now, source=source, line=line)
    for key, given in value.items():
        if given is None:
            continue
        read = _READERS.get(key)
        if read is None:
            _unknown_key(str(key))
        else:
            read(row, key, given)
    if row.received > now:
        row.received = now
    if row.number is None and row.linehaul is None:
        raise BadRow("neither tracking_number nor linehaul is given; name what the event speaks of")
    if row.voids is None and value.get("milestone") is None:
        raise BadRow("milestone is missing; use one such as HUB_RECEIVED")
    row = _settled(row, partner)
    check_partner_code(row.partner, known)
    return row


def _settled(row: EventRow, allowed: str | None) -> EventRow:
    if allowed is not None:
        row.partner = row.partner or allowed
        if row.partner != allowed:
            raise BadRow(f"partner = {row.partner!r}: only rows of {allowed!r} are taken here")
    if row.number is None:
        return row
    if row.partner is None:
        raise BadRow("partner is missing; name whose parcel it is")
    if row.linehaul is not None and row.linehaul.kind not in ("movement", "consignment"):
        row.units, row.linehaul = (row.linehaul,), None
    if row.promised is None:
        row.promised = row.plan.get(DELIVERED)
    return row


# ---- one reader a key ----


def _text(key: str, given: object) -> str | None:
    if type(given) is not str:
        raise BadRow(f"{key} = {given!r:.40}: is not a text")
    limit = _LIMITS[key]
    if len(given) > limit:
        raise BadRow(f"{key} has {len(given)} characters; at most {limit} are allowed")
    if given.isascii() and given.isprintable():
        return given.strip() or None
    return clean_text(given, key)


def clean_text(given: str, key: str) -> str | None:
    """Without control characters; half a character pair is refused, no database keeps it."""
    try:
        given.encode()
    except UnicodeEncodeError:
        raise BadRow(f"{key} holds half of a character pair; send valid UTF-8") from None
    return "".join(char if char >= " " else " " for char in given if char != "\x00").strip() or None


def _plain(row: EventRow, key: str, given: object) -> None:
    text = _text(key, given)
    if text is not None:
        setattr(row, key, text)


def _number(row: EventRow, key: str, given: object) -> None:
    text = _text(key, given)
    if text is not None:
        row.number = parcel_number(text, key)


def parcel_number(text: str, key: str) -> str:
    """Upper case, without what people put between groups; raises `BadRow` for what can be no number."""
    number = text
    if not (text.isalnum() and text.isascii()):
        number = "".join(char for char in text if char not in " -\u00a0")
    if not (number.isalnum() and number.isascii()) or not 4 < len(number) <= MAX_NUMBER:
        raise BadRow(f"{key} = {text[:40]!r}: is not a tracking number; 5 to {MAX_NUMBER} letters and digits")
    return number.upper()


def _milestone(row: EventRow, key: str, given: object) -> None:
    code = MILESTONE.get(given) if type(given) is str else None
    if code is None:
        raise BadRow(f"{key} = {given!r:.60}: is not a milestone; use one such as HUB_RECEIVED")
    row.milestone = code


def _reason(row: EventRow, key: str, given: object) -> None:
    text = _text(key, given)
    if text is not None:
        code = REASON.get(text)
        if code is None:
            raise BadRow(f"{key} = {text!r}: is not a reason code; use one such as CUS_DOCS")
        row.reason = code


def _linehaul(row: EventRow, key: str, given: object) -> None:
    text = _text(key, given)
    row.linehaul = None if text is None else parse_ref(text)


def _occurred(row: EventRow, key: str, given: object) -> None:
    row.occurred = parse_instant(given, key)
    text = str(given).strip()
    row.local_date = text[:_ISO_DAY]
    if len(text) == _ISO_DAY:
        row.occurred, row.precision = row.occurred + NOON, Precision.DAY


def _reported(row: EventRow, key: str, given: object) -> None:
    row.received = parse_instant(given, key)


def _promised(row: EventRow, key: str, given: object) -> None:
    row.promised = parse_instant(given, key)
    if len(str(given).strip()) == _ISO_DAY:
        row.promised += 2 * NOON - 1  # a promised day is kept until its end


def parse_instant(given: object, key: str) -> int:
    """Microseconds from ISO 8601 with offset; a bare day is its beginning in UTC."""
    if type(given) is not str or len(given) > 40:
        raise BadRow(f"{key} = {given!r:.40}: is not an instant; {_WRITE}")
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        raise BadRow(f"{key} = {given!r}: is not an instant; {_WRITE}") from None
    if instant.tzinfo is None:
        if len(given.strip()) != _ISO_DAY:
            raise BadRow(f"{key} = {given!r}: has no offset; add one, such as +01:00")
        instant = instant.replace(tzinfo=UTC)
    micros = (instant - _EPOCH) // _MICROSECOND
    if not _MIN < micros < _MAX:
        raise BadRow(f"{key} = {given!r}: is not a time parcels travel at; check the year")
    return micros


def _plan(row: EventRow, key: str, given: object) -> None:
    if not isinstance(given, Mapping):
        raise BadRow(f"{key} = {given!r:.40}: is not an object of milestones and instants")
    plan: dict[int, int] = {}
    for name, text in given.items():
        code = MILESTONE.get(name)
        if code is None:
            raise BadRow(f"{key}: {str(name)[:40]!r} is not a milestone; use one such as LINEHAUL_ARRIVED")
        if text is not None:
            plan[code] = parse_instant(text, f"{key}.{name}")
    row.plan = plan


def _contains(row: EventRow, key: str, given: object) -> None:
    units: list[Ref] = []
    parcels: list[str] = []
    for text in _texts(key, given):
        found = canonical(text)
        if found is not None and is_parcel_kind(found.kind):
            parcels.append(found.value)
        else:
            units.append(parse_ref(text))
    row.contains, row.inside = tuple(units), tuple(parcels)


def _aliases(row: EventRow, key: str, given: object) -> None:
    row.aliases = tuple((Role.OTHER, parcel_number(text, key)) for text in _texts(key, given))


def _texts(key: str, given: object) -> list[str]:
    if not isinstance(given, list) or len(given) > MAX_CONTAINED:
        raise BadRow(f"{key} = {given!r:.40}: is not a list of at most {MAX_CONTAINED} numbers")
    for one in given:
        if type(one) is not str or not 0 < len(one) <= MAX_NUMBER or clean_text(one, key) != one.strip():
            raise BadRow(f"{key}: {one!r:.40} is not a number of at most {MAX_NUMBER} characters")
    return given


def _count(row: EventRow, key: str, given: object) -> None:
    if type(given) is not int or not 0 <= given < 10_000_000:
        raise BadRow(f"{key} = {given!r:.40}: is not a number of pieces")
    setattr(row, key, given)


_READERS: Mapping[Any, Callable[[EventRow, str, object], None]] = {
    "tracking_number": _number, "milestone": _milestone, "reason": _reason, "linehaul": _linehaul,
    "occurred_at": _occurred, "reported_at": _reported, "promised_at": _promised, "plan": _plan,
    "contains": _contains, "aliases": _aliases, "pieces": _count, "pieces_total": _count,
    **dict.fromkeys(_PLAIN, _plain),
}  # fmt: skip


@lru_cache(maxsize=256)
def _close_to(key: str) -> str | None:
    return next(iter(get_close_matches(key, _KNOWN, 1, 0.8)), None)


def _unknown_key(key: str) -> None:
    """What feeds carry beside our format is passed over; a slip of the pen is not."""
    meant = _close_to(key[:64])
    if meant is not None:
        raise BadRow(f"unknown key {key[:64]!r}; did you mean {meant}?")
