"""What some channels can be asked beside sending: who has read a message, to take one back, who somebody is.

Each is an optional ability of an adapter, and works whether or not the adapter was started: an administrator's command
asks through an instance that hears nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from bot.contracts.adapter import AdapterHost
from bot.contracts.messages import ConversationAddress

PersonKey = Literal["id", "phone", "union_id"]
"""What a person is looked up by; `union_id` is the same in several organisations of one developer."""


class NotDone(Exception):
    """The channel cannot say or do it; the text says why, for administrators."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message the platform took: where it went, and its `Sent.provider_ref`."""

    conversation: ConversationAddress
    provider_ref: str


@dataclass(frozen=True, slots=True)
class Readers:
    """Names of those who have read a message, and of those the platform knows have not."""

    read: tuple[str, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person of the organisation; `external_id` is the address a contact is known by."""

    external_id: str
    name: str


@runtime_checkable
class TellsReaders(Protocol):
    """An adapter whose platform tells who has read a message."""

    async def readers(self, message: Delivered, host: AdapterHost) -> Readers:
        """Who has read it by now. Raises `NotDone`."""


@runtime_checkable
class Recalls(Protocol):
    """An adapter whose platform takes messages back."""

    async def recall(self, messages: Sequence[Delivered], host: AdapterHost) -> Mapping[str, str]:
        """Take messages back; those that could not be, by their `provider_ref`, and why. Raises `NotDone`."""


@runtime_checkable
class FindsPeople(Protocol):
    """An adapter whose platform knows the people of its organisation."""

    async def find_person(self, by: PersonKey, value: str, host: AdapterHost) -> FoundPerson | None:
        """The person, None when the organisation has nobody such. Raises `NotDone`."""
