"""Who is answered at all: never ourselves or a machine, strangers once a day, nobody without end."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.contracts import InboundMessage, MessageKind
from bot.people import Person, Role

STRANGERS_HEAR_AGAIN_AFTER: Final = timedelta(days=1)
PEOPLE_WATCHED: Final = 10_000
_MINUTE: Final = timedelta(minutes=1)


class Verdict(StrEnum):
    """What becomes of a message before it is read."""

    ANSWER = "answer"
    TELL_STRANGER = "tell_stranger"  # how to get access, and nothing else
    SLOW_DOWN = "slow_down"  # said once a minute to somebody who asks faster than allowed
    SILENCE = "silence"


def is_for_nobody(message: InboundMessage) -> bool:
    """True for what is stored and never answered: our own messages, machines, notices of a platform."""
    return message.from_self or message.automated or message.kind is MessageKind.NOTICE


def for_stranger(refused_at: datetime | None, now: datetime) -> Verdict:
    """A stranger is told how to get access, then not again for a day."""
    if refused_at is not None and now - refused_at < STRANGERS_HEAR_AGAIN_AFTER:
        return Verdict.SILENCE
    return Verdict.TELL_STRANGER


def is_stranger(person: Person) -> bool:
    """True for whoever may learn nothing."""
    return person.role is Role.STRANGER


class Quota:
    """How many questions a person may ask a minute, counted in this process.

    A message counts once however often it is worked on. Memory is bounded: whoever was quiet longest is forgotten.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._recent: OrderedDict[int, deque[tuple[datetime, int]]] = OrderedDict()
        self._told: dict[int, tuple[datetime, int]] = {}

    def check(self, contact_id: int, inbox_id: int, now: datetime) -> Verdict:
        """Count one question; over the limit the person is told once, then not answered until a minute has passed."""
        recent = self._recent.get(contact_id)
        if recent is None:
            recent = self._recent[contact_id] = deque()
        self._recent.move_to_end(contact_id)
        while recent and now - recent[0][0] >= _MINUTE:
            recent.popleft()
        if inbox_id in [counted for _, counted in recent]:
            return Verdict.ANSWER
        if len(recent) < self._per_minute:
            recent.append((now, inbox_id))
            self._trim()
            return Verdict.ANSWER
        told = self._told.get(contact_id)
        if told is None or told[1] == inbox_id or now - told[0] >= _MINUTE:
            self._told[contact_id] = (now, inbox_id)
            return Verdict.SLOW_DOWN
        return Verdict.SILENCE

    def _trim(self) -> None:
        while len(self._recent) > PEOPLE_WATCHED:
            contact_id, _ = self._recent.popitem(last=False)
            self._told.pop(contact_id, None)
