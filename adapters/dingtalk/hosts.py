"""Which hosts may be contacted besides the base addresses: by pattern, and for files only at public addresses."""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import DefaultResolver
from aiohttp.abc import AbstractResolver, ResolveResult

_TRANSLATED = ip_network("64:ff9b::/96")
"""An IPv4 address in IPv6 clothes, as networks without IPv4 use it."""


def is_allowed(host: str | None, patterns: Iterable[str]) -> bool:
    """True when a host is one of the patterns: itself, `*.` and its end, or `*` for any."""
    if not host:
        return False
    host = host.lower()
    return any(
        pattern == "*" or host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]))
        for pattern in patterns
    )


def is_public(address: str) -> bool:
    """True for an address of the internet: not private, loopback, link-local, shared, multicast, even in disguise."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is None and parsed in _TRANSLATED:
            inner = IPv4Address(int(parsed) & 0xFFFFFFFF)
        parsed = inner or parsed
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def is_literal(host: str | None) -> bool:
    """True when the host is an address already, which no resolver will be asked about."""
    try:
        ip_address((host or "").strip("[]"))
    except ValueError:
        return False
    return True


class PublicOnly(AbstractResolver):
    """Resolves to public addresses alone; what was checked is what is connected to, whatever DNS says next."""

    def __init__(self) -> None:
        self._inner = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of a host. Raises `OSError` when it has none."""
        found = [one for one in await self._inner.resolve(host, port, family) if is_public(one["host"])]
        if not found:
            raise OSError("the host has no public address")
        return found

    async def close(self) -> None:
        """Let go of what the resolver holds."""
        await self._inner.close()
