"""Configuration: a TOML file, overridden by the environment, checked before it is trusted."""

from bot.settings.load import load_settings
from bot.settings.model import (
    ContactSettings,
    FeedSettings,
    PartnerSettings,
    Settings,
)

__all__ = ["ContactSettings", "FeedSettings", "PartnerSettings", "Settings", "load_settings"]
