"""What happens to one parcel, from announcement to the door: the usual road, and the ways to leave it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.demo.fleet import Haul

CARRIERS = {
    "BE": "bpost", "NL": "PostNL", "FR": "Colissimo", "DE": "DHL", "ES": "Correos", "PL": "InPost", "SE": "PostNord",
    "IT": "Poste Italiane", "LU": "POST Luxembourg", "AT": "Austrian Post",
}  # fmt: skip
DEPOTS = {
    "BE": "Antwerpen", "NL": "Utrecht", "FR": "Lille", "DE": "Köln", "ES": "Madrid", "PL": "Warszawa",
    "SE": "Malmö", "IT": "Milano", "LU": "Luxembourg", "AT": "Wien",
}  # fmt: skip
ORIGINS = {
    "PVG": "上海", "CAN": "广州", "HGH": "杭州", "CGO": "郑州", "XIY": "西安", "YIW": "义乌",
}  # fmt: skip
PARTNER = "partner"
"""Stands for the parcel's own partner as the source of a scan."""
HUB_FEED = "Landmark Global"
HOLD_REASONS = ("CUS_INSPECTION", "CUS_DOCS", "CUS_VALUE", "CUS_IOSS_INVALID")
ATTEMPT_REASONS = ("CON_NOT_HOME", "CON_ADDRESS", "CON_ACCESS")


@dataclass(frozen=True, slots=True)
class Scan:
    """One event of a parcel itself."""

    milestone: str
    at: datetime
    place: str
    source: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """How a parcel's road goes."""

    kind: str
    """`usual`, `held`, `attempted`, `pickup`, `returned`, `slow`, `damaged`."""
    hold_reason: str = "CUS_INSPECTION"
    attempt_reason: str = "CON_NOT_HOME"


def draw_turn(dice: Random) -> Turn:
    """A road: most are usual."""
    kind = dice.choices(
        ("usual", "held", "attempted", "pickup", "returned", "slow", "damaged"),
        (80, 4, 4, 4, 2, 5, 1),
    )[0]
    return Turn(kind, dice.choice(HOLD_REASONS), dice.choice(ATTEMPT_REASONS))


def scans(haul: Haul, country: str, turn: Turn, dice: Random) -> Iterator[Scan]:
    """Everything that will ever be reported of a parcel itself, in order; the caller stops at the present."""
    yield from _origin(haul, dice)
    released = haul.arrival
    for scan in _hub(haul, turn, dice):
        released = scan.at
        yield scan
    yield from _last_mile(released, haul, country, turn, dice)


def _origin(haul: Haul, dice: Random) -> Iterator[Scan]:
    city = ORIGINS[haul.origin]
    ready = haul.planned_departure - timedelta(hours=8 if haul.mode == "air" else 30)
    steps = (("ANNOUNCED", 60, city), ("COLLECTED", 46, city), ("ORIGIN_ACCEPTED", 34, city),
             ("ORIGIN_SORT_OUT", 20, city), ("EXPORT_CUSTOMS_RELEASED", 8, city), ("LINEHAUL_TENDERED", 0, haul.origin))
    for milestone, hours_before, place in steps:
        at = ready - timedelta(hours=hours_before + dice.uniform(0, 4))
        yield Scan(milestone, at, place, PARTNER)


def _hub(haul: Haul, turn: Turn, dice: Random) -> Iterator[Scan]:
    at = haul.arrival + timedelta(hours=(4 if haul.mode == "air" else 24) + dice.uniform(0, 3))
    yield Scan("HUB_RECEIVED", at, haul.hub, HUB_FEED)
    at += timedelta(hours=dice.uniform(0.5, 2))
    yield Scan("IMPORT_CUSTOMS_STARTED", at, haul.hub, HUB_FEED)
    if turn.kind == "held":
        at += timedelta(hours=dice.uniform(1, 3))
        yield Scan("IMPORT_CUSTOMS_HELD", at, haul.hub, HUB_FEED, turn.hold_reason)
        at += timedelta(days=dice.uniform(3, 9))
    at += timedelta(hours=dice.uniform(2, 9))
    yield Scan("IMPORT_CUSTOMS_RELEASED", at, haul.hub, HUB_FEED)


def _last_mile(at: datetime, haul: Haul, country: str, turn: Turn, dice: Random) -> Iterator[Scan]:
    """From the release on; in the morning or by day, as carriers work."""
    carrier, depot = CARRIERS[country], DEPOTS[country]
    at += timedelta(hours=dice.uniform(4, 14))
    yield Scan("HUB_PROCESSED", at, haul.hub, HUB_FEED)
    at += timedelta(hours=dice.uniform(2, 10))
    yield Scan("LASTMILE_HANDED_OVER", at, haul.hub, HUB_FEED)
    at += timedelta(hours=dice.uniform(6, 14) + (60 if turn.kind == "slow" else 0))
    yield Scan("LASTMILE_RECEIVED", at, depot, carrier)
    at = _morning(at + timedelta(hours=8 + 24 * (country not in ("BE", "NL", "LU", "DE")) * dice.choice((1, 2))), dice)
    if turn.kind == "damaged":
        yield Scan("EXC_DAMAGED", at - timedelta(hours=2), depot, carrier, "CAR_DAMAGED")
    yield Scan("OUT_FOR_DELIVERY", at, depot, carrier)
    yield from _door(at, depot, carrier, turn, dice)


def _door(at: datetime, depot: str, carrier: str, turn: Turn, dice: Random) -> Iterator[Scan]:
    at += timedelta(hours=dice.uniform(1, 8))
    if turn.kind in ("attempted", "returned"):
        yield Scan("DELIVERY_ATTEMPTED", at, depot, carrier, turn.attempt_reason)
        at = _morning(at + timedelta(hours=18), dice)
        if turn.kind == "returned":
            yield Scan("RETURN_STARTED", at, depot, carrier, "CON_ADDRESS")
            yield Scan("RETURN_IN_TRANSIT", at + timedelta(days=2), depot, carrier)
            yield Scan("RETURNED", at + timedelta(days=5), "LGG", HUB_FEED)
            return
        yield Scan("OUT_FOR_DELIVERY", at, depot, carrier)
        at += timedelta(hours=dice.uniform(1, 8))
    if turn.kind == "pickup":
        yield Scan("AVAILABLE_FOR_PICKUP", at, depot, carrier)
        at += timedelta(days=dice.uniform(2, 9))
    yield Scan("DELIVERED", at, depot, carrier)


def _morning(at: datetime, dice: Random) -> datetime:
    """The next working morning at or after an instant, European time as UTC is near enough for a story."""
    day = at.replace(hour=6, minute=0, second=0, microsecond=0)
    if day < at:
        day += timedelta(days=1)
    while day.weekday() == 6:
        day += timedelta(days=1)
    return day + timedelta(minutes=dice.randrange(0, 110))
