"""DingTalk over its webhooks: signed callbacks in, session and custom-robot webhooks out."""

from adapters.dingtalk.adapter import ADAPTER, DingTalkAdapter
from adapters.dingtalk.config import DingTalkConfig

__all__ = ["ADAPTER", "DingTalkAdapter", "DingTalkConfig"]
