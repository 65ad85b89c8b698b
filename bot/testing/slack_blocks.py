"""What Slack accepts as a message's blocks, and what a reader sees of them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MAX_BLOCKS = 50
MAX_BLOCK_CHARACTERS = 13_000
MAX_TEXT = 40_000
LIMITS = {"header": 150, "section": 3_000, "field": 2_000, "label": 75, "value": 2_000, "url": 3_000, "context": 3_000}
SIZES = {"fields": 10, "elements": 25}
KNOWN = ("header", "section", "context", "divider", "actions")
_ENTITY = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def refusal(body: Mapping[str, Any]) -> tuple[str, list[str]] | None:
    """The error, and its explanations, that the platform would refuse a message with; None when it takes it."""
    blocks = body.get("blocks") or []
    if not body.get("text") and not blocks:
        return "no_text", []
    if len(body.get("text") or "") > MAX_TEXT:
        return "msg_too_long", []
    found = list(_problems(blocks))
    if found:
        return "invalid_blocks", found
    too_long = len(json.dumps(blocks, ensure_ascii=False)) > MAX_BLOCK_CHARACTERS
    return ("msg_blocks_too_long", []) if too_long else None


def shown(body: Mapping[str, Any]) -> str:
    """Everything a reader sees, one piece a line: the blocks where there are some, else the text."""
    blocks = body.get("blocks") or []
    pieces = [piece for block in blocks for piece in _pieces(block)] if blocks else [_read(body.get("text", ""))]
    return "\n".join(filter(None, pieces))


def buttons(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every button, in the order of showing."""
    blocks = [block for block in body.get("blocks") or [] if block["type"] == "actions"]
    return [element for block in blocks for element in block["elements"]]


def _problems(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if len(blocks) > MAX_BLOCKS:
        yield f"[ERROR] no more than {MAX_BLOCKS} items allowed [json-pointer:/blocks]"
    for place, block in enumerate(blocks):
        where = f"[json-pointer:/blocks/{place}]"
        if block.get("type") not in KNOWN:
            yield f"[ERROR] unsupported type: {block.get('type')} {where}"
            continue
        for what, length in _lengths(block):
            if not 0 < length <= LIMITS[what]:
                yield f"[ERROR] must be less than {LIMITS[what] + 1} characters {where}"
        for key, most in SIZES.items():
            if key in block and not 0 < len(block[key]) <= most:
                yield f"[ERROR] no more than {most} items allowed {where}"
    names = [element["action_id"] for block in blocks if block["type"] == "actions" for element in block["elements"]]
    if len(names) > len(set(names)):
        yield "[ERROR] action_id is not unique [json-pointer:/blocks]"


def _lengths(block: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    kind = block["type"]
    if kind in ("header", "section") and "text" in block:
        yield kind, len(block["text"]["text"])
    for field in block.get("fields", ()):
        yield "field", len(field["text"])
    for element in block.get("elements", ()):
        if kind == "context":
            yield "context", len(element["text"])
        else:
            yield "label", len(element["text"]["text"])
            yield ("url", len(element["url"])) if "url" in element else ("value", len(element["value"]))


def _pieces(block: Mapping[str, Any]) -> Iterator[str]:
    texts = [block["text"]] if "text" in block else []
    texts += block.get("fields", [])
    texts += [element if block["type"] == "context" else element["text"] for element in block.get("elements", ())]
    for text in texts:
        yield _read(text["text"]) if text["type"] == "mrkdwn" else text["text"]


def _read(text: str) -> str:
    """mrkdwn as it is read: entities by their label, escapes undone."""
    plain = _ENTITY.sub(lambda found: found[2] or found[1], text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
