"""A pressed button and a slash command become an `InboundMessage`; both can be answered over a `response_url`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from adapters.slack.events import Ignored
from adapters.slack.ids import Place
from adapters.slack.routes import Origin, checked
from adapters.slack.text import plain
from adapters.slack.values import id_of, items, mapping, moment_of, needed, text_of, ts_of
from adapters.slack.workspace import App, Context
from bot.contracts import InboundMessage, MessageKind, ReplyRoute

ROUTE_LIFE = timedelta(minutes=30)
MAX_QUOTED_CHARACTERS = 10_000
MAX_TRIGGER_CHARACTERS = 200
HELP = "help"


def decode_command(
    form: Mapping[str, Any], app: App, *, origins: frozenset[Origin], now: datetime
) -> InboundMessage:
    """`/parcel …`: asked in private, wherever it was typed, so it belongs to the conversation with that person."""
    context = app.context(form, id_of(form.get("team_id")), id_of(form.get("enterprise_id")))
    user = needed(id_of(form.get("user_id")), "user_id")
    trigger = needed(text_of(form.get("trigger_id"), MAX_TRIGGER_CHARACTERS), "trigger_id")
    message_id = f"command:{context.team}:{quote(trigger)}"
    return InboundMessage.model_validate({
        "message_id": message_id,
        "conversation": Place(context.team, user).address(app.adapter),
        "sender": context.sender(user, context.team, text_of(form.get("user_name"))),
        "text": plain(text_of(form.get("text"))) or HELP,
        "sent_at": now,
        "reply_route": route_for(message_id, form.get("response_url"), origins, now),
    })


def decode_action(
    payload: Mapping[str, Any], app: App, *, origins: frozenset[Origin], now: datetime
) -> InboundMessage | Ignored:
    """A button was pressed: it says its value for the person. Buttons that open an address say nothing."""
    if payload.get("type") != "block_actions":
        return Ignored("interaction")
    team, user = mapping(payload.get("team")), mapping(payload.get("user"))
    enterprise = id_of(mapping(payload.get("enterprise")).get("id"))
    context = app.context(payload, id_of(team.get("id")) or id_of(user.get("team_id")), enterprise)
    action = next((mapping(each) for each in items(payload.get("actions"))), {})
    said = text_of(action.get("value")).strip()
    if not said:
        return Ignored("link_button")
    return _action(payload, context, action, said=said, origins=origins, now=now)


def _action(
    payload: Mapping[str, Any], context: Context, action: Mapping[str, Any], *, said: str,
    origins: frozenset[Origin], now: datetime,
) -> InboundMessage:
    container, user = mapping(payload.get("container")), mapping(payload.get("user"))
    channel = needed(id_of(container.get("channel_id")) or id_of(mapping(payload.get("channel")).get("id")), "channel")
    ts = needed(ts_of(container.get("message_ts")), "message_ts")
    acted = needed(ts_of(action.get("action_ts")), "action_ts")
    who = needed(id_of(user.get("id")), "user")
    message = mapping(payload.get("message"))
    private = container.get("is_ephemeral") is True
    thread = ts_of(message.get("thread_ts")) or ts_of(container.get("thread_ts"))
    if private or channel.startswith("D"):
        place = Place(context.team, who, "" if private else thread)
    else:
        place = Place(context.team, channel, thread or ts)
    message_id = f"{channel}:{ts}:{acted}:{who}"
    return InboundMessage.model_validate({
        "message_id": message_id,
        "conversation": place.address(context.app.adapter),
        "sender": context.sender(who, id_of(user.get("team_id")), text_of(user.get("name"))),
        "kind": MessageKind.ACTION,
        "text": said,
        "sent_at": moment_of(acted, now),
        "reply_route": route_for(message_id, payload.get("response_url"), origins, now) if private else None,
        "quoted": {"message_id": f"{channel}:{ts}", "text": plain(text_of(message.get("text"), MAX_QUOTED_CHARACTERS))},
    })


def route_for(message_id: str, url: object, origins: frozenset[Origin], now: datetime) -> ReplyRoute | None:
    """A way to answer one message in private; it names the message, for it must not be used for any other."""
    if checked(text_of(url), origins) is None:
        return None
    return ReplyRoute(url=f"{url}#{quote(message_id)}", expires_at=now + ROUTE_LIFE)
