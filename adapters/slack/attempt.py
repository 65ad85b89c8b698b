"""One attempt to deliver one message: is it there already, the message or the change of an earlier one, its files."""

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.answers import BLOCKS_REFUSED, GONE, TOO_LONG, is_final
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
        if self.message.replaces is not None:
            return await self._change(self.message.replaces)
        there = await self._looked_up() if self.message.resent else None
        uploaded = await self._uploaded()
        if there is not None and there != ABSENT:
            sent = Sent(there, editable=True)
        else:
            message = self.message.model_copy(update={"resent": False}) if there == ABSENT else self.message
            sent = await self._write(message, with_files=bool(uploaded))
        if uploaded:
            await self._share(uploaded, sent)
        return sent

    async def _looked_up(self) -> str | None:
        """The platform's name of the message, `ABSENT` when it is surely not there, None when nobody can tell."""
        try:
            channel = await self.tools.direct.of(self.place, self.token)
            there = await posted(self.tools.api, self.token, self.message, channel=channel, thread=self.place.thread)
        except Refusal as refusal:  # it cannot be looked up, as without the scope: better twice than never
            if not is_final(refusal):
                raise
            log.warning("slack: an uncertain message cannot be looked up: %s", refusal)
            return None
        return f"{channel}:{there}" if there is not None else ABSENT

    async def _uploaded(self) -> list[Mapping[str, str]]:
        """The files of the cards, brought to the platform before anything is seen; none when one cannot be brought."""
        references = [file.reference for card in self.message.cards for file in card.files]
        if not references:
            return []
        found = [file for reference in references if (file := await self.tools.host.file(reference)) is not None]
        if len(found) < len(references):
            log.warning("slack: %d of %d files are not there; they are only named", len(references) - len(found),
                        len(references))
            return []
        try:
            return await self.tools.files.upload(self.token, found)
        except Refusal as refusal:  # as without the scope: the words are worth more than the files
            if not is_final(refusal):
                raise
            log.error("slack: files are not taken and only named: %s", refusal)
            return []

    async def _share(self, uploaded: Sequence[Mapping[str, str]], sent: Sent) -> None:
        channel, _, ts = (sent.provider_ref or "").partition(":")
        thread = self.place.thread or ("" if self.place.kind is ConversationKind.DIRECT else ts)
        try:
            await self.tools.files.share(self.token, uploaded, channel=channel, thread=thread)
        except Failure as failure:
            if not is_final(failure):
                raise as_uncertain(failure) from None
            log.error("slack: the files of a message that was posted are not shown: %s", failure)

    async def _write(self, message: OutboundMessage, *, with_files: bool) -> Sent:
        below = {"thread_ts": self.place.thread} if self.place.thread else {}
        target = {"channel": self.place.channel, **UNFURL, **below}
        return await self._post("chat.postMessage", message, target, with_files=with_files)

    async def _change(self, reference: str) -> Sent:
        """Change the message of that name in place; one that does not stand in this conversation is refused."""
        channel, _, ts = reference.partition(":")
        if not ts_of(ts) or channel != await self.tools.direct.of(self.place, self.token):
            raise Refusal(200, GONE)
        return await self._post("chat.update", self.message, {"channel": channel, "ts": ts}, with_files=False)

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
        return Sent(f"{channel}:{ts}", editable=True) if channel and ts else Sent()

    async def _call(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self.tools.api.call(method, self.token, json=body)
