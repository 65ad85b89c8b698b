"""What other rooms ask of alerts: subscriptions, mutes, and acts upon an alert. Units; the caller commits."""

from bot.alerts.acts import acknowledge, reopen, resolve, take_back
from bot.alerts.listing import ask_for_whole_list
from bot.alerts.mutes import end_mute, end_mutes, list_mutes, mute
from bot.alerts.reports import export_rows, find_alert, list_open, show, who
from bot.alerts.subscriptions import all_subscriptions, end_wish, list_subscriptions, subscribe, unsubscribe

__all__ = [
    "acknowledge",
    "all_subscriptions",
    "ask_for_whole_list",
    "end_mute",
    "end_mutes",
    "end_wish",
    "export_rows",
    "find_alert",
    "list_mutes",
    "list_open",
    "list_subscriptions",
    "mute",
    "reopen",
    "resolve",
    "show",
    "subscribe",
    "take_back",
    "unsubscribe",
    "who",
]
