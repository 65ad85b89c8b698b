"""The reading process as the service sees it: started when needed, one file at a time, killed when it hangs."""

import asyncio
import json
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import Final

from bot.reading.model import Limits, Reading, Trouble

log = logging.getLogger(__name__)

FILES_EACH: Final = 100
"""After so many files a process is replaced, with whatever memory it has gathered."""
START_SECONDS: Final = 30
LONGEST_ANSWER: Final = 32_000_000
KEPT_VARIABLES: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT")
"""Of our environment; secrets are given in it."""


class ReadingProcess:
    """Reads files in another process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: Process | None = None
        self._files = 0
        self._one = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        return None if self._process is None else self._process.pid

    async def read(self, content: bytes) -> Reading:
        """What is in a file; never raises for what a file does to its reader."""
        async with self._one:
            try:
                process = await self._ready()
                async with asyncio.timeout(self._limits.max_seconds):
                    return await self._read(process, content)
            except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError) as error:
                log.warning("files: the reading process failed on a file of %d bytes: %r", len(content), error)
                await self._end()
                return Reading(trouble=Trouble.DIED)
            except BaseException:  # stopped in the middle: the next file must not get this one's answer
                await self._end()
                raise

    async def close(self) -> None:
        """End the process; what it is reading is lost."""
        await self._end()

    async def _read(self, process: Process, content: bytes) -> Reading:
        assert process.stdin is not None
        assert process.stdout is not None
        self._files += 1
        head = {"size": len(content), "limits": self._limits.model_dump()}
        process.stdin.write(json.dumps(head).encode() + b"\n")
        process.stdin.write(content)
        await process.stdin.drain()
        line = await process.stdout.readuntil(b"\n")
        reading = Reading.model_validate_json(line)
        if self._files >= FILES_EACH:
            await self._end()
        return reading

    async def _ready(self) -> Process:
        """A running process; one that does not come up is tried once more."""
        try:
            return await self._started()
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            log.warning("files: the reading process did not start: %r", error)
            await self._end()
            return await self._started()

    async def _started(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.reading.worker", stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
                env=environment, limit=LONGEST_ANSWER,
            )  # fmt: skip
            self._files = 0
            assert self._process.stdout is not None
            async with asyncio.timeout(START_SECONDS):
                await self._process.stdout.readuntil(b"\n")  # it is ready
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()
