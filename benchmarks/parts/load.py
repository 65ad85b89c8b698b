"""A load driver and a sink over bare asyncio protocols, so that the measuring costs little beside the measured."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

SECRET = "bench-secret"
ROBOT, CORP = "dingbenchrobot", "dingbenchcorp"
OK = b'{"errcode":0,"errmsg":"ok"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(OK), OK)


class _Http(asyncio.Protocol):
    """Cuts a stream into messages with a Content-Length; calls `whole(head, body)` for each."""

    def __init__(self, whole: Callable[[asyncio.Transport, bytes, bytes], None]) -> None:
        self._whole = whole
        self._buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            low = head.lower()
            at = low.find(b"content-length:")
            size = int(low[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._buffer) < end + 4 + size:
                return
            body, self._buffer = self._buffer[end + 4 : end + 4 + size], self._buffer[end + 4 + size :]
            assert self.transport is not None
            self._whole(self.transport, head, body)


@dataclass(slots=True)
class Result:
    """What a run showed."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    """Seconds from sending the callback to the reply at the sink."""
    refused: int = 0
    sample: bytes = b""

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Driver:
    """Keeps a number of questions under way: callback out, reply in at the sink, next."""

    def __init__(self, numbers: list[str], conversations: int = 6_400) -> None:
        self.numbers = numbers
        self._conversations = conversations
        self._sent: dict[str, float] = {}
        self._free: deque[asyncio.Future[None]] = deque()
        self._count = 0
        self._done: dict[str, asyncio.Event] = {}
        self.result = Result(0.0)
        self.sink_port = 0

    async def start_sink(self) -> None:
        """The stand-in for the platform's reply address."""
        server = await asyncio.get_running_loop().create_server(lambda: _Http(self._reply), "127.0.0.1", 0)
        self.sink_port = server.sockets[0].getsockname()[1]

    def _reply(self, transport: asyncio.Transport, head: bytes, body: bytes) -> None:
        transport.write(ANSWER)
        key = head.split(b"session=", 1)[1].split(b" ", 1)[0].decode()
        started = self._sent.pop(key, None)
        if started is not None:
            self.result.latencies.append(time.perf_counter() - started)
            self.result.sample = body
            self._done.pop(key).set()

    async def run(self, port: int, total: int, at_once: int = 64) -> Result:
        """`total` questions, `at_once` under way."""
        self.result = Result(0.0)
        begun = time.perf_counter()
        share = total // at_once
        await asyncio.gather(*(self._user(port, share) for _ in range(at_once)))
        self.result.seconds = time.perf_counter() - begun
        return self.result

    async def _user(self, port: int, count: int) -> None:
        acknowledged = asyncio.Event()
        refused: list[bytes] = []

        def whole(_: asyncio.Transport, head: bytes, body: bytes) -> None:
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                refused.append(head + body)
            acknowledged.set()

        transport, _ = await asyncio.get_running_loop().create_connection(lambda: _Http(whole), "127.0.0.1", port)
        for _ in range(count):
            key = self._next_key()
            done = self._done[key] = asyncio.Event()
            acknowledged.clear()
            self._sent[key] = time.perf_counter()
            transport.write(self._callback(key, port))
            await acknowledged.wait()
            if refused:
                raise RuntimeError(f"the callback was refused: {refused[0][:300]!r}")
            async with asyncio.timeout(30):
                await done.wait()
        transport.close()

    def next_callback(self) -> tuple[str, str, bytes]:
        """The next question: timestamp, signature, body."""
        return self._question(self._next_key())

    def _next_key(self) -> str:
        self._count += 1
        return f"{self._count:032x}"

    def _callback(self, key: str, port: int) -> bytes:
        stamp, sign, body = self._question(key)
        head = (
            f"POST /webhooks/dingtalk HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"timestamp: {stamp}\r\nsign: {sign}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _question(self, key: str) -> tuple[str, str, bytes]:
        place = self._count % self._conversations
        now = int(time.time() * 1000)
        body = json.dumps({
            "msgtype": "text", "msgId": f"msg{key}", "createAt": now, "conversationType": "1",
            "conversationId": f"cid{place}", "senderId": f"$:LWCP_v1:${place}", "senderStaffId": f"staff{place}",
            "senderNick": "小李", "senderCorpId": CORP, "chatbotCorpId": CORP, "chatbotUserId": "$:LWCP_v1:$bot",
            "robotCode": ROBOT, "isInAtList": True,
            "sessionWebhook": f"http://127.0.0.1:{self.sink_port}/robot/sendBySession?session={key}",
            "sessionWebhookExpiredTime": now + 5_400_000,
            "text": {"content": f" {self.numbers[self._count % len(self.numbers)]} 到哪了"},
        }, ensure_ascii=False).encode()
        stamp = str(now)
        mac = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
        return stamp, base64.b64encode(mac).decode(), body
