"""One call of the OpenAPI: with a token, within its limits, counted; a token that has ended is fetched once more."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientTimeout
from aiohttp.client_exceptions import ClientConnectorError, ConnectionTimeoutError

from adapters.dingtalk.api_answers import Answered, is_stale_token
from adapters.dingtalk.bounded import read_bounded
from adapters.dingtalk.budget import CALLS, Budget
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.limiter import Limiter
from adapters.dingtalk.tokens import Tokens
from adapters.dingtalk.values import mapping
from bot.contracts import AdapterHost

TOTAL_SECONDS = 10.0
CONNECT_SECONDS = 3.0
TOKEN_HEADER = "x-acs-dingtalk-access-token"  # noqa: S105 - a name, not a secret


class NoConnection(Exception):
    """The request was not written: nothing can have happened."""


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
        """The platform's answer, whatever it says. Raises `NoToken`, `NoConnection` or `NoAnswer`."""
        deadline = asyncio.get_running_loop().time() + TOTAL_SECONDS
        token = await self.tokens.get(host)
        answered = await self._request(host, path, body, method=method, token=token, deadline=deadline)
        if not is_stale_token(answered):
            return answered
        self.tokens.drop(token)
        token = await self.tokens.get(host)
        return await self._request(host, path, body, method=method, token=token, deadline=deadline)

    async def _request(
        self, host: AdapterHost, path: str, body: Mapping[str, Any], *, method: str, token: str, deadline: float
    ) -> Answered:
        await self.limiter.turn(path)
        self.budget.count(CALLS, host.now())
        left = max(1.0, deadline - asyncio.get_running_loop().time())
        timeout = ClientTimeout(total=left, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
        try:
            async with host.session.request(
                method, f"{self.config.api_base_url}{path}", json=body, headers={TOKEN_HEADER: token}, timeout=timeout,
                allow_redirects=False,
            ) as response:
                raw = await read_bounded(response)
                return Answered(response.status, _object(raw), response.headers)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise NoConnection(f"no connection: {type(error).__name__}") from None
        except (ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(f"no answer: {type(error).__name__}") from None


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(raw))
    except (ValueError, RecursionError):
        return {}
