"""The access token of the OpenAPI: fetched once for everybody who waits, and again before it ends."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import ClientError, ClientTimeout

from adapters.dingtalk.bounded import read_bounded
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.values import mapping, text_of, whole
from bot.contracts import AdapterHost

TOKEN_PATH = "/v1.0/oauth2/accessToken"  # noqa: S105 - a path, not a secret
TIMEOUT = ClientTimeout(total=10, connect=3, sock_connect=3)
EARLY = timedelta(minutes=5)
"""A token is replaced that long before its end."""
LIFE_SECONDS = 7_200
REFUSED_FOR = timedelta(minutes=1)
"""Refused credentials are tried again after that long: the platform slows down who asks often."""


class NoToken(Exception):
    """There is no token now; the text says why, without credentials."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.refused = refused
        """The credentials were refused: a person has to mend the configuration."""


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    good_until: datetime


class Tokens:
    """Keeps the token of one application."""

    def __init__(self, config: DingTalkConfig) -> None:
        self._config = config
        self._token: _Token | None = None
        self._fetching: asyncio.Task[_Token] | None = None
        self._refused: tuple[str, datetime] | None = None
        """Why, and until when nobody need ask."""
        self.fetched = 0

    async def get(self, host: AdapterHost) -> str:
        """A token that is good for some minutes at least. Raises `NoToken`."""
        token = self._token
        if token is not None and host.now() < token.good_until:
            return token.value
        if self._refused is not None and host.now() < self._refused[1]:
            raise NoToken(self._refused[0], refused=True)
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch(host))
            self._fetching.add_done_callback(self._fetched)
        # Shielded: one sender that gives up must not take the token from the others.
        return (await asyncio.shield(self._fetching)).value

    def drop(self, value: str) -> None:
        """The platform does not take this token any more; a newer one is kept."""
        if self._token is not None and self._token.value == value:
            self._token = None

    async def stop(self) -> None:
        """End a fetch that is under way."""
        task, self._fetching = self._fetching, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    def _fetched(self, task: asyncio.Task[_Token]) -> None:
        if self._fetching is task:
            self._fetching = None
        if not task.cancelled() and task.exception() is None:
            self._token = task.result()

    async def _fetch(self, host: AdapterHost) -> _Token:
        self.fetched += 1
        secret = self._config.client_secret
        body = {"appKey": self._config.client_id, "appSecret": secret.get_secret_value() if secret else ""}
        try:
            async with host.session.post(
                f"{self._config.api_base_url}{TOKEN_PATH}", json=body, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                status, raw = response.status, await read_bounded(response)
        except (ClientError, TimeoutError, OSError) as error:
            raise NoToken(f"no access token: {type(error).__name__}") from None
        try:
            answer = mapping(json.loads(raw))
        except (ValueError, RecursionError):
            answer = {}
        value = text_of(answer.get("accessToken"), 2_000)
        if status == 200 and value:
            life = timedelta(seconds=min(whole(answer.get("expireIn")) or LIFE_SECONDS, LIFE_SECONDS))
            return _Token(value, host.now() + max(life - EARLY, life / 2))
        code = text_of(answer.get("code"), 100)
        refused = bool(code) and status in (400, 401, 403)
        reason = f"no access token: {code or f'HTTP {status}'}"
        self._refused = (reason, host.now() + REFUSED_FOR) if refused else None
        raise NoToken(reason, refused=refused)
