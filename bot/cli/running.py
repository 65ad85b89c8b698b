"""`run`: the service, until it is told to stop."""

import asyncio
import gc
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.main import EXIT_FAILED, app
from bot.cli.options import ConfigOption

if TYPE_CHECKING:
    from bot.app import Service

log = logging.getLogger("parcelbridge")


@app.command("run")
def run(config: ConfigOption = None) -> None:
    """Run the service: adapters, web server, workers. Stops cleanly on SIGTERM within 10 s."""
    asyncio.run(_run(config))


async def _run(config: Path | None) -> None:
    from bot.app import Service
    from bot.logs import configure_logging
    from bot.settings import load_settings
    from bot.settings.load import config_path

    settings = load_settings(config)
    configure_logging(settings.logging.level, settings.logging.format)
    await serve(Service(settings, config_name=str(config_path(config, os.environ))))


YOUNG_OBJECTS = 20_000
"""A message makes some thousand objects and frees them without the collector, which need not look so often."""


async def serve(service: "Service") -> None:
    """Start, wait for SIGTERM or SIGINT, stop."""
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop.set)
    await service.start()
    collect_rarely()
    log.info("ready on %s", service.address)
    await told_to_stop.wait()
    log.info("stopping")
    if await service.stop():
        log.info("stopped")
        return
    sys.stderr.flush()
    os._exit(EXIT_FAILED)  # a thread that hangs must not keep the process beyond its time; the store is crash-safe


def collect_rarely() -> None:
    """What stands after the start stays for good: the garbage collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
