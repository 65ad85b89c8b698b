"""Linehauls as people and feeds name them: flight, train, waybill, container, air pallet, bag."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bot.understanding.numbers import canonical, normalise

_DATED = re.compile(r"(.+?)\s*/\s*(20[0-9]{2}-[0-9]{2}-[0-9]{2})")
_KIND_OF_NUMBER = {
    "FLIGHT": "movement", "TRAIN": "movement", "MAWB": "consignment", "CONTAINER": "container", "ULD": "uld",
    "RECEPTACLE": "bag", "DESPATCH": "consignment", "SSCC": "bag",
}  # fmt: skip
_FLIGHT = re.compile(r"[A-Z0-9]{2}[ -]?[0-9]{3,4}[A-Z]?")
_WAYBILL = re.compile(r"([0-9]{3})[- ]?([0-9]{8})")
MAX_LENGTH = 64


class Ref(NamedTuple):
    """A linehaul as a feed names it."""

    kind: str
    number: str
    date: str | None = None
    """Local departure date of a movement, when the feed says it."""

    @property
    def key(self) -> str:
        """`CV7911/2026-11-24`, or the number itself."""
        return f"{self.number}/{self.date}" if self.date else self.number


@lru_cache(maxsize=8192)
def parse_ref(text: str) -> Ref:
    """What a text names; what has no known shape is a bag, or a movement when it is dated."""
    name = normalise(text).strip().upper()[:MAX_LENGTH]
    dated = _DATED.fullmatch(name)
    if dated is not None and _is_date(dated[2]):
        return Ref("movement", _movement_number(dated[1]), dated[2])
    found = canonical(name)
    if found is not None and found.kind in _KIND_OF_NUMBER:
        return Ref(_KIND_OF_NUMBER[found.kind], found.value)
    if hit := _WAYBILL.fullmatch(name):  # prefixes nobody listed and digits nobody checked are waybills all the same
        return Ref("consignment", f"{hit[1]}-{hit[2]}")
    if _FLIGHT.fullmatch(name):
        return Ref("movement", _movement_number(name))
    return Ref("bag", name)


def as_kind(text: str, kind: str) -> Ref:
    """What a text names in a column that says what it is."""
    ref = parse_ref(text)
    if kind == "movement":
        return Ref("movement", ref.number, ref.date)
    return ref if ref.kind != "movement" and kind == "bag" else Ref(kind, ref.number)


def is_rail(ref: Ref) -> bool:
    """Whether it travels by rail, as far as its name says."""
    return ref.kind == "container" or (ref.kind == "movement" and bool(re.match(r"X8[0-9]{3}(?:/|$)", ref.number)))


def _movement_number(text: str) -> str:
    return re.sub(r"[ -]", "", text.strip())


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
