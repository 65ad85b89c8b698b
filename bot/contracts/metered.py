"""What a platform charges by the month: how much of it an instance has used, so that people are told in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

RUNS_LOW_AT = 0.8
"""From this share on operators are told."""


class Supply(StrEnum):
    """How much is left."""

    ENOUGH = "enough"
    LOW = "low"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Quota:
    """One kind of what is metered, in one month."""

    kind: Literal["calls", "messages"]
    month: str
    """`2026-11`, as the platform counts it."""
    used: int
    limit: int
    """0: nobody has said how much there is."""
    refused: bool = False
    """The platform says that nothing is left, whatever we have counted."""

    @property
    def supply(self) -> Supply:
        """How much is left, by what the platform says and by our own count."""
        share = self.used / self.limit if self.limit else 0.0
        if self.refused or share >= 1:
            return Supply.GONE
        return Supply.LOW if share >= RUNS_LOW_AT else Supply.ENOUGH


@runtime_checkable
class Metered(Protocol):
    """An adapter whose platform charges by the month; the core tells the desk when it runs low.

    The desk then reads that pushes are bundled: let `capabilities` leave them one a minute meanwhile.
    """

    def quotas(self) -> Sequence[Quota]:
        """How each kind stands now, without any waiting."""
