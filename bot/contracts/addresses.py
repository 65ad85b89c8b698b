"""Which addresses may be contacted: a parsed allow-list, because platforms name addresses inside what they send."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from yarl import URL

MAX_URL_CHARACTERS = 4_096
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
DEFAULT_PORTS = {"https": 443, "http": 80, "wss": 443, "ws": 80}
_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without blank and backslash: nothing two parsers could read in two ways."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port that may be contacted."""

    scheme: str
    host: str
    port: int


def base_address(value: str) -> str:
    """The address without a trailing slash: https, or plain http to this machine for a stand-in; no path, no user."""
    parts = urlsplit(value)
    try:
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        port_ok = False
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if not port_ok or not parts.hostname or extra or not (parts.scheme == "https" or plain):
        raise ValueError(f"{value!r} is not a base address: write https://host (http only for 127.0.0.1), "
                         "without path, user or query")
    return value.rstrip("/").lower()


def is_loopback(base_url: str) -> bool:
    """True for the address of a stand-in on this machine."""
    return urlsplit(base_url).hostname in LOOPBACK


def origins(base_urls: Iterable[str]) -> frozenset[Origin]:
    """Origins of the configured base addresses; nothing else ever comes in."""
    return frozenset(_origin(urlsplit(url)) for url in base_urls)


def checked(url: str, allowed: frozenset[Origin]) -> URL | None:
    """The address, put together again from the allowed origin, or None when it leads anywhere else."""
    parts = plain_parts(url)
    if parts is None or "#" in url or (origin := _origin(parts)) not in allowed:
        return None
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    query = f"?{parts.query}" if parts.query else ""
    return URL(f"{origin.scheme}://{host}:{origin.port}{parts.path}{query}", encoded=True)


def plain_parts(url: str) -> SplitResult | None:
    """The parts of an address that every parser reads in the same way and that names no user; None for any other."""
    if len(url) > MAX_URL_CHARACTERS or not _PLAIN.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        _origin(parts)
    except ValueError:
        return None
    return None if "@" in parts.netloc else parts


def _origin(parts: SplitResult) -> Origin:
    port = parts.port if parts.port is not None else DEFAULT_PORTS.get(parts.scheme, 0)
    return Origin(parts.scheme, (parts.hostname or "").lower(), port)
