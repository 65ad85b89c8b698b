"""The web chat and the terminal: people talk to the service itself, with no platform in between."""

from adapters.local.adapter import ADAPTER, LocalAdapter
from adapters.local.config import LocalConfig

__all__ = ["ADAPTER", "LocalAdapter", "LocalConfig"]
