"""Objects of our own recorded event format, checked field by field, become rows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.tracking.codes import MILESTONE, REASON, Precision
from bot.tracking.ingest.rows import EventRow, parse_ref

MAX_FIELD = 500
MAX_NUMBER = 64
_EARLIEST, _LATEST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_KNOWN = frozenset({
    "tracking_number", "partner", "lane", "promised_at", "milestone", "occurred_at", "reported_at", "linehaul",
    "location", "source", "event_id", "plan", "contains", "voids", "reason", "aliases", "operator", "code", "note",
})


class BadRow(ValueError):
    """A row that cannot be taken; the text names the key, the value seen and the fix."""


def row_of(value: object, *, now: datetime, partner: str | None, source: str) -> EventRow:
    """One checked row. `partner` is the only one allowed, when given; raises `BadRow`."""
    if not isinstance(value, Mapping):
        raise BadRow("not an object; send {\"tracking_number\", \"milestone\", \"occurred_at\", ...}")
    unknown = [str(key)[:40] for key in value if key not in _KNOWN]
    if unknown:
        raise BadRow(f"unknown key {unknown[0]!r}; remove it or correct its spelling")
    number, linehaul = _text(value, "tracking_number", MAX_NUMBER), _text(value, "linehaul", MAX_NUMBER)
    if not number and not linehaul:
        raise BadRow("neither tracking_number nor linehaul is given; name what the event speaks of")
    voids = _text(value, "voids", MAX_FIELD)
    milestone = _text(value, "milestone", 64) or ("INFO_UPDATE" if voids else None)
    if milestone is None or milestone not in MILESTONE:
        raise BadRow(f"milestone = {milestone!r}: is not a milestone; use one such as HUB_RECEIVED")
    received = _instant(value, "reported_at") or now
    return EventRow(
        milestone=milestone, received=received, number=_number(number),
        linehaul=parse_ref(linehaul) if linehaul else None, partner=_partner(value, number, partner),
        occurred=_instant(value, "occurred_at"), lane=_text(value, "lane", 120),
        promised=_instant(value, "promised_at"), location=_text(value, "location", 120),
        source=_text(value, "source", 120) or source, event_id=_text(value, "event_id", 200), reason=_reason(value),
        plan=_plan(value), contains=_texts(value, "contains"), voids=voids, aliases=_texts(value, "aliases"),
        operator=_text(value, "operator", 64), code=_text(value, "code", 64), note=_text(value, "note", MAX_FIELD),
        precision=Precision.DAY if _is_day(value.get("occurred_at")) else Precision.SECOND,
    )


def _number(text: str | None) -> str | None:
    if text is None:
        return None
    number = "".join(char for char in text.upper() if char not in " -")
    if not number.isascii() or not number.isalnum() or len(number) < 5:
        raise BadRow(f"tracking_number = {text[:40]!r}: is not a tracking number; use letters and digits only")
    return number


def _partner(value: Mapping[str, Any], number: str | None, allowed: str | None) -> str | None:
    code = _text(value, "partner", 64) or allowed
    if allowed is not None and code != allowed:
        raise BadRow(f"partner = {code!r}: only rows of {allowed!r} are taken here")
    if number and code is None:
        raise BadRow("partner is missing; name whose parcel it is")
    return code


def _text(value: Mapping[str, Any], key: str, limit: int) -> str | None:
    text = value.get(key)
    if text is None:
        return None
    if not isinstance(text, str):
        raise BadRow(f"{key} = {text!r:.40}: is not a text")
    if len(text) > limit:
        raise BadRow(f"{key} has {len(text)} characters; at most {limit}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRow(f"{key} holds half of a character pair; send valid text") from None
    return text.replace("\x00", "").strip() or None


def _texts(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = value.get(key)
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(one, str) and 0 < len(one) <= MAX_NUMBER for one in given):
        raise BadRow(f"{key}: is not a list of numbers")
    return tuple(given)


def _is_day(value: object) -> bool:
    return isinstance(value, str) and len(value.strip()) == 10


def _instant(value: Mapping[str, Any], key: str) -> datetime | None:
    text = value.get(key)
    return None if text is None else parse_instant(text, key)


def parse_instant(text: object, key: str) -> datetime:
    """An aware UTC instant from ISO 8601 with offset; a bare day is that day in UTC."""
    if not isinstance(text, str) or len(text) > 40:
        raise BadRow(f"{key} = {text!r:.40}: is not an instant; write it as 2026-11-24T10:00:00+01:00")
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadRow(f"{key} = {text!r}: is not an instant; write it as 2026-11-24T10:00:00+01:00") from None
    if instant.tzinfo is None:
        if not _is_day(text):
            raise BadRow(f"{key} = {text!r}: has no offset; add one, such as +01:00")
        instant = instant.replace(tzinfo=UTC)
    if not _EARLIEST - timedelta(days=1) < instant < _LATEST:
        raise BadRow(f"{key} = {text!r}: is not a time parcels travel at; check the year")
    return instant.astimezone(UTC)


def _reason(value: Mapping[str, Any]) -> str | None:
    reason = _text(value, "reason", 64)
    if reason is not None and reason not in REASON:
        raise BadRow(f"reason = {reason!r}: is not a reason code; use one such as CUS_DOCS")
    return reason


def _plan(value: Mapping[str, Any]) -> Mapping[str, datetime]:
    plan = value.get("plan")
    if plan is None:
        return {}
    if not isinstance(plan, Mapping):
        raise BadRow("plan: is not an object of milestones and instants")
    return {str(name): parse_instant(text, f"plan.{str(name)[:40]}") for name, text in plan.items() if text is not None}
