"""Who a person of the workspace is: a name for others to read, and whether a guest, who belongs to another company."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.api import Api, Failure, Refusal
from adapters.slack.ids import place_of
from adapters.slack.tokens import Tokens
from adapters.slack.values import id_of, mapping, text_of
from adapters.slack.workspace import MAX_NAME_CHARACTERS
from bot.contracts import AdapterHost, InboundMessage, NotStored

log = logging.getLogger(__name__)

KNOWN_FOR = timedelta(hours=24)
MAX_KNOWN = 20_000
LOOK_SECONDS = 1.0
"""Of the three in which the platform wants its acknowledgement."""
LACKING = "missing_scope"
FIX = "the app lacks users:read, so that nobody counts as a member: add it, or set guests_belong = true"


@dataclass(frozen=True, slots=True)
class Person:
    """What matters of a profile."""

    name: str
    guest: bool
    until: datetime
    """Looked up again after that."""


@dataclass(slots=True)
class People:
    """Profiles of those who write to us, asked for once a day each."""

    api: Api
    tokens: Tokens
    host: AdapterHost
    team_ids: frozenset[str]
    problem: str = ""
    _known: OrderedDict[str, Person] = field(default_factory=OrderedDict)
    _asking: dict[str, asyncio.Task[Person]] = field(default_factory=dict)

    def known(self, message: InboundMessage) -> InboundMessage | None:
        """The message with its sender's profile, None when that has to be looked up first."""
        if message.sender.outsider:
            return message
        person = self._known.get(message.sender.external_id)
        return None if person is None or person.until <= self.host.now() else _with(message, person)

    async def look_up(self, message: InboundMessage) -> InboundMessage:
        """The same after asking. Raises `NotStored` when the platform does not say now: it delivers again."""
        external_id = message.sender.external_id
        task = self._asking.get(external_id)
        if task is None:
            task = self._asking[external_id] = asyncio.ensure_future(self._ask(message))
            task.add_done_callback(lambda _: self._asking.pop(external_id, None))
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return _with(message, await asyncio.shield(task))
        except TimeoutError:
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # nobody waits for it any more
            raise NotStored("the platform does not say in time who wrote") from None

    async def _ask(self, message: InboundMessage) -> Person:
        home, _, user = message.sender.external_id.partition("/")
        place = place_of(message.conversation.external_id)
        token = await self.tokens.of(place.team if place is not None else home)
        if token is None:
            raise NotStored("the app is not installed in the workspace")
        try:
            answer = await self.api.look("users.info", token, {"user": user})
        except Refusal as refusal:
            if refusal.error not in (LACKING, "user_not_found", "user_not_visible"):
                raise NotStored(f"users.info: {refusal}") from None
            self._note(refusal)
            return self._remember(message, Person("", guest=True, until=self.host.now() + timedelta(minutes=5)))
        except Failure as failure:
            raise NotStored(f"users.info: {failure}") from None
        self.problem = ""
        return self._remember(message, self._person(mapping(answer.get("user"))))

    def _person(self, user: Mapping[str, Any]) -> Person:
        profile = mapping(user.get("profile"))
        names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
        name = next(filter(None, (text_of(name, MAX_NAME_CHARACTERS).strip() for name in names)), "")
        guest = any(user.get(key) is True for key in ("is_restricted", "is_ultra_restricted", "is_stranger"))
        homes = {id_of(user.get("team_id")), id_of(mapping(user.get("enterprise_user")).get("enterprise_id"))} - {""}
        elsewhere = bool(homes) and not homes & self.team_ids
        return Person(name, guest or elsewhere, self.host.now() + KNOWN_FOR)

    def _note(self, refusal: Refusal) -> None:
        if refusal.error == LACKING:
            self.problem = FIX
            log.error("slack: %s", FIX)

    def _remember(self, message: InboundMessage, person: Person) -> Person:
        self._known[message.sender.external_id] = person
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        return person


def _with(message: InboundMessage, person: Person) -> InboundMessage:
    sender = message.sender
    changed = sender.model_copy(update={"name": person.name or sender.name, "outsider": person.guest})
    return message if changed == sender else message.model_copy(update={"sender": changed})
