"""Who a person of the workspace is: a name for others to read, and whether a guest, who belongs to another company.

Nothing waits for this on the way in: a message is stored with what is known, and the core has the rest looked up before
it is handled.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.answers import outcome_of
from adapters.slack.api import Api, Failure, Refusal
from adapters.slack.ids import place_of
from adapters.slack.tokens import Tokens
from adapters.slack.values import id_of, mapping, text_of
from adapters.slack.workspace import MAX_NAME_CHARACTERS
from bot.contracts import AdapterHost, InboundMessage, NotResolved, NotStored, Retry

log = logging.getLogger(__name__)

KNOWN_FOR = timedelta(hours=24)
ASKED_AGAIN_AFTER = timedelta(minutes=5)
"""Where the platform does not show a person to us."""
MAX_KNOWN = 20_000
LACKING = "missing_scope"
NOT_SHOWN = ("user_not_found", "user_not_visible")
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

    def known(self, message: InboundMessage) -> InboundMessage:
        """The message with its sender's profile; unresolved, an outsider until then, where that has to be asked for."""
        if message.sender.outsider:
            return message
        person = self._remembered(message)
        return _with(message, outsider=True, unresolved=True) if person is None else _as(message, person)

    async def resolve(self, message: InboundMessage) -> InboundMessage:
        """See `ResolvesSenders`; messages of one person are one question."""
        person = self._remembered(message)
        if person is None:
            external_id = message.sender.external_id
            task = self._asking.get(external_id)
            if task is None:
                task = self._asking[external_id] = asyncio.ensure_future(self._ask(message))
                task.add_done_callback(lambda ended: self._asked(external_id, ended))
            person = await asyncio.shield(task)
        return _as(message, person)

    def _remembered(self, message: InboundMessage) -> Person | None:
        person = self._known.get(message.sender.external_id)
        return None if person is None or person.until <= self.host.now() else person

    def _asked(self, external_id: str, ended: "asyncio.Task[Person]") -> None:
        del self._asking[external_id]
        if not ended.cancelled() and (error := ended.exception()) is not None:
            self._note(f"nobody new can be looked up, their messages wait: {error}")

    async def _ask(self, message: InboundMessage) -> Person:
        home, _, user = message.sender.external_id.partition("/")
        place = place_of(message.conversation.external_id)
        team = place.team if place is not None else home
        try:
            token = await self.tokens.of(team)
        except NotStored as error:
            raise NotResolved(f"the token cannot be looked up: {error}") from None
        if token is None:
            raise NotResolved(f"the app is not installed in {team}: open its install page")
        try:
            answer = await self.api.look("users.info", token, {"user": user})
        except Failure as failure:
            return self._remember(message, self._not_shown(failure))
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

    def _not_shown(self, failure: Failure) -> Person:
        """A guest for all we may know. Raises `NotResolved` when the platform may say more another time."""
        code = failure.error if isinstance(failure, Refusal) else ""
        if code == LACKING:
            self._note(FIX)
        elif code not in NOT_SHOWN:
            outcome = outcome_of(failure)
            why = outcome.reason if isinstance(outcome, Retry) else str(failure)
            raise NotResolved(f"users.info: {why}")
        return Person("", guest=True, until=self.host.now() + ASKED_AGAIN_AFTER)

    def _note(self, problem: str) -> None:
        if problem != self.problem:
            log.error("slack: %s", problem)
        self.problem = problem

    def _remember(self, message: InboundMessage, person: Person) -> Person:
        self._known[message.sender.external_id] = person
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        return person


def _as(message: InboundMessage, person: Person) -> InboundMessage:
    return _with(message, name=person.name or message.sender.name, outsider=person.guest, unresolved=False)


def _with(message: InboundMessage, **changes: object) -> InboundMessage:
    changed = message.sender.model_copy(update=changes)
    return message if changed == message.sender else message.model_copy(update={"sender": changed})
