"""The earlier message a person replied to: where its text lies depends on what kind of message it was."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.dingtalk.values import items, mapping, text_of
from bot.contracts import Quoted

MAX_QUOTED_CHARACTERS = 10_000
MAX_TREE_NODES = 2_000


def quoted(payload: Mapping[str, Any], robot_code: str) -> Quoted | None:
    """What was quoted, or None. Sometimes only its id is known, or the key under which we sent it."""
    said = mapping(payload.get("text"))
    replied = mapping(said.get("repliedMsg"))
    if not replied and said.get("isReplyMsg") is not True:
        return None
    platform_id = next(filter(None, (
        text_of(source.get(key), 256)
        for source, key in ((replied, "msgId"), (said, "originalMsgId"), (payload, "originalMsgId"))
    )), "")
    text = quoted_text(replied)[:MAX_QUOTED_CHARACTERS].strip()
    sent_as = text_of(said.get("originalProcessQueryKey"), 500) or text_of(payload.get("originalProcessQueryKey"), 500)
    message_id = sent_as or (f"{robot_code}:{platform_id}" if platform_id else None)
    return Quoted(message_id=message_id, text=text) if message_id or text else None


def quoted_text(replied: Mapping[str, Any]) -> str:
    """The text of a quoted message of any kind; empty for pictures and the like."""
    body = replied.get("content")
    if isinstance(body, str):
        return text_of(body)
    content = mapping(body)
    for key in ("content", "text", "recognition", "fileName"):
        if found := text_of(content.get(key)):
            return found
    if pieces := rich_texts(content):
        return pieces
    tree = content.get("cardContent") or replied.get("cardContent")
    return "\n".join(_leaves(tree))


def rich_texts(content: Mapping[str, Any]) -> str:
    """The texts of rich text, put together in order: a number may be split over two segments."""
    segments = [mapping(segment) for segment in items(content.get("richText"))]
    return "".join(f"@{name} " if (name := text_of(segment.get("atName"))) else text_of(segment.get("text"))
                   for segment in segments)


def _leaves(tree: object) -> Iterator[str]:
    """Texts of a card's tree in reading order, without recursion and bounded."""
    waiting: list[object] = [tree]
    for _ in range(MAX_TREE_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(reversed(node.values()))
        elif isinstance(node, list):
            waiting.extend(reversed(node))
        elif text := text_of(node).strip():
            yield text
