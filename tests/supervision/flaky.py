"""An adapter that fails on purpose: when it starts, while it runs, when it is asked or stopped."""

import asyncio
from pathlib import Path
from typing import Any

from bot.contracts import AdapterConfig, AdapterHost, Health
from tests.outbox.channel import Channel

DISTRIBUTION = {
    "METADATA": "Metadata-Version: 2.1\nName: flaky\nVersion: 1.0\n",
    "entry_points.txt": "[parcelbridge.adapters]\nflaky = tests.supervision.flaky:ADAPTER\n",
}


class Flaky(Channel):
    """Does what it is told until it is told to fail."""

    def __init__(self, name: str = "flaky") -> None:
        super().__init__(name)
        self.starts = 0
        self.stops = 0
        self.fails_to_start: BaseException | None = None
        self.hangs = False
        self.has_ended = ""
        self.fails_to_stop: BaseException | None = None
        self.fails_to_tell = False
        self.fails_to_check: Exception | None = None

    async def start(self, host: AdapterHost) -> None:
        self.starts += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails_to_start is not None:
            raise self.fails_to_start
        self.has_ended = ""

    async def stop(self) -> None:
        self.stops += 1
        if self.fails_to_stop is not None:
            raise self.fails_to_stop

    def health(self) -> Health:
        if self.fails_to_tell:
            raise RuntimeError("cannot tell")
        return Health(not self.has_ended, "ended" if self.has_ended else "up", self.has_ended,
                      ended=bool(self.has_ended))


    async def check(self, host: AdapterHost) -> Health:
        if self.fails_to_check is not None:
            raise self.fails_to_check
        return Health(True)


class FlakyType:
    """Remembers its latest instance, so that a test can reach into a service."""

    type_name = "flaky"
    config_model = AdapterConfig
    summary = "fails on purpose"
    broken_from_the_start = False
    broken_check: Exception | None = None
    made: Flaky

    def create(self, config: Any) -> Flaky:
        self.made = Flaky(config.name)
        if self.broken_from_the_start:
            self.made.fails_to_start = OSError("port 2525 is taken")
        self.made.fails_to_check = self.broken_check
        return self.made

    def missing(self, config: Any) -> list[str]:
        return []


ADAPTER = FlakyType()


def install(folder: Path) -> None:
    """Lay down what an installed distribution leaves beside its code; the folder goes on the path."""
    info = folder / "flaky-1.0.dist-info"
    info.mkdir()
    for name, content in DISTRIBUTION.items():
        (info / name).write_text(content, encoding="utf-8")
