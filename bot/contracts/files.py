"""Fetching a file that came with a message: after its acknowledgement, within a limit, through its own adapter."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from bot.contracts.messages import Attachment


class NotFetched(Exception):
    """The file could not be had; the text says why, for operators."""

    def __init__(self, reason: str, *, too_large: bool = False, again: bool = False) -> None:
        super().__init__(reason)
        self.too_large = too_large
        """Larger than was allowed."""
        self.again = again
        """A later try may succeed; else the file is gone, or must not be fetched."""


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file's bytes; name and media type are what the platform says and prove nothing."""

    name: str
    content: bytes = field(repr=False)
    media_type: str | None = None


@runtime_checkable
class FetchesFiles(Protocol):
    """An adapter that can fetch what `Attachment.handle` stands for."""

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> FetchedFile:
        """The file, at most `max_bytes` of it ever held. Raises `NotFetched`."""
