"""Answering a command, or a button of a private answer, over its `response_url`: seen by that person alone."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientSession
from aiohttp.client_exceptions import ClientConnectorError, ConnectionTimeoutError
from yarl import URL

from adapters.slack.api import DEFAULT_WAIT, TIMEOUT, NoAnswer, Refusal, Unreachable
from adapters.slack.bounded import TooLarge, read_bounded
from adapters.slack.values import mapping, text_of

MAX_ANSWER_BYTES = 64 * 1024


async def answer_privately(session: ClientSession, url: URL, content: Mapping[str, Any]) -> None:
    """One request. Raises a `Failure`; never with the address, which is a credential."""
    body = {"response_type": "ephemeral", "replace_original": False, **content}
    try:
        async with session.post(url, json=body, timeout=TIMEOUT, allow_redirects=False) as response:
            answer = await read_bounded(response, MAX_ANSWER_BYTES)
            _judge(response.status, answer)
    except (ClientConnectorError, ConnectionTimeoutError) as error:
        raise Unreachable(f"no connection: {type(error).__name__}") from None
    except (ClientError, TimeoutError, OSError, TooLarge) as error:
        raise NoAnswer(f"no answer: {type(error).__name__}") from None


def _judge(status: int, body: bytes) -> None:
    """`ok` as a word or in JSON; a refusal may stand inside HTTP 200 here too."""
    if status == 429:
        raise Refusal(status, "ratelimited", after=DEFAULT_WAIT)
    words = body.decode("utf-8", "replace").strip()
    try:
        answer = mapping(json.loads(words))
    except (ValueError, RecursionError):
        answer = {}
    error = text_of(answer.get("error"), 100)
    if status != 200 or error or answer.get("ok") is False:
        plain = words if words.replace("_", "").isalnum() and len(words) < 100 else ""
        raise Refusal(status, error or ("" if status >= 500 else plain))
