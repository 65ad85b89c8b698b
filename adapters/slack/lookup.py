"""Was an uncertain message posted after all? The metadata of each of ours names it; looked up before it is repeated."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from adapters.slack.api import Api
from adapters.slack.values import items, mapping, ts_of
from bot.contracts import OutboundMessage

EVENT_TYPE = "parcelbridge_message"
LOOK_BACK = timedelta(minutes=10)
"""The platform's clock may differ from ours."""
PAGE = 100
PAGES = 3


def metadata_of(message: OutboundMessage) -> Mapping[str, Any]:
    """What a message of ours carries unseen; nobody else can know the id."""
    return {"event_type": EVENT_TYPE, "event_payload": {"id": message.message_id}}


async def posted(api: Api, token: str, message: OutboundMessage, *, channel: str, thread: str) -> str | None:
    """The time stamp of the message in the channel, None when it is not there. Raises a `Failure`."""
    method = "conversations.replies" if thread else "conversations.history"
    since = (message.created_at - LOOK_BACK).timestamp()
    form = {"channel": channel, "limit": str(PAGE), "oldest": f"{since:.6f}", "include_all_metadata": "true"}
    if thread:
        form["ts"] = thread
    for _ in range(PAGES):
        answer = await api.look(method, token, form)
        for found in map(mapping, items(answer.get("messages"))):
            if _is(found, message):
                return ts_of(found.get("ts")) or None
        cursor = mapping(answer.get("response_metadata")).get("next_cursor")
        if not isinstance(cursor, str) or not cursor:
            return None
        form["cursor"] = cursor
    return None


def _is(found: Mapping[str, Any], message: OutboundMessage) -> bool:
    metadata = mapping(found.get("metadata"))
    return (metadata.get("event_type") == EVENT_TYPE
            and mapping(metadata.get("event_payload")).get("id") == message.message_id)
