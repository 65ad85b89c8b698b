"""Frames of a Stream connection: one JSON object each, whose `data` is JSON text once more."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from adapters.dingtalk.values import BadPayload, load, mapping, text_of

SYSTEM, CALLBACK, EVENT = "SYSTEM", "CALLBACK", "EVENT"
PING, DISCONNECT = "ping", "disconnect"
MESSAGES = "/v1.0/im/bot/messages/get"
CARDS = "/v1.0/card/instances/callback"
OK, NO_HANDLER, FAILED = 200, 404, 500
MAX_DATA_CHARACTERS = 1_000_000
NOTHING = '{"response":null}'
TAKEN = '{"status":"SUCCESS","message":"ok"}'
_WORDS = {OK: "OK", NO_HANDLER: "no handler for this topic", FAILED: "could not be taken now"}


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the server."""

    kind: str
    topic: str
    message_id: str
    """Of this delivery, to be echoed; a redelivery may have another."""
    data: str

    @property
    def is_ping(self) -> bool:
        """The server asks whether we are there."""
        return self.kind == SYSTEM and self.topic == PING

    @property
    def is_disconnect(self) -> bool:
        """The server will push nothing more over this connection."""
        return self.kind == SYSTEM and self.topic == DISCONNECT

    def payload(self) -> Mapping[str, Any]:
        """The object in `data`. Raises `BadPayload`."""
        return load(self.data.encode("utf-8", "replace"))


Heard = Callable[[bool], Awaitable[None]]
"""Wants to know whether the server heard us in time: yes once it is written, no when the connection then broke."""


class Reply(NamedTuple):
    """The acknowledgement of a frame."""

    text: str
    heard: Heard | None = None


def read_frame(text: str) -> Frame:
    """The frame in a websocket message. Raises `BadPayload` when there is none."""
    given = load(text.encode("utf-8", "replace"))
    headers = mapping(given.get("headers"))
    kind = text_of(given.get("type"), 64)
    if not kind:
        raise BadPayload("a frame without type")
    return Frame(
        kind=kind, topic=text_of(headers.get("topic"), 256), message_id=text_of(headers.get("messageId"), 256),
        data=text_of(given.get("data"), MAX_DATA_CHARACTERS),
    )  # fmt: skip


def ack(frame: Frame, code: int = OK, data: str = NOTHING) -> str:
    """What the server is told of a frame."""
    return json.dumps(
        {
            "code": code,
            "headers": {"messageId": frame.message_id, "contentType": "application/json"},
            "message": _WORDS.get(code, "OK"),
            "data": data,
        },
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip
