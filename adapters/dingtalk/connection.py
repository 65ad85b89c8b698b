"""One websocket of Stream mode: frames in, acknowledgements out, each after its message is safe."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable

from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType

from adapters.dingtalk.frames import FAILED, SYSTEM, Frame, Heard, Reply, ack, read_frame
from adapters.dingtalk.pace import StreamPace
from adapters.dingtalk.values import BadPayload
from bot.contracts.patience import Patience

log = logging.getLogger(__name__)

MOST_AT_ONCE = 1_000
"""Messages between a socket and the inbox; beyond it the socket is not read, and the platform feels it."""
NORMAL_END = 1000
MOST_IN_DOUBT = 100

Answer = Callable[[Frame], Awaitable[Reply]]
"""Takes one frame and returns its acknowledgement."""


class Connection:
    """Reads from construction on, until it is finished or the server ends it."""

    def __init__(
        self, socket: ClientWebSocketResponse, answer: Answer, *, pace: StreamPace, counts: Counter[str]
    ) -> None:  # fmt: skip
        self.leaving = asyncio.Event()
        """The server will push nothing more here: it said so, or the socket has ended."""
        self.ended = False
        self.proved = False
        """Something was delivered: the connection was good, however it ended."""
        self._socket = socket
        self._answer = answer
        self._pace = pace
        self._patience = Patience(pace.answer_within)
        self._counts = counts
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._working: set[asyncio.Task[None]] = set()
        self._parted = False
        """The server said goodbye: whatever ends now ends in order."""
        self._told: deque[tuple[float, Heard]] = deque(maxlen=MOST_IN_DOUBT)
        self._since = asyncio.get_running_loop().time()
        self._reader = asyncio.create_task(self._read())

    @property
    def was_good(self) -> bool:
        """Whether the next one may be opened without waiting."""
        return self.proved or asyncio.get_running_loop().time() - self._since >= self._pace.settled_after

    async def drain(self) -> None:
        """After the server's goodbye: take what still comes, for a while, then finish."""
        await asyncio.wait({self._reader}, timeout=self._pace.drain)
        await self.finish()

    async def finish(self) -> None:
        """Read no more, let what was taken reach the inbox and be acknowledged, close."""
        self._reader.cancel()
        await asyncio.wait({self._reader})
        if self._working:
            _, late = await asyncio.wait(self._working, timeout=self._pace.finish)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        await self._socket.close(code=NORMAL_END)

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(message.data)
        except (ClientError, OSError) as error:
            log.debug("dingtalk: a Stream connection broke: %s", type(error).__name__)
        finally:
            self.ended = True
            self.leaving.set()
        if not self._parted and self._socket.close_code != NORMAL_END:
            await self._doubt()

    async def _doubt(self) -> None:
        """The connection broke: what was written just before may not have arrived."""
        since = asyncio.get_running_loop().time() - self._pace.doubt
        for at, heard in self._told:
            if at >= since:
                await heard(False)

    async def _take(self, text: str) -> None:
        try:
            frame = read_frame(text)
        except BadPayload as error:
            self._counts["unreadable"] += 1
            log.warning("dingtalk: a Stream frame cannot be read: %s", error)
            return
        if frame.is_disconnect:
            self._counts["disconnects"] += 1
            self._parted = True
            self.leaving.set()
        elif frame.is_ping:
            self.proved = True
            await self._tell(ack(frame, data=frame.data))
        elif frame.kind != SYSTEM:
            self.proved = True
            await self._room.acquire()
            task = asyncio.create_task(self._work(frame))
            self._working.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._room.release()

    async def _work(self, frame: Frame) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        reply = await self._answered(frame)
        late = clock() - began > self._pace.ack_within
        if late:
            self._counts["late_acks"] += 1
        told = bool(frame.message_id) and await self._tell(reply.text)
        if reply.heard is not None and told and not late:
            self._told.append((clock(), reply.heard))
            await reply.heard(True)

    async def _answered(self, frame: Frame) -> Reply:
        try:
            return await self._patience.bound(self._answer(frame))
        except TimeoutError:
            self._counts["not_in_time"] += 1
        except Exception:  # one message's defect must not take the connection from all the others
            log.exception("dingtalk: a Stream frame could not be handled")
            self._counts["failed"] += 1
        return Reply(ack(frame, FAILED))

    async def _tell(self, answer: str) -> bool:
        """An acknowledgement that cannot be sent is lost: the message comes again and is known."""
        try:
            await self._socket.send_str(answer)
        except (ClientError, OSError):
            self._counts["lost_acks"] += 1
            return False
        return True
