"""A robot message of DingTalk, as HTTP mode delivers it, becomes an `InboundMessage`."""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from adapters.dingtalk.quotes import quoted, rich_texts
from adapters.dingtalk.routes import Origin, is_session_route
from adapters.dingtalk.values import BadPayload, items, mapping, moment, sent_moment, text_of
from bot.contracts import (
    Attachment,
    ConversationKind,
    InboundMessage,
    MessageKind,
)

MAX_ID_CHARACTERS = 256
"""Identities are indexed in the store; the platform's own have about 40 characters."""
MAX_NAME_CHARACTERS = 200
SESSION_LIFE = timedelta(minutes=90)
OUTSIDER = "outsider/"
ROBOT = "robot:"
"""`robot:<name>` is the conversation of a custom robot's group; nobody can write from there."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9._~@-]+")
MEDIA_KINDS = {
    "picture": (MessageKind.PICTURE, "image/*"),
    "audio": (MessageKind.AUDIO, "audio/*"),
    "video": (MessageKind.VIDEO, "video/*"),
    "file": (MessageKind.FILE, None),
}


@dataclass(frozen=True, slots=True)
class Robot:
    """The robot that was spoken to, and who counts as its people."""

    adapter: str
    code: str
    corp_id: str
    other_corps: frozenset[str]
    origins: frozenset[Origin]


Part = dict[str, Any]
"""A part of a message, checked together with it."""


class Decoded(NamedTuple):
    """The message, and whether its reply address was dropped because it points somewhere it must not."""

    message: InboundMessage
    route_refused: bool


def decode(payload: Mapping[str, Any], robot: Robot, now: datetime) -> Decoded:
    """Translate one verified payload. Raises `BadPayload` when it has no message, conversation or sender id."""
    sent_at = sent_moment(payload.get("createAt"), now)
    route = _route(payload, robot, sent_at)
    kind, text, attachments = _content(payload)
    own_id = text_of(payload.get("chatbotUserId"))
    message = InboundMessage.model_validate({  # in one go: parts made one by one would each be checked twice
        "message_id": f"{robot.code}:{_identity(payload, 'msgId')}",
        "conversation": _conversation(payload, robot),
        "sender": _sender(payload, robot),
        "kind": kind,
        "text": text,
        "sent_at": sent_at,
        "reply_route": route,
        "attachments": attachments,
        "quoted": quoted(payload, robot.code),
        "from_self": bool(own_id) and own_id == text_of(payload.get("senderId")),
    })
    return Decoded(message, route_refused=route is None and bool(payload.get("sessionWebhook")))


def external_id_of(staff: str) -> str:
    """How we name a person of our organisation: quoted, so that no id can contain our slash."""
    return staff if _PLAIN_ID.fullmatch(staff) else quote(staff, safe="@")


def staff_id(external_id: str) -> str | None:
    """The id DingTalk mentions a person by; None for outsiders and for staff of other organisations."""
    return None if "/" in external_id else unquote(external_id)


def _identity(payload: Mapping[str, Any], key: str) -> str:
    value = text_of(payload.get(key))
    if not value:
        raise BadPayload(f"{key} is missing or not a text")
    if len(value) > MAX_ID_CHARACTERS:
        raise BadPayload(f"{key} is longer than {MAX_ID_CHARACTERS} characters")
    return value


def _conversation(payload: Mapping[str, Any], robot: Robot) -> Part:
    """A `ConversationAddress`."""
    direct = str(payload.get("conversationType")) == "1"
    external_id = _identity(payload, "conversationId")
    if external_id.startswith(ROBOT):
        raise BadPayload("conversationId is one of our own names")
    return {
        "adapter": robot.adapter,
        "external_id": external_id,
        "kind": ConversationKind.DIRECT if direct else ConversationKind.GROUP,
        "title": text_of(payload.get("conversationTitle"), MAX_NAME_CHARACTERS).strip() or None,
    }


def _sender(payload: Mapping[str, Any], robot: Robot) -> Part:
    """A `Sender`: our staff by their plain id, those of other allowed organisations as `corp/staff`, else outsiders.

    Staff ids are unique inside one organisation only, and the platform leaves them out for outsiders. They are
    quoted, so that none can contain the slash and pass for somebody else.
    """
    name = text_of(payload.get("senderNick"), MAX_NAME_CHARACTERS).strip() or None
    staff = text_of(payload.get("senderStaffId"))
    corp = text_of(payload.get("senderCorpId"), MAX_ID_CHARACTERS) or (robot.corp_id if staff else None)
    if staff and (corp == robot.corp_id or corp in robot.other_corps):
        plain = external_id_of(_identity(payload, "senderStaffId"))
        external_id = plain if corp == robot.corp_id else f"{corp}/{plain}"
        return {"external_id": external_id, "name": name, "organisation": corp}
    key = "senderId" if text_of(payload.get("senderId")) else "senderStaffId"
    outsider = OUTSIDER + _identity(payload, key)
    return {"external_id": outsider, "name": name, "organisation": corp, "outsider": True}


def _route(payload: Mapping[str, Any], robot: Robot, sent_at: datetime) -> Part | None:
    """A `ReplyRoute`, when the address may be used."""
    url = text_of(payload.get("sessionWebhook"))
    if not is_session_route(url, robot.origins):
        return None
    until = moment(payload.get("sessionWebhookExpiredTime")) or sent_at + SESSION_LIFE
    return {"url": url, "expires_at": until}


def _content(payload: Mapping[str, Any]) -> tuple[MessageKind, str, tuple[Attachment, ...]]:
    kind = text_of(payload.get("msgtype"))
    content = mapping(payload.get("content"))
    if notice := _notice(payload):
        return MessageKind.NOTICE, notice, ()
    if kind == "text":
        return MessageKind.TEXT, _plain_text(payload), ()
    if kind == "richText":
        return _rich(content)
    if kind in MEDIA_KINDS:
        return MEDIA_KINDS[kind][0], text_of(content.get("recognition")).strip(), _attachment(kind, content)
    return MessageKind.UNKNOWN, "", ()


def _notice(payload: Mapping[str, Any]) -> str:
    """What the platform says instead of delivering: `errorMessage`, and no content at all."""
    if payload.get("text") or payload.get("content"):
        return ""
    return text_of(payload.get("errorMessage")).strip()


def _plain_text(payload: Mapping[str, Any]) -> str:
    """`text.content`; one page of the platform's documentation shows a bare `content` instead."""
    content = mapping(payload.get("text")).get("content")
    return text_of(content if isinstance(content, str) else payload.get("content")).strip()


def _rich(content: Mapping[str, Any]) -> tuple[MessageKind, str, tuple[Attachment, ...]]:
    text = text_of(rich_texts(content)).strip()
    segments = (mapping(segment) for segment in items(content.get("richText")))
    pictures = tuple(picture for segment in segments for picture in _attachment("picture", segment))
    return MessageKind.PICTURE if pictures and not text else MessageKind.TEXT, text, pictures


def _attachment(kind: str, content: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The file behind `downloadCode`; the picture's other code is known to fail and only a last resort."""
    handle = text_of(content.get("downloadCode")) or text_of(content.get("pictureDownloadCode"))
    if not handle:
        return ()
    name = text_of(content.get("fileName"), MAX_NAME_CHARACTERS).strip() or kind
    media_type = mimetypes.guess_type(name)[0] or MEDIA_KINDS[kind][1]
    if kind == "video" and (form := text_of(content.get("videoType"), 20)):
        media_type = f"video/{form}"
    return (Attachment(name=name, media_type=media_type, handle=handle),)
