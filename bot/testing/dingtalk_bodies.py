"""Which bodies DingTalk's webhooks take, and what a reader sees of them."""

from collections.abc import Mapping
from typing import Any

MAX_BODY_BYTES = 20_000
MAX_MENTIONS = 50
KINDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "text": (("content",),),
    "markdown": (("title", "text"),),
    "actionCard": (("title", "text", "singleTitle", "singleURL"), ("title", "text", "btns")),
    "link": (("title", "text", "messageUrl"),),
    "feedCard": (("links",),),
}
"""By `msgtype`, the sets of fields of which one must be complete."""
LISTS = {"btns": ("title", "actionURL"), "links": ("title", "messageURL", "picURL")}


def problem(body: object) -> tuple[int, str] | None:
    """The code and text the platform would refuse the body with, None when it takes it."""
    if not isinstance(body, dict):
        return 40035, "not a JSON object"
    kind = body.get("msgtype")
    if kind not in KINDS:
        return 400105, f"unsupported msgtype {kind!r}"
    part = body.get(kind)
    if not isinstance(part, dict):
        return 40035, f"{kind} is missing"
    if not any(_complete(part, fields) for fields in KINDS[kind]):
        return 40035, f"{kind} lacks a required field"
    mentions = body.get("at", {}).get("atUserIds", [])
    return (40035, "too many mentions") if len(mentions) > MAX_MENTIONS else None


def shown(body: Mapping[str, Any]) -> str:
    """Everything a reader can see of a body, one piece a line."""
    part = body[body["msgtype"]]
    entries = [*part.get("btns", ()), *part.get("links", ())]
    pieces = [part.get("title", ""), part.get("content", ""), part.get("text", ""), part.get("singleTitle", "")]
    return "\n".join(filter(None, (*pieces, *(entry["title"] for entry in entries))))


def effective_mentions(body: Mapping[str, Any]) -> list[str]:
    """Ids that are really called: in the list and as `@id` in the text."""
    text = shown(body)
    return [each for each in body.get("at", {}).get("atUserIds", []) if f"@{each}" in text]


def _complete(part: Mapping[str, Any], fields: tuple[str, ...]) -> bool:
    return all(_given(part.get(field), LISTS.get(field)) for field in fields)


def _given(value: object, inner: tuple[str, ...] | None) -> bool:
    if inner is None:
        return isinstance(value, str) and bool(value)
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(entry, dict) and _complete(entry, inner) for entry in value)
