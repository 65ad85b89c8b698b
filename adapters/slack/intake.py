"""One way in for both modes: a payload is translated, stored and only then acknowledged by whoever carried it."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.events import REMOVALS, Ignored, decode_event
from adapters.slack.people import People
from adapters.slack.pressed import decode_action, decode_command
from adapters.slack.routes import Origin
from adapters.slack.tokens import Tokens
from adapters.slack.values import BadPayload, mapping
from adapters.slack.workspace import App, Context, Foreign, event_context
from bot.contracts import AdapterHost, InboundMessage, NotStored
from bot.contracts.patience import Patience

log = logging.getLogger(__name__)

STORED_WITHIN = 2.4
"""Seconds: the platform waits three for its acknowledgement; later it delivers again."""


@dataclass(slots=True)
class Intake:
    """Takes payloads for one instance."""

    app: App
    command: str
    hooks: frozenset[Origin]
    tokens: Tokens
    people: People | None = None
    """Looks up who writes; None: every member of a workspace belongs here, guests too."""
    patience: Patience = field(default_factory=lambda: Patience(STORED_WITHIN))
    counts: Counter[str] = field(default_factory=Counter)

    async def take_event(self, envelope: Mapping[str, Any], host: AdapterHost) -> None:
        """An envelope of the Events API. Raises `BadPayload`, or `NotStored`: then it is not to be acknowledged."""
        if envelope.get("type") == "app_rate_limited":
            self.counts["platform_held_back"] += 1
            log.warning("slack %s: the platform delivers too many events and holds some back", self.app.adapter)
            return
        if envelope.get("type") != "event_callback":
            raise BadPayload("type is not known")
        context, bot_user = event_context(self.app, envelope)
        if context.whole_enterprise:
            await self.tokens.belongs(context.team, context.enterprise)
        event = mapping(envelope.get("event"))
        if event.get("type") in REMOVALS:
            await self._removed(context, event)
        else:
            await self._keep(decode_event(event, context, bot_user=bot_user, now=host.now()), host)

    async def take_command(self, form: Mapping[str, Any], host: AdapterHost) -> None:
        """A slash command. Raises `BadPayload` or `NotStored`."""
        if "command" not in form:
            raise BadPayload("command is missing")
        if form["command"] != self.command:
            self.counts["ignored_command"] += 1
            log.warning("slack %s: a slash command other than %s was sent here", self.app.adapter, self.command)
            return
        await self._keep(decode_command(form, self.app, origins=self.hooks, now=host.now()), host)

    async def take_interaction(self, payload: Mapping[str, Any], host: AdapterHost) -> None:
        """A pressed button. Raises `BadPayload` or `NotStored`."""
        await self._keep(decode_action(payload, self.app, origins=self.hooks, now=host.now()), host)

    def refused(self, error: BadPayload) -> None:
        """Note what a verified payload was refused for."""
        self.counts["foreign" if isinstance(error, Foreign) else "unreadable"] += 1
        log.warning("slack %s: a payload was not taken: %s", self.app.adapter, error)

    async def _keep(self, message: InboundMessage | Ignored, host: AdapterHost) -> None:
        if isinstance(message, Ignored):
            self.counts[f"ignored_{message.reason}"] += 1
            return
        try:
            known = message if self.people is None else self.people.known(message)
            receipt = await self.patience.bound(host.receive(known))
        except TimeoutError:  # it may still be stored; then the next delivery is seen to be the same
            raise NotStored("the store takes longer than the platform waits") from None
        self.counts["duplicates" if receipt.duplicate else "stored"] += 1

    async def _removed(self, context: Context, event: Mapping[str, Any]) -> None:
        """Both events may come, in any order; a token of a person who left is none of ours."""
        revoked = mapping(event.get("tokens"))
        if event.get("type") == "tokens_revoked" and not revoked.get("bot"):
            self.counts["ignored_other"] += 1
            return
        owner = context.enterprise if context.whole_enterprise else context.team
        await self.tokens.forget(owner)
        self.counts["removed"] += 1
        log.warning("slack %s: the app was removed from %s", self.app.adapter, owner)
