"""One attempt to deliver one message: is it there already, the message or its update, its files."""

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.answers import BLOCKS_REFUSED, CANNOT_EDIT, TOO_LONG
from adapters.slack.api import Api, Failure, Refusal
from adapters.slack.files import Files, as_uncertain
from adapters.slack.ids import Place
from adapters.slack.lookup import metadata_of, posted
from adapters.slack.render import render, render_plain
from adapters.slack.values import id_of, mapping, ts_of
from bot.contracts import AdapterHost, ConversationKind, OutboundMessage, Sent

log = logging.getLogger(__name__)

MAX_REMEMBERED = 10_000
ABSENT = "absent"
UNFURL = {"unfurl_links": False, "unfurl_media": False}


@dataclass(slots=True)
class DirectChannels:
    """The channel in which the bot and a person talk, asked for once."""

    api: Api
    _known: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)

    async def of(self, place: Place, token: str) -> str:
        """The channel's own id, that of the direct conversation where the place is a person. Raises a `Failure`."""
        if not place.is_person:
            return place.channel
        key = (place.team, place.channel)
        if key not in self._known:
            answer = await self.api.look("conversations.open", token, {"users": place.channel})
            channel = id_of(mapping(answer.get("channel")).get("id"))
            if not channel:
                raise Refusal(200, detail="conversations.open names no channel")
            self._known[key] = channel
            if len(self._known) > MAX_REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Tools:
    """What every attempt of an instance uses."""

    api: Api
    files: Files
    host: AdapterHost
    direct: DirectChannels
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver with one token. Every step may raise a `Failure`."""

    tools: Tools
    message: OutboundMessage
    place: Place
    token: str

    async def deliver(self) -> Sent:
        """Look whether it is there already where that is not sure, else write it; then its files."""
        channel, there, known_absent = self.place.channel, None, False
        if self.message.resent or self.message.replaces:
            channel = await self.tools.direct.of(self.place, self.token)
        if self.message.resent:
            there = await self._looked_up(channel)
            known_absent = there == ABSENT
        uploaded = await self._uploaded()
        if there and not known_absent:
            sent = Sent(f"{channel}:{there}")
        else:
            message = self.message.model_copy(update={"resent": False}) if known_absent else self.message
            sent = await self._write(message, channel, with_files=bool(uploaded))
        if uploaded:
            await self._share(uploaded, sent)
        return sent

    async def _looked_up(self, channel: str) -> str | None:
        """The time stamp of the message, `ABSENT` when it is surely not there, None when nobody can tell."""
        try:
            there = await posted(self.tools.api, self.token, self.message, channel=channel, thread=self.place.thread)
        except Refusal as refusal:  # it cannot be looked up, as without the scope: better twice than never
            if refusal.after is not None or not refusal.error:
                raise
            log.warning("slack: an uncertain message cannot be looked up: %s", refusal)
            return None
        return there or ABSENT

    async def _uploaded(self) -> list[Mapping[str, str]]:
        """The files of the cards, brought to the platform before anything is seen; none when one is not to be had."""
        references = [file.reference for card in self.message.cards for file in card.files]
        if not references:
            return []
        found = [file for reference in references if (file := await self.tools.host.file(reference)) is not None]
        if len(found) < len(references):
            log.warning("slack: %d of %d files are not there; they are only named", len(references) - len(found),
                        len(references))
            return []
        return await self.tools.files.upload(self.token, found)

    async def _share(self, uploaded: Sequence[Mapping[str, str]], sent: Sent) -> None:
        channel, _, ts = (sent.provider_ref or "").partition(":")
        thread = self.place.thread or ("" if self.place.kind is ConversationKind.DIRECT else ts)
        try:
            await self.tools.files.share(self.token, uploaded, channel=channel, thread=thread)
        except Failure as failure:
            raise as_uncertain(failure) from None

    async def _write(self, message: OutboundMessage, channel: str, *, with_files: bool) -> Sent:
        earlier = _earlier(message, channel)
        if earlier is not None:
            try:
                there = {"channel": channel, "ts": earlier}
                return await self._post("chat.update", message, there, with_files=with_files)
            except Refusal as refusal:
                if refusal.error not in CANNOT_EDIT:
                    raise
        below = {"thread_ts": self.place.thread} if self.place.thread else {}
        target = {"channel": channel, **UNFURL, **below}
        return await self._post("chat.postMessage", message, target, with_files=with_files)

    async def _post(
        self, method: str, message: OutboundMessage, target: Mapping[str, Any], *, with_files: bool
    ) -> Sent:
        """What the platform finds too long goes once more in a smaller form; where it minds the blocks, in words."""
        body, limit = {**target, "metadata": metadata_of(message)}, self.tools.max_bytes
        try:
            answer = await self._call(method, body | render(message, limit, uploaded=with_files))
        except Refusal as refusal:
            if refusal.error in TOO_LONG:
                content = render(message, limit // 2, uploaded=with_files)
            elif refusal.error in BLOCKS_REFUSED:
                log.error("slack: the platform finds fault with our blocks: %s", refusal.detail)
                content = render_plain(message)
            else:
                raise
            answer = await self._call(method, body | content)
        channel, ts = id_of(answer.get("channel")), ts_of(answer.get("ts"))
        return Sent(f"{channel}:{ts}" if channel and ts else None)

    async def _call(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self.tools.api.call(method, self.token, json=body)


def _earlier(message: OutboundMessage, channel: str) -> str | None:
    """The time stamp of the message to replace, when it stands in the same channel."""
    where, _, ts = (message.replaces or "").partition(":")
    return ts if where == channel and ts_of(ts) else None
