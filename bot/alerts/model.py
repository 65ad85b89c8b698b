"""What alerts hand to skills and commands: frozen values; every instant is aware UTC."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bot.delays import Severity

MAX_MUTE = timedelta(days=7)
"""A mute ends; this is the longest."""
REOPEN_WITHIN = timedelta(days=14)
"""After that a closed alert stays closed."""

AlertState = Literal["open", "resolved", "cleared"]
ActName = Literal["acknowledge", "take_back", "resolve", "reopen", "mute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a subscription or a mute is about.

    Numbers and references (flight, train, waybill, container) are each meant by themselves; hub, mode and country
    together narrow down ("air to BE through LGG"). `everything` says so explicitly: an empty scope is an error.
    """

    numbers: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    hub: str | None = None
    mode: str | None = None
    country: str | None = None
    everything: bool = False

    def __post_init__(self) -> None:
        if not (self.everything or self.numbers or self.refs or self.narrows):
            raise ValueError("a scope needs numbers, references, a hub, a mode, a country, or everything=True")

    @property
    def narrows(self) -> bool:
        """True when hub, mode or country is given."""
        return self.hub is not None or self.mode is not None or self.country is not None


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """What a conversation follows: one wish, as it was said."""

    id: int
    scope: Scope
    created_at: datetime
    by: str
    """Name of the contact who asked for it."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What became of a wish to follow."""

    subscription: SubscriptionView | None
    """What is followed now; its scope holds only what is known. None: nothing of it was known."""
    created: bool
    """False when all of it was followed before."""
    unknown: tuple[str, ...] = ()
    """Numbers and references the person cannot see, whether or not they exist."""
    wish_id: int | None = None
    """What was not followed before, for `end_wish`; None when all of it was."""


@dataclass(frozen=True, slots=True)
class Muted:
    """A mute that is in force."""

    id: int | None
    """For `end_mute`; None when nothing of the scope was known."""
    until: datetime
    covers_open: int
    """Open alerts the conversation is not told about because of it."""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MuteView:
    """A mute of a conversation: what it is about and when it ends by itself."""

    scope: Scope
    until: datetime


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One late parcel of an alert."""

    number: str
    late_since: datetime
    country: str | None
    milestone: str | None = None
    """Where it is; None: not known to the alert."""
    open: bool = True
    partner: str = ""
    """The partner's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An alert as one reader may see it: counts and parcels are those of the reader's scope only."""

    ref: str
    """`A-1024`."""
    rule: str
    severity: Severity
    state: AlertState
    awaited: str
    """The milestone whose absence this is about."""
    linehaul: str | None
    """Key of the linehaul (`CV7911/2026-11-24`); None: grouped by hub and day."""
    linehaul_id: int | None
    linehaul_number: str | None
    mode: str | None
    origin: str | None
    hub: str | None
    day: date | None
    """The local day of a group without a linehaul."""
    opened_at: datetime
    late_since: datetime
    """Of the oldest that is open, else when it opened."""
    late_by: timedelta
    """The worst: how far behind."""
    expected_at: datetime | None
    """When the linehaul is expected now, where that is known."""
    ended_at: datetime | None
    """When what was due happened (linehaul), or the last of it was closed."""
    open_count: int
    total: int
    """All that were ever part of it."""
    moved: int = 0
    """Of those no longer open: late by another rule now."""
    worst: tuple[AlertRow, ...] = ()
    acked_by: str | None = None
    acked_at: datetime | None = None
    acked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActResult:
    """What became of an act upon an alert."""

    kind: Literal["done", "already", "unknown", "closed"]
    """`already`: somebody did it before (`by`, `at`); `unknown`: no such alert in the person's scope;
    `closed`: it is over (acknowledge, resolve) or too long ago (reopen)."""
    by: str | None = None
    at: datetime | None = None
    view: AlertView | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person did to an alert."""

    act: ActName
    by: str
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A conversation that was told, and when."""

    conversation_id: int
    conversation: str
    """`dingtalk: 义乌客服群`."""
    at: datetime
    kind: Literal["alert", "clear", "catch_up"]
    open_count: int


@dataclass(frozen=True, slots=True)
class Who:
    """Who knows of an alert and who did something about it, as far as the reader may see."""

    view: AlertView
    acts: tuple[Act, ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """The whole life of an alert, for administrators."""

    view: AlertView
    acts: tuple[Act, ...]
    told: tuple[Told, ...]
    suppressed: tuple[tuple[str, int], ...]
    """Episodes that produced no message, by their one reason."""
    untold: int = 0
    """Episodes that are still on their way: held back, or waiting for the next message."""
