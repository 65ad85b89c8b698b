"""Slack: Events API or Socket Mode in, slash command and buttons, Block Kit cards out through the Web API."""

from adapters.slack.adapter import ADAPTER, SlackAdapter
from adapters.slack.config import SlackConfig

__all__ = ["ADAPTER", "SlackAdapter", "SlackConfig"]
