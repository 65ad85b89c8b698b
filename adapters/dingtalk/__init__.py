"""DingTalk: Stream or signed callbacks in; session, OpenAPI, interactive cards and custom robots out."""

from adapters.dingtalk.adapter import ADAPTER, DingTalkAdapter
from adapters.dingtalk.config import DingTalkConfig

__all__ = ["ADAPTER", "DingTalkAdapter", "DingTalkConfig"]
