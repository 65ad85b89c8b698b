"""Fetches the files of a message from the platform they lie on, after the message is safe, and has them read."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.contracts import Adapter, Attachment, FetchesFiles, InboundMessage, MessageKind, NotFetched
from bot.reading.model import Limits, Reading, Trouble
from bot.reading.process import ReadingProcess

log = logging.getLogger(__name__)

MOST_FILES: Final = 10
"""Looked at in one message."""
AT_ONCE: Final = 4
"""Files held in memory at the same time."""
NAME_SHOWN: Final = 60

_HEARD: Final = frozenset({MessageKind.AUDIO, MessageKind.VIDEO, MessageKind.NOTICE})


@dataclass(frozen=True, slots=True)
class Read:
    """One file of a message, and what is in it."""

    name: str
    reading: Reading


class FileReader:
    """Reads the files people send."""

    def __init__(self, adapters: Mapping[str, Adapter], limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._adapters = adapters
        self._process = ReadingProcess(self.limits)
        self._room = asyncio.Semaphore(AT_ONCE)

    def wants(self, message: InboundMessage) -> bool:
        """Whether there is a file to read; of a voice note the platform's recognition is what counts."""
        return bool(_readable(message)) and isinstance(self._adapters.get(message.conversation.adapter), FetchesFiles)

    async def read(self, message: InboundMessage, *, patient: bool) -> tuple[Read, ...]:
        """Every file of the message, read. With `patient` raises `NotFetched` where a later attempt may succeed."""
        adapter = self._adapters[message.conversation.adapter]
        assert isinstance(adapter, FetchesFiles)
        files = _readable(message)[:MOST_FILES]
        return tuple([await self._one(adapter, file, patient=patient) for file in files])

    async def close(self) -> None:
        """End the reading process."""
        await self._process.close()

    async def _one(self, adapter: FetchesFiles, file: Attachment, *, patient: bool) -> Read:
        async with self._room:
            try:
                fetched = await adapter.fetch(file, max_bytes=self.limits.max_bytes)
            except NotFetched as why:
                if why.again and patient:
                    raise
                log.warning("files: a file was not fetched: %s", why)
                trouble = Trouble.TOO_LARGE if why.too_large else Trouble.GONE
                return Read(_shown(file.name), Reading(trouble=trouble))
            return Read(_shown(fetched.name or file.name), await self._process.read(fetched.content))


def _readable(message: InboundMessage) -> tuple[Attachment, ...]:
    if message.kind in _HEARD:
        return ()
    return tuple(
        file for file in message.attachments if not (file.media_type or "").startswith(("audio/", "video/"))
    )


def _shown(name: str) -> str:
    """A file's name in a sentence: one line, its end kept, which says the kind."""
    plain = " ".join(name.split())
    return plain if len(plain) <= NAME_SHOWN else f"{plain[: NAME_SHOWN - 12]}…{plain[-11:]}"
