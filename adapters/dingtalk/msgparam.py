"""A webhook's message body as the OpenAPI takes it: a key, and a text that holds JSON."""

import json
from typing import Any

from adapters.dingtalk.bodies import Body

MAX_PARAM_BYTES = 15_000
"""Of a group message; the JSON text alone."""
HEADROOM_BYTES = 500
"""Names differ a little between a webhook's body and the OpenAPI's."""
FILE_TYPES = frozenset({"xlsx", "pdf", "zip", "rar", "doc", "docx"})
"""What can be sent as a file."""
FIRST_CARD_BUTTONS, LAST_CARD_BUTTONS = 2, 5


def as_msg(body: Body) -> tuple[str, str]:
    """`msgKey` and `msgParam`; what a webhook mentions nobody can be mentioned here."""
    kind = body["msgtype"]
    part = body[kind]
    if kind == "text":
        return "sampleText", _text({"content": part["content"]})
    if kind == "markdown":
        return "sampleMarkdown", _text({"title": part["title"], "text": part["text"]})
    return _card(part)


def file_msg(media_id: str, name: str) -> tuple[str, str]:
    """`msgKey` and `msgParam` of an uploaded file."""
    return "sampleFile", _text({"mediaId": media_id, "fileName": name, "fileType": file_type(name)})


def file_type(name: str) -> str:
    """The extension, as the platform wants it."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _card(part: dict[str, Any]) -> tuple[str, str]:
    inner = {"title": part["title"], "text": part["text"]}
    if "singleURL" in part:
        links = {"singleTitle": part["singleTitle"], "singleURL": part["singleURL"]}
        return "sampleActionCard", _text(inner | links)
    buttons = part["btns"][:LAST_CARD_BUTTONS]
    for number, button in enumerate(buttons, 1):
        inner |= {f"actionTitle{number}": button["title"], f"actionURL{number}": button["actionURL"]}
    return f"sampleActionCard{max(FIRST_CARD_BUTTONS, len(buttons))}", _text(inner)


def _text(inner: dict[str, str]) -> str:
    return json.dumps(inner, ensure_ascii=False, separators=(",", ":"))
