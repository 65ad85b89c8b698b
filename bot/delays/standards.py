"""The judge: what is due next of a subject, and when a parcel may be delivered. Pure; made once from settings."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.delays import forecast, rules
from bot.delays.calendars import Calendars
from bot.delays.model import Due, Estimate, Subject


@dataclass(frozen=True, slots=True)
class Standards:
    """The first version of judgement: service standards and fixed rules."""

    calendars: Calendars = field(default_factory=Calendars)
    air_grace: timedelta = timedelta(hours=3)
    """How much later than planned a flight may arrive before it is called late."""
    rail_grace: timedelta = timedelta(hours=24)

    def next_due(self, subject: Subject, now: datetime | None = None) -> Due | None:
        """What must happen next and by when; None when nothing is owed.

        With `now`, a parcel whose linehaul has not arrived yet is to be looked at again later, never late by itself.
        """
        if subject.final:
            return None
        earliest: Due | None = None
        told = subject.late_since
        for due in self._owed(subject, now):
            if due.rule in subject.passed or (told is not None and due.at <= told):
                continue
            if earliest is None or due.at < earliest.at:
                earliest = due
        return earliest

    def estimate(self, subject: Subject, now: datetime) -> Estimate | None:
        """A range for the delivery of a parcel, or None when nothing honest can be said."""
        return forecast.estimate(subject, now, self.calendars) if subject.kind == "parcel" else None

    def _owed(self, subject: Subject, now: datetime | None) -> Iterable[Due]:
        if subject.kind == "parcel":
            return rules.of_parcel(subject, self.calendars, now)
        if subject.kind == "movement":
            return rules.of_movement(subject, air_grace=self.air_grace, rail_grace=self.rail_grace)
        return ()
