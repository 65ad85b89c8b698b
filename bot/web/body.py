"""Reading what callers send: bounded, and checked to be JSON, before anything looks at it."""

import json
from typing import Any, NoReturn

from aiohttp import web
from aiohttp.web import RequestPayloadError

from bot.web.errors import Refusal


async def read_body(request: web.Request, limit: int) -> bytes:
    """The raw body. Refuses with 413 what is longer than `limit` bytes, before reading it where its length is told."""
    if request.content_length is not None and request.content_length > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    try:
        while chunk := await request.content.readany():
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            parts.append(chunk)
    except RequestPayloadError as error:
        raise Refusal(400, f"the body could not be read: {error}", "send it complete and correctly encoded") from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def read_json(request: web.Request, limit: int) -> Any:
    """The body as plain data."""
    return parse_json(await read_body(request, limit))


def parse_json(body: bytes) -> Any:
    """Plain data from JSON in UTF-8. Refuses everything else with 400 and the place of the fault."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the body is not UTF-8 (byte {error.start})", "send JSON in UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Refusal(400, f"the body is not JSON: {error.msg} at {where}", "send valid JSON") from None
    except RecursionError:
        raise Refusal(400, "the body is nested too deeply", "send flat objects") from None
    except ValueError as error:  # numbers nobody means: NaN, or with thousands of digits
        raise Refusal(400, f"the body holds a number that cannot be used: {error}", "send ordinary numbers") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _too_large(limit: int) -> Refusal:
    return Refusal(413, f"the body is larger than {limit:,} bytes", "send it in smaller parts")
