"""Pages an adapter shows in a browser under `/adapters/{name}/`, such as the installation of an app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a browser asks for; nothing of it is believed yet. Header names are lower case."""

    method: str
    path: str
    """Below the adapter's own address, without a slash at either end."""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class PageResponse:
    """What the browser is answered."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further ones, such as Location and Set-Cookie."""


@runtime_checkable
class ServesPages(Protocol):
    """An adapter that has pages."""

    async def handle_page(self, request: PageRequest) -> PageResponse:
        """Answer one request. Never raises for bad input; 404 for a path it does not know."""
