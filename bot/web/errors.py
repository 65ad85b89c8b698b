"""How the server refuses: a status, what is wrong and the fix, as JSON; nothing else leaves on an error."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.store import StoreError

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refusal(Exception):
    """A request that cannot be served as it is."""

    def __init__(self, status: int, error: str, fix: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.fix = fix
        self.headers = headers


def to_json(value: Any) -> bytes:
    """JSON in UTF-8; a lone surrogate, which UTF-8 cannot hold, leaves as its JSON escape."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def answer_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON response."""
    return web.Response(body=to_json(value), status=status, headers=headers, content_type="application/json")


def refuse(status: int, error: str, fix: str = "", headers: Mapping[str, str] | None = None) -> web.Response:
    """The body every error has."""
    return answer_json({"error": error, "fix": fix}, status, headers)


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into an answer of ours."""
    try:
        return await handler(request)
    except Refusal as error:
        return refuse(error.status, error.error, error.fix, error.headers)
    except web.HTTPException as error:
        return _from_aiohttp(error, request)
    except StoreError as error:
        log.warning("store: %s", error)
        return refuse(503, "the store cannot take this now", "send it again later", {"Retry-After": "2"})
    except Exception:  # a defect of ours must not show its traceback to whoever calls
        log.exception("%s %s failed", request.method, request.path)
        return refuse(500, "something went wrong on our side", "it has been logged; tell the administrator")


def _from_aiohttp(error: web.HTTPException, request: web.Request) -> web.Response:
    if error.status == 404:
        return refuse(404, f"there is nothing at {request.path}", "see /openapi.json")
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return refuse(405, f"{request.method} is not served here", f"use {allowed}", {"Allow": allowed})
    return refuse(error.status, error.reason or "refused")
