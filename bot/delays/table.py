"""The service standards: how long each leg usually takes. A data file, replaced by history once there is some."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.delays.calendars import Calendar, Calendars

ANY: Final = "all"
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: what ends it, and how long it takes, in hours or in working days of a country."""

    name: str
    ends_with: str
    applies: str
    """A mode, a country, `all` or `other`."""
    calendar: str | None
    """None: hours that pass everywhere; `destination`, or a country."""
    p50: int
    p90: int

    def working_days(self, calendars: Calendars, country: str) -> Calendar:
        """Whose working days it is counted in, for a parcel bound for a country."""
        return calendars.of(country if self.calendar in (None, "destination") else self.calendar)


@cache
def legs() -> dict[tuple[str, str], Leg]:
    """Every leg by its name and what it applies to."""
    text = files("bot.delays").joinpath("data/standards.csv").read_text("utf-8")
    found = [_leg(row) for row in csv.DictReader(text.splitlines())]
    return {(leg.name, leg.applies): leg for leg in found}


def leg_for(name: str, *choices: str | None) -> Leg | None:
    """The leg for the first choice it has a standard for (a mode, a country), else the one for all."""
    known = legs()
    for choice in (*choices, ANY):
        leg = known.get((name, choice)) if choice else None
        if leg is not None:
            return leg
    return None


def _leg(row: dict[str, str]) -> Leg:
    unit, p50, p90 = row["unit"], int(row["p50"]), int(row["p90"])
    if unit == "days":
        p50, p90, unit = p50 * 24, p90 * 24, "hours"
    calendar = None if unit == "hours" else unit.removeprefix("working days").strip() or "destination"
    return Leg(row["leg"], row["to"], row["applies"], calendar, p50, p90)
