"""The flights and trains of the demo world, relative to the present hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.numbers import container, waybill

AIR_BLOCK = timedelta(hours=12)
RAIL_RUN = timedelta(days=17)


@dataclass(frozen=True, slots=True)
class Haul:
    """One flight or train with its waybill or container and how it went so far."""

    number: str
    mode: str
    origin: str
    hub: str
    planned_departure: datetime
    planned_arrival: datetime
    late_departure: timedelta
    late_arrival: timedelta
    unit: str
    """Air waybill or rail container that its parcels are in."""
    share_of_second: float
    """Share of the parcels that belong to the second partner."""
    parcels: int
    expected_known: bool = True
    """Whether the carrier has told a new arrival time for the lateness."""

    @property
    def key(self) -> str:
        """`CV7911/2026-11-24`: number and local departure date (China, UTC+8)."""
        return f"{self.number}/{(self.planned_departure + timedelta(hours=8)).date().isoformat()}"

    @property
    def departure(self) -> datetime:
        """When it really leaves."""
        return self.planned_departure + self.late_departure

    @property
    def arrival(self) -> datetime:
        """When it really arrives."""
        return self.planned_arrival + self.late_arrival


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the timetable: hours count from now to the planned arrival."""

    number: str
    origin: str
    hub: str
    arrives_in: float
    late_departure: float = 0.0
    late_arrival: float = 0.0
    share_of_second: float = 0.3
    parcels: int = 400


_TIMETABLE = (
    _Line("ET8804", "CAN", "LGG", -250, parcels=380),
    _Line("HU7937", "XIY", "BRU", -178, 1, 0.5, parcels=420),
    _Line("SQ7342", "PVG", "BRU", -126, parcels=420, share_of_second=0.5),
    _Line("ET8802", "HGH", "LGG", -80, 0, 0.5, parcels=460, share_of_second=0.0),
    _Line("X8212", "YIW", "LGG", -74, 6, 8, parcels=480),
    _Line("CV7907", "CGO", "LGG", -30, 0.5, -0.5, parcels=440),
    _Line("CV7911", "PVG", "LGG", -21, 2.5, 3, parcels=520, share_of_second=0.25),
    _Line("CA1041", "PVG", "BRU", -3, 0.5, 0.5, parcels=360),
    _Line("CV7913", "PVG", "LGG", 6, 0.5, 0, parcels=430, share_of_second=0.35),
    _Line("QR8935", "CAN", "LGG", 9, 0.2, 0, parcels=340),
    _Line("CV7915", "CGO", "LGG", 20, parcels=300),
    _Line("X8155", "XIY", "LGG", -20, 10, 52, parcels=260),
    _Line("X8214", "YIW", "LGG", 96, 4, 0, parcels=300, share_of_second=0.6),
)
_WAYBILL_PREFIX = {"ET": "071", "HU": "880", "SQ": "618", "CV": "172", "CA": "999", "QR": "157"}


def fleet(now: datetime) -> tuple[Haul, ...]:
    """Every haul of the world; `now` is aware and cut to the hour by the caller."""
    return tuple(_haul(line, index, now) for index, line in enumerate(_TIMETABLE))


def _haul(line: _Line, index: int, now: datetime) -> Haul:
    rail = line.number.startswith("X8")
    arrival = now + timedelta(hours=line.arrives_in)
    prefix = "" if rail else _WAYBILL_PREFIX[line.number[:2]]
    return Haul(
        number=line.number,
        mode="rail" if rail else "air",
        origin=line.origin,
        hub=line.hub,
        planned_departure=arrival - (RAIL_RUN if rail else AIR_BLOCK),
        planned_arrival=arrival,
        late_departure=timedelta(hours=line.late_departure),
        late_arrival=timedelta(hours=line.late_arrival),
        unit=container("CSQU", 305_438 + 137 * index) if rail else waybill(prefix, 1_234_567 + 90_131 * index),
        share_of_second=line.share_of_second,
        parcels=line.parcels,
    )
