"""A request for a person, as other rooms see it: frozen; instants are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RequestKind(StrEnum):
    """What the person wants."""

    HANDOFF = "handoff"  # to talk to somebody
    PROBLEM = "problem"  # lost, damaged, wrong address: wants action
    DOCUMENT = "document"  # a paper or its number
    TEMPLATE = "template"  # a text to answer a customer with


class RequestState(StrEnum):
    """How far it is."""

    OPEN = "open"  # nobody has taken it yet
    TAKEN = "taken"  # somebody works on it
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request."""

    ref: str
    """`C-204`."""
    kind: RequestKind
    state: RequestState
    contact_id: int
    person: str
    partner: str | None
    """The partner's code; None: operator staff."""
    partner_name: str | None
    partner_id: int | None
    conversation_id: int
    text: str
    """In the person's own words, latest last."""
    about: tuple[str, ...]
    """Numbers, references and topics it names."""
    assignee: str | None
    created_at: datetime
    updated_at: datetime
    stranger: bool = False
    """Nobody vouches for who wrote it."""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody of the desk to whom a request was passed."""

    name: str
    at: datetime | None
    """When it was delivered; None: it has not been yet."""
    failed: bool
    """It could not be delivered."""
