"""Reading payloads nobody promised anything about: any field may be absent, null, empty, of another type."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.contracts.messages import MAX_TEXT_CHARACTERS

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


STRICT_JSON = json.JSONDecoder(parse_constant=_no_constant)
"""Refuses NaN and the infinities, which JSON does not know and Python's reader takes."""


class BadPayload(ValueError):
    """The body is not what the platform sends; the text names what is wrong with it, never a value from it."""


def load(body: bytes) -> Mapping[str, Any]:
    """The JSON object in the body. Raises `BadPayload` for anything else, deep nesting and NaN included."""
    try:
        value = STRICT_JSON.decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadPayload("the body is not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadPayload("the body is not JSON") from None
    if not isinstance(value, dict):
        raise BadPayload("the body is not a JSON object")
    return value


def text_of(value: object, limit: int = MAX_TEXT_CHARACTERS) -> str:
    """The text as every store can keep it: no NUL, no lone surrogates, cut at `limit`; empty for other types."""
    if not isinstance(value, str):
        return ""
    if not value.isascii():
        value = _LONE_SURROGATE.sub("\ufffd", value)
    return value.replace("\x00", "")[:limit]


def mapping(value: object) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> Sequence[object]:
    """The array, or an empty one."""
    return value if isinstance(value, list) else ()
