"""The judge: what a subject owes, and when a parcel may be delivered. Pure; made once from settings."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.delays import forecast, rules
from bot.delays.calendars import HOME, Calendars
from bot.delays.model import Due, Estimate, Subject


@dataclass(frozen=True, slots=True)
class Standards:
    """The first version of judgement: service standards and fixed rules."""

    calendars: Calendars = field(default_factory=Calendars)
    air_grace: timedelta = timedelta(hours=3)
    """How much later than planned a flight may arrive before it is called late."""
    rail_grace: timedelta = timedelta(hours=24)

    def owed(self, subject: Subject, now: datetime | None = None) -> list[Due]:
        """What must happen and by when, in no order; whether somebody was told of it already is not asked here.

        With `now`, a parcel whose linehaul has not arrived yet is to be looked at again later, never late by itself.
        """
        if subject.final:
            return []
        if subject.kind == "parcel":
            return rules.of_parcel(subject, self.calendars, now)
        if subject.kind == "movement":
            return list(rules.of_movement(subject, air_grace=self.air_grace, rail_grace=self.rail_grace))
        return []

    def estimate(self, subject: Subject, now: datetime) -> Estimate | None:
        """A range for the delivery of a parcel, or None when nothing honest can be said."""
        return forecast.estimate(subject, now, self.calendars) if subject.kind == "parcel" else None

    def prepare(self, now: datetime) -> None:
        """Look the working days of this time up: the first question need not wait a third of a second for them."""
        self.calendars.of(HOME).is_working(now.date())
