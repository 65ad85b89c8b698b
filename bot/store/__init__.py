"""The database: SQLite by default, PostgreSQL when one machine is not enough."""

from bot.store.base import (
    DEFAULT_PATIENCE_SECONDS,
    INBOUND_PATIENCE_SECONDS,
    Store,
    Unit,
    announce,
    whole,
)
from bot.store.errors import (
    SchemaMismatch,
    ServiceRunning,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreUnavailable,
)
from bot.store.open import open_store

__all__ = [
    "DEFAULT_PATIENCE_SECONDS",
    "INBOUND_PATIENCE_SECONDS",
    "SchemaMismatch",
    "ServiceRunning",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreFull",
    "StoreReadOnly",
    "StoreUnavailable",
    "Unit",
    "announce",
    "open_store",
    "whole",
]
