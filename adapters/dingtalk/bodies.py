"""Shapes of the messages DingTalk's webhooks take; capital letters differ between them and matter."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

Body = dict[str, Any]

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
MAX_TITLE_CHARACTERS = 100
"""The title is the line of the conversation list and of the notification."""


def text_body(content: str) -> Body:
    """Plain text; a line feed is a line break here."""
    return {"msgtype": "text", "text": {"content": content}}


def markdown_body(title: str, text: str) -> Body:
    """Markdown; the title is not repeated in the message."""
    return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}


def link_body(title: str, text: str, links: Sequence[tuple[str, str]]) -> Body:
    """Markdown with buttons that open addresses; `links` are pairs of label and address."""
    card: Body = {"title": title, "text": text, "btnOrientation": "0"}
    if len(links) == 1:
        card["singleTitle"], card["singleURL"] = links[0]
    else:
        card["btns"] = [{"title": label, "actionURL": url} for label, url in links]
    return {"msgtype": "actionCard", "actionCard": card}


def with_mentions(body: Body, staff_ids: Sequence[str]) -> Body:
    """The ids that the text names as `@id`; the list alone has no visible effect. Never everybody."""
    return body | {"at": {"atUserIds": list(staff_ids), "isAtAll": False}} if staff_ids else body


def encoded(body: Mapping[str, Any]) -> bytes:
    """The body as it travels; its length is what the platform limits."""
    try:
        return to_json(body)
    except PydanticSerializationError:  # half of a surrogate pair, shown as a question mark
        return _ENCODER.encode(body).encode("utf-8", "replace")
