"""Reading what callers send: bounded, and checked to be JSON, before anything looks at it."""

import json
import zlib
from typing import Any

from aiohttp import web
from aiohttp.web import RequestPayloadError

from bot.contracts.payload import STRICT_JSON
from bot.web.errors import Refusal

_ENCODINGS = frozenset({"identity", "gzip", "deflate"})
_GZIP_OR_ZLIB = 47
"""zlib's word for "whichever of the two it is"."""


async def read_body(request: web.Request, limit: int) -> bytes:
    """The body, unpacked. Refuses with 413 what is longer than `limit` bytes, before reading it where it is told."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in _ENCODINGS:
        refused = f"Content-Encoding: {encoding[:40]} is not taken here"
        raise Refusal(415, refused, "send it as it is, or as gzip", {"Accept-Encoding": "gzip, deflate"})
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
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    return body if encoding == "identity" else _unpacked(body, encoding, limit)


def _unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """What was packed, as far as the limit: a small body may hold a very large one."""
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error:
        plain = None
    if plain is not None and len(plain) > limit:
        raise _too_large(limit)
    if plain is None or not unpacker.eof or unpacker.unused_data:
        fix = "pack it so, or leave the header Content-Encoding out"
        raise Refusal(400, f"the body is not complete {encoding}, as its Content-Encoding says", fix)
    return plain


async def read_json(request: web.Request, limit: int) -> Any:
    """The body as plain data."""
    return parse_json(await read_body(request, limit))


def parse_json(body: bytes) -> Any:
    """Plain data from JSON in UTF-8. Refuses everything else with 400 and the place of the fault."""
    try:
        return STRICT_JSON.decode(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the body is not UTF-8 (byte {error.start})", "send JSON in UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Refusal(400, f"the body is not JSON: {error.msg} at {where}", "send valid JSON") from None
    except RecursionError:
        raise Refusal(400, "the body is nested too deeply", "send flat objects") from None
    except ValueError as error:  # numbers nobody means: NaN, or with thousands of digits
        raise Refusal(400, f"the body holds a number that cannot be used: {error}", "send ordinary numbers") from None


def _too_large(limit: int) -> Refusal:
    return Refusal(413, f"the body is larger than {limit:,} bytes", "send it in smaller parts")
