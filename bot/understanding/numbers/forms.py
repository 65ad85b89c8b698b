"""Normal forms: the one spelling of a number that is stored and asked for."""

import re

_TRAIN_PARTNER = re.compile(r"/(?:([0-9])|X8([0-9]{3}))(?![A-Z0-9])")


def normal_form(form: str, compact: str) -> str:
    """Return the spelling that goes with a form of the shapes table."""
    if form == "sscc":
        return compact[2:]
    if form == "mawb":
        return f"{compact[:3]}-{compact[3:]}"
    return compact


def train_pair(upper: str, start: int, end: int) -> tuple[str, int] | None:
    """Return both numbers of a train named with its way back (`X8406/5`), and where that ends.

    Both written in full are a pair only when they are neighbours; otherwise they are two trains.
    """
    partner = _TRAIN_PARTNER.match(upper, end)
    if partner is None:
        return None
    train = upper[start:end]
    if partner[1] is not None:
        return f"{train}/{train[:-1]}{partner[1]}", partner.end()
    if abs(int(train[2:]) - int(partner[2])) != 1:
        return None
    return f"{train}/X8{partner[2]}", partner.end()
