"""Which addresses a reply may go to: `sessionWebhook` comes from the request body."""

import re
from functools import lru_cache

from yarl import URL

from bot.contracts.addresses import DEFAULT_PORTS, Origin, checked, origins

__all__ = ["Origin", "is_session_route", "origins", "session_route"]

SESSION_PATH = "/robot/sendBySession"
MAX_URL_CHARACTERS = 2_048
_SESSION = re.compile(r"(?:^|&)session=[^&]")
_PLAIN_SESSION = re.compile(r"session=[A-Za-z0-9]+")
"""The whole query as the platform writes it."""
CHECKED_ROUTES = 1_024
"""An address is checked when it comes, when it is stored and when it is used: the same one soon again."""


def is_session_route(url: str, allowed: frozenset[Origin]) -> bool:
    """Whether `session_route` finds a route."""
    return _is_plain(url, allowed) or session_route(url, allowed) is not None


def _is_plain(url: str, allowed: frozenset[Origin]) -> bool:
    """Whether it is written exactly as the platform writes it: then there is nothing to parse."""
    for beginning in _beginnings(allowed):
        if url.startswith(beginning) and _PLAIN_SESSION.fullmatch(url, len(beginning)):
            return len(url) <= MAX_URL_CHARACTERS
    return False


@lru_cache(16)
def _beginnings(allowed: frozenset[Origin]) -> tuple[str, ...]:
    """Of session webhooks at these origins, in the one form that needs no parsing."""
    return tuple(f"{_written(one)}{SESSION_PATH}?" for one in allowed if ":" not in one.host)


def _written(origin: Origin) -> str:
    port = "" if origin.port == DEFAULT_PORTS.get(origin.scheme) else f":{origin.port}"
    return f"{origin.scheme}://{origin.host}{port}"


@lru_cache(CHECKED_ROUTES)
def session_route(url: str, allowed: frozenset[Origin]) -> URL | None:
    """The address to post a reply to, or None when it is not exactly a session webhook of an allowed origin."""
    if _is_plain(url, allowed):
        return URL(url, encoded=True)
    found = checked(url, allowed) if len(url) <= MAX_URL_CHARACTERS else None
    if found is None or found.raw_path != SESSION_PATH or _SESSION.search(found.raw_query_string) is None:
        return None
    return found
