"""The demo world as a recorded event feed: the same for the same hour, about 5,000 parcels of two partners."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bot.demo.fleet import Haul, fleet
from bot.demo.numbers import parcel_numbers
from bot.demo.stories import PARTNER, Scan, Turn, draw_turn, scans

SEED = 20_261_125
FIRST, SECOND = "cainiao", "jitu"
"""Codes of the two partners."""
COUNTRIES = (("BE", 30), ("NL", 16), ("FR", 16), ("DE", 14), ("ES", 9), ("PL", 5), ("SE", 3), ("IT", 3), ("LU", 2),
             ("AT", 2))  # fmt: skip
KINDS = (("LX", 58), ("LP", 16), ("CP", 10), ("RB", 8), ("LTN", 8))

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Showcase:
    """A parcel with a story worth asking about; its number stands in the README and on the page."""

    number: str
    haul: str
    country: str
    turn: Turn
    partner: str = FIRST


SHOWCASES = (
    Showcase("LX123456785CN", "CV7911", "BE", Turn("usual")),
    Showcase("RB930364264CN", "CV7907", "FR", Turn("held", "CUS_DOCS")),
    Showcase("LX945807304CN", "ET8802", "DE", Turn("attempted", attempt_reason="CON_NOT_HOME")),
    Showcase("CP914420492BE", "HU7937", "NL", Turn("returned", attempt_reason="CON_ADDRESS")),
    Showcase("LP00432187650912", "X8155", "PL", Turn("usual")),
    Showcase("LX670981235CN", "CV7913", "NL", Turn("usual")),
    Showcase("LX402618830CN", "SQ7342", "BE", Turn("usual"), SECOND),
)


@dataclass(frozen=True, slots=True)
class World:
    """The hauls, and everything reported of them and their parcels up to `now`."""

    now: datetime
    hauls: tuple[Haul, ...]

    def feed(self) -> Iterator[Line]:
        """Events in the order they were reported."""
        lines = [line for haul in self.hauls for line in self._of_haul(haul)]
        lines.sort(key=lambda line: (line["reported_at"], line.get("tracking_number", "")))
        return iter(lines)

    def _of_haul(self, haul: Haul) -> Iterator[Line]:
        dice = Random(f"{SEED}-{haul.number}")  # noqa: S311 - a story, not a secret
        yield from _reported(_movement(haul), self.now)
        shown = [case for case in SHOWCASES if case.haul == haul.number]
        for case in shown:
            yield from self._parcel(case.number, case.partner, case.country, case.turn, haul, dice)
        numbers = {kind: parcel_numbers(kind, SEED + 7 * haul.parcels + ord(haul.number[-1])) for kind, _ in KINDS}
        for _ in range(haul.parcels - len(shown)):
            kind = _weighted(KINDS, dice)
            partner = SECOND if dice.random() < haul.share_of_second else FIRST
            country, turn = _weighted(COUNTRIES, dice), draw_turn(dice)
            yield from self._parcel(next(numbers[kind]), partner, country, turn, haul, dice)

    def _parcel(
        self, number: str, partner: str, country: str, turn: Turn, haul: Haul, dice: Random
    ) -> Iterator[Line]:
        lane = f"{haul.origin}-{haul.mode}-{haul.hub}-{country}"
        promise = haul.planned_arrival + timedelta(days=6 if country in ("BE", "NL", "LU", "DE") else 9)
        promise = promise.replace(hour=21, minute=0, second=0, microsecond=0)
        about = {"tracking_number": number, "partner": partner, "lane": lane, "promised_at": promise.isoformat()}
        told = (_line(about, scan, haul, dice) for scan in scans(haul, country, turn, dice))
        yield from _reported(told, self.now)


def world(now: datetime) -> World:
    """The world of this hour; `now` is aware."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return World(now, fleet(hour))


def retimed(haul: Haul, arrival: datetime, now: datetime) -> Line:
    """The carrier's news that a flight or train will arrive later."""
    return {
        "linehaul": haul.key, "milestone": "ETA_CHANGED", "plan": {"LINEHAUL_ARRIVED": arrival.isoformat()},
        "occurred_at": now.isoformat(), "reported_at": now.isoformat(), "location": haul.hub, "source": "carrier",
    }


def _movement(haul: Haul) -> Iterator[Line]:
    times = (("LINEHAUL_DEPARTED", haul.planned_departure), ("LINEHAUL_ARRIVED", haul.planned_arrival))
    plan = {milestone: at.isoformat() for milestone, at in times}
    announced = haul.planned_departure - timedelta(days=2)
    yield _haul_line(haul, "INFO_UPDATE", announced, haul.origin) | {
        "plan": plan, "contains": [haul.unit], "lane": f"{haul.origin}-{haul.mode}-{haul.hub}",
    }
    yield _haul_line(haul, "LINEHAUL_DEPARTED", haul.departure, haul.origin)
    if haul.late_arrival > timedelta(hours=1):
        yield retimed(haul, haul.arrival, haul.departure + timedelta(hours=2))
    yield _haul_line(haul, "LINEHAUL_ARRIVED", haul.arrival, haul.hub)


def _haul_line(haul: Haul, milestone: str, at: datetime, place: str) -> Line:
    reported = at + timedelta(minutes=4)
    return {
        "linehaul": haul.key, "milestone": milestone, "occurred_at": at.isoformat(),
        "reported_at": reported.isoformat(), "location": place, "source": "carrier",
    }


def _line(about: Mapping[str, Any], scan: Scan, haul: Haul, dice: Random) -> Line:
    reported = scan.at + timedelta(minutes=dice.randrange(2, 25))
    line = {
        **about, "milestone": scan.milestone, "occurred_at": scan.at.isoformat(timespec="seconds"),
        "reported_at": reported.isoformat(timespec="seconds"), "location": scan.place,
        "source": about["partner"] if scan.source == PARTNER else scan.source,
    }
    if scan.milestone == "LINEHAUL_TENDERED":
        line["linehaul"] = haul.unit
    if scan.reason is not None:
        line["reason"] = scan.reason
    return line


def _reported(lines: Iterable[Line], now: datetime) -> Iterator[Line]:
    for line in lines:
        if datetime.fromisoformat(line["reported_at"]) <= now:
            yield line


def _weighted(options: tuple[tuple[str, int], ...], dice: Random) -> str:
    return dice.choices([name for name, _ in options], [weight for _, weight in options])[0]
