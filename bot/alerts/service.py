"""What other rooms ask of alerts: subscriptions, mutes, and acts upon an alert. Units; the caller commits."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.alerts.model import ActResult, AlertRow, AlertView, Life, Muted, Scope, Subscribed, SubscriptionView, Who
from bot.people import PartnerScope, Person


def subscribe(
    conn: Connection, *, person: Person, conversation_id: int, scope: Scope, now: datetime
) -> Subscribed:
    """Follow; only what the person may see. Numbers and references nobody reported are `unknown`."""
    raise NotImplementedError


def unsubscribe(
    conn: Connection, *, person: Person, conversation_id: int, scope: Scope | None, now: datetime
) -> tuple[SubscriptionView, ...]:
    """Follow no longer what the scope names, None or everything: all of it. Returns what was followed until now."""
    raise NotImplementedError


def list_subscriptions(conn: Connection, conversation_id: int) -> tuple[SubscriptionView, ...]:
    """What a conversation follows, oldest first."""
    raise NotImplementedError


def mute(
    conn: Connection, *, person: Person, conversation_id: int, scope: Scope, until: datetime, reason: str, now: datetime
) -> Muted:
    """Keep a conversation quiet about something until an instant (cut to 7 days); subscriptions stay."""
    raise NotImplementedError


def end_mute(conn: Connection, mute_id: int, *, person: Person, conversation_id: int, now: datetime) -> bool:
    """End a mute of this conversation early; False when it is not there or over."""
    raise NotImplementedError


def acknowledge(
    conn: Connection, ref: str, *, person: Person, now: datetime, lasts: timedelta | None = None
) -> ActResult:
    """Take note of an alert: no repeated messages for a while, unless it gets worse."""
    raise NotImplementedError


def resolve(conn: Connection, ref: str, *, person: Person, now: datetime) -> ActResult:
    """Close an alert for the person's side until there is new evidence."""
    raise NotImplementedError


def reopen(conn: Connection, ref: str, *, person: Person, now: datetime) -> ActResult:
    """Bring a resolved alert back, within 14 days."""
    raise NotImplementedError


def who(conn: Connection, ref: str, scope: PartnerScope, now: datetime) -> Who | None:
    """Who was told and who did what; None: unknown in this scope."""
    raise NotImplementedError


def export_rows(conn: Connection, ref: str, scope: PartnerScope) -> Iterator[AlertRow]:
    """Every parcel of an alert in the scope, the worst first; none when it is unknown."""
    raise NotImplementedError


def find_alert(conn: Connection, ref: str, scope: PartnerScope, now: datetime) -> AlertView | None:
    """An alert as the scope may see it; None: unknown, or without parcels of the scope."""
    raise NotImplementedError


def list_open(conn: Connection, scope: PartnerScope, now: datetime, *, limit: int = 20) -> tuple[AlertView, ...]:
    """Open alerts of the scope, newest first."""
    raise NotImplementedError


def show(conn: Connection, ref: str, now: datetime) -> Life | None:
    """Everything about an alert, for administrators."""
    raise NotImplementedError
