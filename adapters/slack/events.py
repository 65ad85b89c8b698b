"""An event of the Events API becomes an `InboundMessage`, or nothing with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.attached import attachments_of, kind_of
from adapters.slack.ids import Place
from adapters.slack.text import mentions, plain
from adapters.slack.values import id_of, mapping, moment_of, needed, text_of, ts_of
from adapters.slack.workspace import Context
from bot.contracts import InboundMessage, Quoted

MESSAGES = ("message", "app_mention")
REMOVALS = ("app_uninstalled", "tokens_revoked")
SUBTYPES = (None, "", "file_share", "thread_broadcast")
EDIT_FRESH_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to answer; the reason is counted."""

    reason: str


def decode_event(
    event: Mapping[str, Any], context: Context, *, bot_user: str, now: datetime
) -> InboundMessage | Ignored:
    """Translate one event. Raises `BadPayload` when a message has no channel, time stamp or author."""
    if event.get("type") not in MESSAGES:
        return Ignored("other")
    if event.get("subtype") == "message_changed":
        return _edited(event, context, bot_user=bot_user, now=now)
    if _by_machine(event, bot_user):
        return Ignored("bot")
    if event.get("subtype") not in SUBTYPES or event.get("hidden") is True:
        return Ignored("subtype")
    if not _addressed(event, bot_user):
        return Ignored("not_addressed")
    return _message(event, context, bot_user=bot_user, now=now)


def _by_machine(event: Mapping[str, Any], bot_user: str) -> bool:
    """Our own messages and those of other bots: nobody would ever stop two bots that answer each other."""
    if event.get("bot_id") or event.get("subtype") == "bot_message":
        return True
    return bool(bot_user) and event.get("user") == bot_user


def _addressed(event: Mapping[str, Any], bot_user: str) -> bool:
    """To us alone, with a mention, or in a thread that one of our messages began."""
    if event.get("type") == "app_mention" or _is_direct(event):
        return True
    in_ours = bool(bot_user) and event.get("parent_user_id") == bot_user
    return in_ours or mentions(text_of(event.get("text")), bot_user)


def _is_direct(event: Mapping[str, Any]) -> bool:
    return event.get("channel_type") == "im" or id_of(event.get("channel")).startswith("D")


def _message(event: Mapping[str, Any], context: Context, *, bot_user: str, now: datetime) -> InboundMessage:
    channel = needed(id_of(event.get("channel")), "channel")
    ts = needed(ts_of(event.get("ts")), "ts")
    user = needed(id_of(event.get("user")), "user")
    files = attachments_of(event.get("files"), context.team)
    text = plain(text_of(event.get("text")), bot_user)
    home = id_of(event.get("user_team")) or id_of(event.get("source_team")) or id_of(event.get("team"))
    return InboundMessage.model_validate({
        "message_id": f"{channel}:{ts}",  # the same human message also comes as another event, with another event_id
        "conversation": _place(event, context, user=user, ts=ts).address(context.app.adapter),
        "sender": context.sender(user, home),
        "kind": kind_of(text, files),
        "text": text,
        "sent_at": moment_of(ts, now),
        "attachments": files,
        "quoted": _began(event, channel, bot_user),
    })


def _began(event: Mapping[str, Any], channel: str, bot_user: str) -> dict[str, Any] | None:
    """Our message that began the thread; the event names it and does not say what it says."""
    thread = ts_of(event.get("thread_ts"))
    if not (thread and bot_user and event.get("parent_user_id") == bot_user):
        return None
    return {"message_id": f"{channel}:{thread}", "thread": True}


def _place(event: Mapping[str, Any], context: Context, *, user: str, ts: str) -> Place:
    """In a channel always a thread, so that an answer stands below its question; to us alone only where it is one."""
    thread = ts_of(event.get("thread_ts"))
    if _is_direct(event):
        return Place(context.team, user, thread)
    return Place(context.team, id_of(event.get("channel")), thread or ts)


def _edited(
    event: Mapping[str, Any], context: Context, *, bot_user: str, now: datetime
) -> InboundMessage | Ignored:
    """A mended question is asked again, in a thread below it so that everybody sees what is answered.

    The platform reports the same when it adds the preview of a link; then the text is as it was.
    """
    new, old = mapping(event.get("message")), mapping(event.get("previous_message"))
    whole = {"type": "message", "channel": event.get("channel"), "channel_type": event.get("channel_type"), **new}
    edited_ts = ts_of(mapping(new.get("edited")).get("ts"))
    if _by_machine(new, bot_user) or not edited_ts or not _addressed(whole, bot_user):
        return Ignored("edit")
    ts = needed(ts_of(new.get("ts")), "ts")
    fresh = moment_of(edited_ts, now) - moment_of(ts, now) <= EDIT_FRESH_FOR
    if text_of(new.get("text")) == text_of(old.get("text")) or not fresh:
        return Ignored("edit")
    message = _message({**whole, "thread_ts": new.get("thread_ts") or ts}, context, bot_user=bot_user, now=now)
    return message.model_copy(update={
        "message_id": f"{message.message_id}:{edited_ts}",
        "sent_at": moment_of(edited_ts, now),
        "quoted": Quoted(message_id=message.message_id, text=plain(text_of(old.get("text")), bot_user)),
    })
