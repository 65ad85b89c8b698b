"""Lease tokens: unique over processes and time, cheap to make; they tell owners apart and are no secrets."""

from itertools import count
from secrets import token_hex


class Tokens:
    """Gives out tokens no other instance gives out."""

    def __init__(self) -> None:
        self._prefix = token_hex(8)
        self._numbers = count(1)

    def new(self) -> str:
        """A token nobody had before; at most 32 characters."""
        return f"{self._prefix}-{next(self._numbers):x}"
