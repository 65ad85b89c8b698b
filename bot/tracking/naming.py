"""What the names in feeds say: a lane's parts, how good a source's word is."""

import re
from functools import lru_cache
from typing import NamedTuple

from bot.tracking.codes import read_rows

_HUBS = frozenset({"LGG", "BRU"})
_MODES = {"AIR": "air", "FLIGHT": "air", "RAIL": "rail", "TRAIN": "rail", "TRUCK": "truck", "ROAD": "truck"}
_RANKS = {row["word"]: int(row["rank"]) for row in read_rows("sources.csv")}
_PARTNER_FEED = 2


class LaneParts(NamedTuple):
    """What a lane's name says: `PVG-air-LGG-BE-bpost`."""

    origin: str | None = None
    mode: str | None = None
    hub: str | None = None
    country: str | None = None
    carrier: str | None = None


@lru_cache(maxsize=4096)
def lane_parts(name: str) -> LaneParts:
    """Origin, mode, hub, country of destination and carrier out of a lane's name, as far as they are there."""
    parts = [part for part in re.split(r"[-_/|>→ ]+", name) if part]
    upper = [part.upper() for part in parts]
    hub = next((at for at, part in enumerate(upper) if part in _HUBS), None)
    mode = next((_MODES[part] for part in upper if part in _MODES), None)
    country = next((at for at in range(len(upper) - 1, 0, -1) if re.fullmatch("[A-Z]{2}", upper[at])), None)
    origin = upper[0] if upper and re.fullmatch("[A-Z]{3}", upper[0]) and upper[0] not in {*_HUBS, *_MODES} else None
    carrier = None
    if country is not None and country + 1 < len(parts):
        carrier = " ".join(parts[country + 1:])[:64]
    return LaneParts(
        origin, mode, upper[hub] if hub is not None else None, upper[country] if country is not None else None, carrier
    )


@lru_cache(maxsize=1024)
def source_rank(name: str) -> int:
    """0 the operator, 1 postal and carrier messages, 2 a partner's feed, 3 aggregators."""
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]
    return min((_RANKS[word] for word in words if word in _RANKS), default=_PARTNER_FEED)
