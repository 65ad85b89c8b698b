"""Which addresses may be contacted: a parsed allow-list, because platforms name addresses inside what they send."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from yarl import URL

from bot.contracts import OutboundMessage

MAX_URL_CHARACTERS = 4_096
_DEFAULT_PORTS = {"https": 443, "http": 80, "wss": 443, "ws": 80}
_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without blank and backslash: nothing two parsers could read in two ways."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port that may be contacted."""

    scheme: str
    host: str
    port: int


def origins(base_urls: Iterable[str]) -> frozenset[Origin]:
    """Origins of the configured base addresses; nothing else ever comes in."""
    return frozenset(_origin(urlsplit(url)) for url in base_urls)


def checked(url: str, allowed: frozenset[Origin]) -> URL | None:
    """The address, put together again from the allowed origin, or None when it leads anywhere else."""
    parts = _parts(url)
    if parts is None or "#" in url or _origin(parts) not in allowed:
        return None
    origin = _origin(parts)
    query = f"?{parts.query}" if parts.query else ""
    return URL(f"{origin.scheme}://{origin.host}:{origin.port}{parts.path}{query}", encoded=True)


def own_route(message: OutboundMessage, allowed: frozenset[Origin]) -> URL | None:
    """The private way to answer, when it is of the very question that the message answers."""
    if message.reply_route is None or message.in_reply_to is None:
        return None
    url, _, bound = message.reply_route.url.partition("#")
    return checked(url, allowed) if unquote(bound) == message.in_reply_to else None


def socket_address(url: str, api_base_url: str) -> URL | None:
    """A websocket's address, when it is of the API's own host or below it; unencrypted only where the API is."""
    parts, api = _parts(url), urlsplit(api_base_url)
    if parts is None or parts.hostname is None or api.hostname is None:
        return None
    schemes = ("wss", "ws") if api.scheme == "http" else ("wss",)
    near = parts.hostname == api.hostname or parts.hostname.endswith(f".{api.hostname}")
    return URL(url, encoded=True) if parts.scheme in schemes and near else None


def _parts(url: str) -> SplitResult | None:
    if len(url) > MAX_URL_CHARACTERS or not _PLAIN.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        _origin(parts)
    except ValueError:
        return None
    return None if "@" in parts.netloc else parts


def _origin(parts: SplitResult) -> Origin:
    port = parts.port if parts.port is not None else _DEFAULT_PORTS.get(parts.scheme, 0)
    return Origin(parts.scheme, (parts.hostname or "").lower(), port)
