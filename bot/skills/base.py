"""What every skill gets and gives: a question understood, a connection to read with, an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from bot.cases.desk import Desk
from bot.contracts import Card, InboundMessage, Language
from bot.delays import Estimate, Subject
from bot.people import Person
from bot.skills.enclosed import Enclosed
from bot.skills.question import Question
from bot.understanding import Understanding
from bot.wording import Words

Compose = Callable[[Words], tuple[Card, ...]]
"""Says the same in whatever language it is given words for."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a change leads to."""

    say: Compose
    """Called once for each language the reader has; it must not read or write anything."""
    remember: str = ""
    """As in `Answer`."""
    asks: Question | None = None
    """As in `Answer`."""
    languages: tuple[Language, ...] = ()
    """The languages to say it in when the change has just decided them; empty: the reader's."""


Change = Callable[[Connection], Done]
"""Runs inside the transaction that closes the message, perhaps more than once."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One message of a known person, understood. Skills see only this and the connection."""

    person: Person
    conversation_id: int
    message: InboundMessage
    understanding: Understanding
    words: Words
    """Bound to the language of the answer, the reader's zone and the instant of the question."""
    now: datetime
    services: "Services"
    enclosed: Enclosed | None = None
    """What the files of the message hold; None: there are none, or nobody looked."""
    earlier: tuple[str, ...] = ()
    """What the person said before here and still may continue, newest first; for questions about many parcels."""

    @property
    def slots(self) -> Mapping[str, Any]:
        """Slots of the understanding."""
        return self.understanding.slots

    @property
    def takes_files(self) -> bool:
        """Whether a file can be handed over where the question was asked."""
        return self.message.conversation.adapter in self.services.takes_files

    @property
    def on_own_page(self) -> bool:
        """Whether the answer is shown on a page of ours."""
        return self.message.conversation.adapter in self.services.own_pages

    @property
    def text(self) -> str:
        """The text as received; of a choice, that of the message it was offered for."""
        return str(self.slots.get("said") or self.message.text)


@dataclass(frozen=True, slots=True)
class Answer:
    """Cards to send; or a change that makes them. Neither: nobody is answered."""

    cards: tuple[Card, ...] = ()
    change: Change | None = None
    remember: str = ""
    """What the next message may refer to, when the cards' own text would not show it (numbers, references)."""
    asks: Question | None = None
    """What was asked back: the next message of the person is read as an answer to it, if it is one."""


class Estimator(Protocol):
    """Says when a parcel may be delivered; `bot.delays` has one."""

    def estimate(self, subject: Subject, now: datetime) -> Estimate | None:
        """A range, or None when nothing honest can be said."""


@dataclass(frozen=True, slots=True)
class Services:
    """What skills may call besides the units of tracking, alerts and cases: things made from settings."""

    estimator: Estimator
    max_numbers: int = 100
    usual_gaps: Mapping[str, float] = field(default_factory=dict)
    """Seconds between reports of a source, by its name; for "has been silent since"."""
    ack_lasts: timedelta = timedelta(hours=4)
    """How long an alert that was taken note of stays quiet."""
    desk: Desk = field(default_factory=Desk)
    """Who answers people, and when."""
    takes_files: frozenset[str] = frozenset()
    """Adapters through which a file can be handed over."""
    own_pages: frozenset[str] = frozenset()
    """Adapters shown on our own pages, where a long table scrolls; elsewhere a file stands for most of it."""


class Skill(Protocol):
    """One thing a person can ask: a plain function that reads and decides, registered by intent."""

    def __call__(self, ask: Ask, conn: Connection, /) -> Answer:
        """Answer. `conn` only reads; what must be changed goes into `Answer.change`."""
