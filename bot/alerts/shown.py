"""What a conversation's card shows of an alert, as far as a change of it is worth changing the card for."""

import json
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.alerts.model import AlertView
from bot.alerts.stands import Stand
from bot.delays import Severity
from bot.store.schema import from_micros, to_micros

RETIMED = timedelta(minutes=15)
"""A new expected time is shown from so much on."""
MATERIAL_SHARE = 0.10
"""A new count is shown when so large a part has gone or come."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One card's content in short; equal in everything but small moves, two cards say the same."""

    open: int
    severity: Severity
    expected: datetime | None
    acked: str | None = None
    resolved: str | None = None
    muted_until: datetime | None = None

    def to_json(self) -> str:
        """As it is stored."""
        return json.dumps([to_micros(part) if isinstance(part, datetime) else part for part in astuple(self)])

    def differs(self, other: "Shown") -> bool:
        """Whether a card that shows the other should be changed to this."""
        if _people(self) != _people(other) or bool(self.open) != bool(other.open) or self.severity != other.severity:
            return True
        return self._retimed(other) or abs(self.open - other.open) > other.open * MATERIAL_SHARE

    def _retimed(self, other: "Shown") -> bool:
        if self.expected is None or other.expected is None:
            return self.expected != other.expected
        return abs(self.expected - other.expected) >= RETIMED


def shown_from(stored: str) -> Shown:
    """What `Shown.to_json` wrote."""
    count, severity, expected, acked, resolved, muted = json.loads(stored)
    return Shown(count, Severity(severity), _instant(expected), acked, resolved, _instant(muted))


def shown_by(view: AlertView) -> Shown:
    """What a new message shows."""
    acked = _who_and_when(view.acked_by, view.acked_at)
    return Shown(view.open_count, view.severity, view.expected_at, acked)


def of_stand(stand: Stand) -> tuple[str | None, str | None]:
    """Who has it and who closed it, each with when."""
    return _who_and_when(stand.acked_by, stand.acked_at), _who_and_when(stand.resolved_by, stand.resolved_at)


def _who_and_when(by: str | None, at: datetime | None) -> str | None:
    """One text for both, None for nobody."""
    return None if at is None else f"{at.isoformat()} {by or ''}"


def _people(shown: Shown) -> tuple[Any, ...]:
    return shown.acked, shown.resolved, shown.muted_until


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
