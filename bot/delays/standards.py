"""The judge: what is due next of a subject, and when a parcel may be delivered. Pure; made once from settings."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.delays import forecast, rules
from bot.delays.calendars import Calendars
from bot.delays.model import Due, Estimate, Subject
from bot.delays.severity import BY_RULE


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
        if subject.kind != "parcel":
            return self._of_movement(subject)
        told, passed = subject.late_since, subject.passed
        first: rules.Deadline | None = None
        for owed in rules.of_parcel(subject, self.calendars, now):
            if (told is None or owed[0] > told) and owed[2] not in passed and (first is None or owed[0] < first[0]):
                first = owed
        return None if first is None else Due(*first, BY_RULE[first[2]])

    def _of_movement(self, subject: Subject) -> Due | None:
        if subject.kind != "movement":
            return None
        told = subject.late_since
        owed = [
            due for due in rules.of_movement(subject, air_grace=self.air_grace, rail_grace=self.rail_grace)
            if due.rule not in subject.passed and (told is None or due.at > told)
        ]  # fmt: skip
        return min(owed, key=lambda due: due.at, default=None)

    def estimate(self, subject: Subject, now: datetime) -> Estimate | None:
        """A range for the delivery of a parcel, or None when nothing honest can be said."""
        return forecast.estimate(subject, now, self.calendars) if subject.kind == "parcel" else None
