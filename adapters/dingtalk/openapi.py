"""One call of the OpenAPI: with a token, within its limits, counted; a token that has ended is fetched once more."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientTimeout, FormData
from aiohttp.client_exceptions import ClientConnectorError, ConnectionTimeoutError
from yarl import URL

from adapters.dingtalk.answers import OVER_BUDGET
from adapters.dingtalk.api_answers import Answered
from adapters.dingtalk.bounded import read_bounded
from adapters.dingtalk.budget import CALLS, Budget
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.limiter import Limiter
from adapters.dingtalk.tokens import Tokens
from adapters.dingtalk.values import mapping
from bot.contracts import AdapterHost

TOTAL_SECONDS = 10.0
CONNECT_SECONDS = 3.0
UPLOAD_PATH = "/media/upload"
LOOK_UP_TIMEOUT = ClientTimeout(total=TOTAL_SECONDS, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
UPLOAD_TIMEOUT = ClientTimeout(total=60, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
TOKEN_HEADER = "x-acs-dingtalk-access-token"  # noqa: S105 - a name, not a secret


class NotAsked(Exception):
    """The request was not written: nothing can have happened."""


class OverBudget(NotAsked):
    """The month's quota is used up: the platform has said so not long ago."""


class NoAnswer(Exception):
    """The request was written and no answer came: it may have been carried out."""


@dataclass(slots=True)
class OpenApi:
    """Calls for one application."""

    config: DingTalkConfig
    budget: Budget
    tokens: Tokens = field(init=False)
    limiter: Limiter = field(default_factory=Limiter)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.config)

    async def call(
        self, host: AdapterHost, path: str, body: Mapping[str, Any], *, method: str = "POST"
    ) -> Answered:
        """The platform's answer, whatever it says; of a GET the body is the query.

        Raises `NoToken`, `NotAsked` or `NoAnswer`.
        """
        deadline = asyncio.get_running_loop().time() + TOTAL_SECONDS
        token = await self.tokens.get(host)
        answered = await self._request(host, path, body, method=method, token=token, deadline=deadline)
        if not answered.has_stale_token:
            return answered
        self.tokens.drop(token)
        token = await self.tokens.get(host)
        return await self._request(host, path, body, method=method, token=token, deadline=deadline)

    async def upload(self, host: AdapterHost, name: str, content: bytes) -> Answered:
        """Hand over a file on the older API, which says its refusals inside HTTP 200. Raises as `call`."""

        def form() -> dict[str, Any]:
            fields = FormData({"type": "file"})
            fields.add_field("media", content, filename=name, content_type="application/octet-stream")
            return {"data": fields}

        return await self._old(host, UPLOAD_PATH, form, limits=UPLOAD_TIMEOUT)

    async def look_up(self, host: AdapterHost, path: str, body: Mapping[str, Any]) -> Answered:
        """Ask the older API about people, which costs no quota. Raises as `call`."""
        return await self._old(host, path, lambda: {"json": body}, limits=LOOK_UP_TIMEOUT, metered=False)

    async def _old(
        self, host: AdapterHost, path: str, what: Callable[[], dict[str, Any]], *, limits: ClientTimeout,
        metered: bool = True,
    ) -> Answered:  # fmt: skip
        for _ in range(2):
            token = await self.tokens.get(host)
            url = URL(f"{self.config.oapi_base_url}{path}").with_query(access_token=token)
            await self.limiter.turn(path)
            answered = await self._asked(host, "POST", url, limits=limits, metered=metered, **what())
            if not answered.has_stale_token:
                break
            self.tokens.drop(token)
        return answered

    async def _request(
        self, host: AdapterHost, path: str, body: Mapping[str, Any], *, method: str, token: str, deadline: float
    ) -> Answered:
        await self.limiter.turn(path)
        left = max(1.0, deadline - asyncio.get_running_loop().time())
        limits = ClientTimeout(total=left, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
        url, headers = URL(f"{self.config.api_base_url}{path}"), {TOKEN_HEADER: token}
        if method == "GET":
            headers["Content-Type"] = "application/json"
            return await self._asked(host, method, url.with_query(body), limits=limits, headers=headers)
        return await self._asked(host, method, url, limits=limits, json=body, headers=headers)

    async def _asked(
        self, host: AdapterHost, method: str, url: URL, *, limits: ClientTimeout, metered: bool = True, **what: Any
    ) -> Answered:
        """Errors go by their type only: their texts may hold the address, which may hold the token."""
        now = host.now()
        if metered:
            if self.budget.rests(CALLS, now):
                raise OverBudget(OVER_BUDGET.reason)
            self.budget.count(CALLS, now)
        try:
            async with host.session.request(method, url, timeout=limits, allow_redirects=False, **what) as response:
                answered = Answered(response.status, _object(await read_bounded(response)), response.headers)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise NotAsked(f"no connection: {type(error).__name__}") from None
        except (ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(f"no answer: {type(error).__name__}") from None
        if metered:
            self.budget.told(CALLS, now, gone=answered.is_over_budget)
        return answered


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(raw))
    except (ValueError, RecursionError):
        return {}
