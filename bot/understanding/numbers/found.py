"""What the finder hands out: one number, its kind, and where it stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """One number found in a text.

    `value` is normalised: upper case, no separators, except an air waybill (`999-12345675`) and a pair
    of trains (`X8406/X8405`). `valid` is false when the shape is right and the check digit is wrong: the
    number was mistyped and must never be queried. `start` and `end` are a span of the normalised text.
    """

    kind: str
    value: str
    valid: bool
    start: int
    end: int
