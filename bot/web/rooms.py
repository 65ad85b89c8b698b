"""What the routes need of the rest of the house, handed in by the one who builds it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from bot.clock import Clock
from bot.contracts import Adapter, ChatAdapter
from bot.delays import Estimate, Subject
from bot.people import PartnerScope
from bot.store import Store
from bot.tracking.views import ParcelView
from bot.web.figures import Figure

if TYPE_CHECKING:
    from bot.web.health import Issue


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why one object of many was not taken."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class IntakeAnswer:
    """What became of the objects handed in."""

    read: int
    new: int
    duplicate: int
    errors: Sequence[ItemError]


class EventIntake(Protocol):
    """Takes events in our own JSON form."""

    async def __call__(self, objects: Sequence[object], *, partner: str | None, source: str) -> IntakeAnswer:
        """Store what can be stored; `partner` refuses everybody else's events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRooms:
    """The rooms behind the routes."""

    store: Store
    clock: Clock
    adapters: Mapping[str, Adapter]
    is_up: Callable[[str], bool] = lambda _: True
    """Whether the adapter of that name runs."""
    intake: EventIntake
    readiness: Callable[[], Awaitable[Sequence["Issue"]]]
    figures: Callable[[], Awaitable[Sequence[Figure]]]
    parcels: Callable[[str, PartnerScope], Awaitable[Sequence[ParcelView]]]
    """Parcels of a number within a scope, the latest first."""
    estimate: Callable[[Subject, datetime], Estimate | None]
    """When a parcel may be delivered."""
    chat_contact: Callable[[str, str], Awaitable[str]]
    """The external id on an adapter of a contact given by external id or name."""
    outcome: Callable[[int], Awaitable[str | None]]
    """What was understood of the message of an inbox row, as JSON text; None: nothing yet."""
    max_body: int

    @property
    def chat(self) -> tuple[str, ChatAdapter] | None:
        """Name and adapter of the chat served here, None without one."""
        for name, adapter in self.adapters.items():
            if isinstance(adapter, ChatAdapter):
                return name, adapter
        return None


ROOMS = web.AppKey("rooms", WebRooms)
ANSWERED = web.AppKey("answered", Counter[tuple[str, int]])
"""Answers by route and status."""
