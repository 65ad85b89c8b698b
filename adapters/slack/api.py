"""Calls of the Web API: the official client on the shared session, and one small family of errors.

Failure
├── Unreachable   no connection: nothing was sent
├── NoAnswer      the request was written and no answer came
└── Refusal       the platform answered: no
"""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from aiohttp import ClientError, ClientSession, ClientTimeout
from aiohttp.client_exceptions import ClientConnectorError, ConnectionTimeoutError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.values import items, mapping, text_of

TIMEOUT = ClientTimeout(total=9, connect=3, sock_connect=3)
"""A little less than a message's time for one attempt."""
MAX_CLIENTS = 200
MAX_DETAIL = 300
DEFAULT_WAIT = timedelta(seconds=30)
MAX_WAIT = timedelta(hours=1)

quiet = logging.getLogger(f"{__name__}.client")
quiet.setLevel(logging.WARNING)  # below that the client writes whole messages into the log


class Failure(Exception):
    """A call did not do what was asked."""


class Unreachable(Failure):
    """No connection: nothing was sent."""


class NoAnswer(Failure):
    """The request was written and no answer came: it may have been done."""


class Refusal(Failure):
    """The platform answered, and did nothing."""

    def __init__(self, status: int, error: str = "", *, after: timedelta | None = None, detail: str = "") -> None:
        super().__init__(error or f"HTTP {status}")
        self.status = status
        self.error = error
        """The platform's code, empty when the answer held none."""
        self.after = after
        self.detail = detail


class Api:
    """The Web API at one base address, for the tokens of all workspaces."""

    def __init__(self, api_base_url: str, session: ClientSession) -> None:
        self._base_url = f"{api_base_url}/api/"
        self._session = cast(ClientSession, _Guarded(session))
        self._clients: OrderedDict[str, AsyncWebClient] = OrderedDict()

    async def call(
        self, method: str, token: str, *, json: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:  # fmt: skip
        """One call; the body of its answer. Raises a `Failure`."""
        answer = await self.call_with_headers(method, token, json=json, form=form)
        return answer[0]

    async def look(self, method: str, token: str, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """A call that may be repeated at will: without an answer nothing has happened. Raises a `Failure`."""
        try:
            return await self.call(method, token, form=form)
        except NoAnswer as error:
            raise Unreachable(str(error)) from None

    async def call_with_headers(
        self, method: str, token: str, *, json: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:  # fmt: skip
        """The same, with the headers of the answer."""
        client = self._client(token)
        try:
            answer = await client.api_call(
                method, json=dict(json) if json is not None else None, data=dict(form) if form is not None else None
            )
        except SlackApiError as error:
            raise _refusal(error) from None
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise Unreachable(f"no connection: {type(error).__name__}") from None
        except (ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(f"no answer: {type(error).__name__}") from None
        except (ValueError, AttributeError, RecursionError):  # the client trips over a body that is no JSON object
            raise Refusal(200, detail="the answer is no JSON object") from None
        return mapping(answer.data), answer.headers

    def _client(self, token: str) -> AsyncWebClient:
        client = self._clients.get(token)
        if client is None:
            client = self._clients[token] = AsyncWebClient(
                token, base_url=self._base_url, session=self._session, retry_handlers=[], logger=quiet
            )
            client.proxy = None  # none from the environment: what is contacted follows from the settings alone
            if len(self._clients) > MAX_CLIENTS:
                self._clients.popitem(last=False)
        return client


class _Guarded:
    """The shared session as the client uses it: with our time limit, and redirects not followed."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    @property
    def closed(self) -> bool:
        """Never for the client: it would open a session of its own, outside our settings."""
        return False

    def request(self, method: str, url: str, **arguments: Any) -> Any:
        """See `ClientSession.request`."""
        return self._session.request(method, url, **{**arguments, "timeout": TIMEOUT, "allow_redirects": False})


def _refusal(error: SlackApiError) -> Refusal:
    response = error.response
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0
    body = mapping(getattr(response, "data", None))
    code = text_of(body.get("error"), 100)
    messages = items(mapping(body.get("response_metadata")).get("messages"))
    detail = "; ".join(filter(None, map(text_of, messages)))[:MAX_DETAIL]
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Refusal(status, code or "ratelimited", after=_wait(getattr(response, "headers", {})), detail=detail)
    return Refusal(status, code, detail=detail or text_of(body.get("needed"), MAX_DETAIL))


def _wait(headers: Mapping[str, str]) -> timedelta:
    """`Retry-After` in seconds; when it is missing, a moment."""
    given = headers.get("Retry-After", "").strip()
    seconds = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    return min(timedelta(seconds=seconds), MAX_WAIT) if seconds else DEFAULT_WAIT
