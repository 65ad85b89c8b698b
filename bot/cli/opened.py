"""The store, for the length of one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import Settings, load_settings
from bot.store import Store, open_store
from bot.store.migrate import require_current


@asynccontextmanager
async def opened_store(config: Path | None) -> AsyncIterator[tuple[Settings, Store]]:
    """Settings and store with its tables, closed afterwards. Raises what an administrator can act on."""
    settings = load_settings(config)
    store = open_store(settings.store.url.get_secret_value())
    try:
        await require_current(store)
        yield settings, store
    finally:
        await store.close()
