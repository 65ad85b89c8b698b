"""Tracking numbers, waybills and containers with right check digits, made in a fixed order."""

from collections.abc import Iterator

from bot.understanding.numbers.checks import iso6346, mawb, s10


def postal(prefix: str, serial: int, country: str) -> str:
    """A UPU S10 number such as `LX123456785CN`."""
    return _first_right(f"{prefix}{serial:08d}", country, s10)


def waybill(prefix: str, serial: int) -> str:
    """A master air waybill such as `172-12345675`."""
    return _first_right(f"{prefix}-{serial:07d}", "", mawb)


def container(owner: str, serial: int) -> str:
    """A rail container by ISO 6346 such as `CSQU3054383`."""
    return _first_right(f"{owner}{serial:06d}", "", iso6346)


def _first_right(head: str, tail: str, check: object) -> str:
    assert callable(check)
    return next(number for digit in "0123456789" if check(number := f"{head}{digit}{tail}"))


def parcel_numbers(kind: str, start: int) -> Iterator[str]:
    """Numbers of one kind without end, spread so that neighbours do not look alike."""
    serial = start
    while True:
        serial = (serial * 48_271 + 11) % 2_147_483_647
        body = serial % 100_000_000
        match kind:
            case "LX" | "RB" | "UA":
                yield postal(kind, body, "CN")
            case "CP":
                yield postal("CP", body, "BE")
            case "LP":
                yield f"LP{body:014d}"
            case "LTN":
                yield f"LTN{body * 10 % 1_000_000_000:09d}N1"
            case _:
                raise ValueError(f"no such kind of number: {kind!r}")
