"""Which addresses a reply may go to: a parsed allow-list, because `sessionWebhook` comes from the request body."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from yarl import URL

SESSION_PATH = "/robot/sendBySession"
MAX_URL_CHARACTERS = 2_048
_DEFAULT_PORTS = {"https": 443, "http": 80}
_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without blank and backslash: nothing two parsers could read in two ways."""
_SESSION = re.compile(r"(?:^|&)session=[^&]")
_PLAIN_SESSION = re.compile(r"session=[A-Za-z0-9]+")
"""The whole query as the platform writes it."""
CHECKED_ROUTES = 1_024
"""An address is checked when it comes, when it is stored and when it is used: the same one soon again."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port that may be contacted."""

    scheme: str
    host: str
    port: int


def origins(base_urls: Iterable[str]) -> frozenset[Origin]:
    """Origins of the configured base addresses; nothing else ever comes in."""
    return frozenset(_origin(urlsplit(url)) for url in base_urls)


def is_session_route(url: str, allowed: frozenset[Origin]) -> bool:
    """Whether `session_route` finds a route; quick for addresses written exactly as the platform writes them."""
    for beginning in _beginnings(allowed):
        if url.startswith(beginning) and _PLAIN_SESSION.fullmatch(url, len(beginning)):
            return len(url) <= MAX_URL_CHARACTERS
    return session_route(url, allowed) is not None


@lru_cache(16)
def _beginnings(allowed: frozenset[Origin]) -> tuple[str, ...]:
    """Of session webhooks at these origins, in the one form that needs no parsing."""
    return tuple(f"{_written(one)}{SESSION_PATH}?" for one in allowed if ":" not in one.host)


def _written(origin: Origin) -> str:
    port = "" if origin.port == _DEFAULT_PORTS.get(origin.scheme) else f":{origin.port}"
    return f"{origin.scheme}://{origin.host}{port}"


@lru_cache(CHECKED_ROUTES)
def session_route(url: str, allowed: frozenset[Origin]) -> URL | None:
    """The address to post a reply to, or None when it is not exactly a session webhook of an allowed origin.

    The result is put together again from the allowed origin, so what was checked is what is connected to.
    """
    if len(url) > MAX_URL_CHARACTERS or not _PLAIN.fullmatch(url) or "#" in url:
        return None
    try:
        parts = urlsplit(url)
        origin = _origin(parts)
    except ValueError:
        return None
    if "@" in parts.netloc or origin not in allowed or parts.path != SESSION_PATH:
        return None
    if _SESSION.search(parts.query) is None:
        return None
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return URL(f"{origin.scheme}://{host}:{origin.port}{SESSION_PATH}?{parts.query}", encoded=True)


def _origin(parts: SplitResult) -> Origin:
    port = parts.port if parts.port is not None else _DEFAULT_PORTS.get(parts.scheme, 0)
    return Origin(parts.scheme, (parts.hostname or "").lower(), port)
