"""One websocket of Socket Mode: envelopes are handed over in their order and acknowledged once they are stored."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType

from adapters.slack.intake import Intake
from adapters.slack.values import BadPayload, load, mapping, text_of
from bot.contracts import AdapterHost, NotStored

log = logging.getLogger(__name__)

MAX_PENDING = 200
"""Envelopes in work; beyond that nothing more is read from the socket."""
DISABLED = "link_disabled"
LOST = "lost"


class Link:
    """One connection, from its opening to its end."""

    def __init__(self, websocket: ClientWebSocketResponse, host: AdapterHost, intake: Intake) -> None:
        self._websocket = websocket
        self._intake = intake
        self._host = host
        self._reader: asyncio.Task[None] | None = None
        self._pending: set[asyncio.Task[None]] = set()
        self.greeted = asyncio.Event()
        """It said hello, or ended."""
        self.leaving = asyncio.Event()
        """It will be closed soon, or is: a new one is needed."""
        self.ended = asyncio.Event()
        """No frame will come any more."""
        self.reason = ""
        """Why it leaves, in the platform's word."""

    @property
    def alive(self) -> bool:
        """True while frames may come."""
        return self._reader is not None and not self._reader.done() and not self._websocket.closed

    def start(self) -> None:
        """Read in the background."""
        self._reader = asyncio.ensure_future(self._read())

    async def close(self) -> None:
        """Read no more, let what was read be stored and acknowledged, close."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait({self._reader})
        while self._pending:
            await asyncio.wait(self._pending)
        await self._websocket.close()

    async def _read(self) -> None:
        try:
            async for frame in self._websocket:
                if frame.type is WSMsgType.TEXT:
                    await self._frame(frame.data)
        except (ClientError, OSError) as error:
            log.warning("slack: a websocket broke: %s", type(error).__name__)
        finally:
            self.reason = self.reason or LOST
            for event in (self.greeted, self.leaving, self.ended):
                event.set()

    async def _frame(self, text: str) -> None:
        try:
            frame = load(text.encode("utf-8", "replace"))
        except BadPayload as error:
            self._intake.refused(error)
            return
        if frame.get("type") == "hello":
            self.greeted.set()
        elif frame.get("type") == "disconnect":
            self.reason = text_of(frame.get("reason"), 100) or LOST
            self.leaving.set()
        elif frame.get("envelope_id"):
            await self._begin(frame)

    async def _begin(self, envelope: Mapping[str, Any]) -> None:
        """Tasks begin in the order of their making, so what is handed to the inbox keeps the order of the frames."""
        while len(self._pending) >= MAX_PENDING:
            await asyncio.wait(self._pending, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.ensure_future(self._envelope(envelope))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _envelope(self, envelope: Mapping[str, Any]) -> None:
        payload = mapping(envelope.get("payload"))
        takers = {
            "events_api": self._intake.take_event,
            "slash_commands": self._intake.take_command,
            "interactive": self._intake.take_interaction,
        }
        take = takers.get(text_of(envelope.get("type")))
        try:
            if take is not None:
                await take(payload, self._host)
        except BadPayload as error:  # a repetition would be as bad: it is acknowledged
            self._intake.refused(error)
        except NotStored:
            self._intake.counts["not_acknowledged"] += 1
            return
        await self._acknowledge(envelope["envelope_id"])

    async def _acknowledge(self, envelope_id: object) -> None:
        try:
            await self._websocket.send_json({"envelope_id": envelope_id})
        except (ClientError, OSError):  # it comes again over another connection, and is seen to be the same
            self._intake.counts["acknowledgements_lost"] += 1
