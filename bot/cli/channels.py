"""Adapters at hand for one command: they ask their platforms, and hear nobody."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.adapter_state import StoredState
from bot.cli.opened import opened_store
from bot.clock import SystemClock
from bot.contracts import Adapter, InboundMessage, NotStored, Receipt
from bot.errors import ConfigError, NotFound
from bot.host import Host
from bot.registry import Instance, configured_instances
from bot.settings.load import config_path
from bot.store import Store


@dataclass(slots=True)
class Channels:
    """The configured adapters, each made when it is asked for."""

    store: Store
    host: Host
    _instances: dict[str, Instance]
    _made: dict[str, Adapter] = field(default_factory=dict)

    def adapter(self, name: str) -> Adapter:
        """The adapter of that name. Raises `NotFound`, `ConfigError`."""
        if name not in self._instances:
            known = ", ".join(sorted(self._instances)) or "none"
            raise NotFound(f"no adapter is called {name!r}; configured: {known}")
        if name not in self._made:
            instance = self._instances[name]
            if missing := instance.missing():
                raise ConfigError([f"adapters[{name}]: still needs {', '.join(missing)}; add what is missing"])
            self._made[name] = instance.create()
        return self._made[name]


@asynccontextmanager
async def channels_at_hand(config: Path | None) -> AsyncIterator[Channels]:
    """The store and the adapters of a configuration, for the length of one command."""
    async with opened_store(config) as (settings, store):
        clock = SystemClock()
        instances = configured_instances(settings, str(config_path(config, os.environ)))
        state = partial(StoredState, store, clock)
        host = Host(clock, public_url=settings.web.public_url, receive=_nobody, state=state)
        try:
            yield Channels(store, host, instances)
        finally:
            await host.close()


async def _nobody(message: InboundMessage) -> Receipt:
    raise NotStored(f"a command hears nothing of {message.conversation.adapter}")
