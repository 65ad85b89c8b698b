"""One bounded question over HTTP: no redirect is followed, no long answer is read, nobody waits longer than agreed."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

MAX_ANSWER_BYTES: Final = 64 * 1024
CONNECTIONS: Final = 8
SOME_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 3600.0
"""Seconds; a service that asks to be left alone for longer is tried again by then."""


class NoAnswer(Exception):
    """The service gave nothing that can be used; says why in words for an administrator.

    `pause` is how many seconds it asks to be left alone. `ours` says that the configuration is at fault, which no
    further attempt mends.
    """

    def __init__(self, why: str, *, pause: float = 0.0, ours: bool = False) -> None:
        super().__init__(why)
        self.pause = pause
        self.ours = ours


def new_session() -> ClientSession:
    """Connections of our own: no proxy of the environment, no cookies, nothing shared with the adapters."""
    return ClientSession(connector=TCPConnector(limit=CONNECTIONS), cookie_jar=DummyCookieJar(), trust_env=False)


@dataclass(frozen=True, slots=True)
class Wire:
    """Where a service is and how long it may take."""

    session: Callable[[], ClientSession]
    base_url: str
    headers: Mapping[str, str]
    seconds: float

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of the answer. Raises `NoAnswer`, and nothing else."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._post(path, body)
        except TimeoutError:
            raise NoAnswer(f"no answer within {self.seconds:g} s") from None
        except (ClientError, OSError) as error:
            raise NoAnswer(f"not reached: {type(error).__name__}") from None

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        session = self.session()
        async with session.post(
            f"{self.base_url}{path}", json=body, headers=self.headers, allow_redirects=False,
            timeout=ClientTimeout(total=self.seconds),
        ) as response:
            _require_good(response)
            raw = await _read(response)
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise NoAnswer("answered something that is no JSON") from None


def _require_good(response: ClientResponse) -> None:
    status = response.status
    if status == 200:
        return
    if status in (401, 403):
        raise NoAnswer(f"refused our key ({status})", ours=True)
    if 300 <= status < 400:
        raise NoAnswer(f"wanted to send us elsewhere ({status}), which is not followed", ours=True)
    if status in (429, 456, 503):  # 456 is DeepL's word for a used-up quota
        raise NoAnswer(f"asked to be left alone ({status})", pause=_pause(response))
    raise NoAnswer(f"answered {status}", ours=400 <= status < 500)


def _pause(response: ClientResponse) -> float:
    told = response.headers.get("Retry-After", "")
    return min(float(told), LONGEST_PAUSE) if told.isascii() and told.isdigit() and told != "0" else SOME_PAUSE


async def _read(response: ClientResponse) -> bytes:
    """The body, whatever length it claims; gives up where it grows too long."""
    raw = bytearray()
    async for piece in response.content.iter_chunked(8192):
        raw += piece
        if len(raw) > MAX_ANSWER_BYTES:
            raise NoAnswer(f"answered more than {MAX_ANSWER_BYTES // 1024} KiB")
    return bytes(raw)
