"""Alerts: episodes of lateness, grouped by linehaul, told once to those who follow."""

from bot.alerts.model import (
    MAX_MUTE,
    Act,
    ActResult,
    AlertRow,
    AlertView,
    Life,
    Muted,
    Scope,
    Subscribed,
    SubscriptionView,
    Told,
    Who,
)

__all__ = [
    "MAX_MUTE",
    "Act",
    "ActResult",
    "AlertRow",
    "AlertView",
    "Life",
    "Muted",
    "Scope",
    "Subscribed",
    "SubscriptionView",
    "Told",
    "Who",
]
