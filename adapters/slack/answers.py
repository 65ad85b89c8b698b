"""What the platform's answer to a send means. A refusal inside HTTP 200 is a refusal: only `ok` is success."""

from datetime import timedelta

from adapters.slack.api import Failure, NoAnswer, Refusal
from bot.contracts import DeliveryOutcome, Refused, Retry, Uncertain

BUSY_TRIES = 5
UNKNOWN_TRIES = 3
FOR_LATER = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long"})
BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format"})
TOKEN = {
    "invalid_auth": "the token was refused: copy bot_token again, or install the app again",
    "not_authed": "the token was refused: copy bot_token again, or install the app again",
    "account_inactive": "the app's user was deactivated: install the app again",
    "token_revoked": "the token was revoked: install the app again",
    "token_expired": "the token has expired: switch token rotation off and install the app again",
    "team_access_not_granted": "the organisation has not granted this workspace to the app: grant it",
    "missing_scope": "the app lacks a scope: add it and install the app again",
    "not_allowed_token_type": "bot_token is a token of another kind: use the one that begins with xoxb-",
    "no_permission": "the app lacks a scope: add it and install the app again",
    "org_login_required": "the workspace is being migrated: try again when it is over",
    "ekm_access_denied": "an administrator of the workspace has suspended access: ask one",
}
"""The workspace's fault and not the message's, which waits until a person has mended it: code and fix."""
CHANNEL = {
    "channel_not_found": "there is no such channel, or the app is not in it: invite the app",
    "not_in_channel": "the app is not in the channel: invite it",
    "is_archived": "the channel is archived: choose another one",
    "restricted_action": "the workspace does not let the app post there: ask an administrator",
    "restricted_action_read_only_channel": "the channel is read-only: let the app post there",
    "restricted_action_thread_only_channel": "only threads may be posted to there: choose another channel",
    "restricted_action_non_threadable_channel": "threads are not allowed there: choose another channel",
    "user_not_found": "there is no such person in the workspace",
    "user_disabled": "the person's account is deactivated",
    "user_not_visible": "the person cannot be seen from the workspace",
    "cannot_dm_bot": "the person is a bot",
    "messages_tab_disabled": "direct messages to the app are switched off: switch on the app's messages tab",
    "channel_type_not_supported": "the app cannot post to a conversation of that kind",
    "thread_not_found": "the thread is not there any more",
}
FAULTS = frozenset({
    "no_text", "invalid_arguments", "invalid_arg_name", "invalid_array_arg", "invalid_json", "json_not_object",
    "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "metadata_must_be_sent_from_app",
    "too_many_attachments", "markdown_text_conflict", "invalid_post_type", "missing_post_type", "unknown_method",
})
"""The request itself is wrong: a defect of ours that no repetition mends."""
ROUTE_GONE = frozenset({"used_url", "expired_url", "no_active_hooks", "no_service", "invalid_token"})
GONE = "message_not_found"
CANNOT_EDIT = frozenset({
    GONE, "cant_update_message", "edit_window_closed", "update_failed", "is_inactive",
})


def outcome_of(failure: Failure) -> DeliveryOutcome:
    """The outcome of a call that failed."""
    if isinstance(failure, NoAnswer):
        return Uncertain(str(failure))
    if not isinstance(failure, Refusal):
        return Retry(str(failure))
    if failure.after is not None:
        return Retry("too many messages", failure.error, after=failure.after)
    if failure.error:
        return _coded(failure)
    return _uncoded(failure)


def outcome_of_route(failure: Failure) -> DeliveryOutcome:
    """The outcome of an answer over a `response_url`: when that has gone, the conversation is still there."""
    if isinstance(failure, Refusal) and failure.after is None:
        gone = failure.error in ROUTE_GONE or failure.status in (401, 403, 404, 410)
        if gone:
            return Refused("the private way to answer has ended", failure.error or str(failure.status), route_gone=True)
    return outcome_of(failure)


def is_final(failure: Failure) -> bool:
    """True when the platform has said no with a word, and would say it again."""
    return isinstance(failure, Refusal) and failure.after is None and bool(failure.error) and (
        failure.error not in FOR_LATER
    )


def is_about_token(failure: Failure) -> bool:
    """True when no other call with the same token would do better."""
    return isinstance(failure, Refusal) and failure.error in TOKEN


def _coded(failure: Refusal) -> DeliveryOutcome:
    code, detail = failure.error, f" ({failure.detail})" if failure.detail else ""
    if code in FOR_LATER:
        return Retry("the platform is busy", code, max_tries=BUSY_TRIES)
    if code in TOKEN:  # without a code of its own, for it counts against no message
        return Retry(f"{TOKEN[code]} ({', '.join(filter(None, (code, failure.detail)))})")
    if code in CHANNEL:
        return Refused(CHANNEL[code], code, destination_broken=True)
    if code in CANNOT_EDIT:
        return Refused("the message to change is not there any more, or cannot be changed", code)
    if code in TOO_LONG:
        return Refused("the message is too long for the platform", code)
    if code in BLOCKS_REFUSED:
        return Refused(f"the platform finds the blocks wrong: a defect of this adapter{detail}", code)
    if code in FAULTS:
        return Refused(f"the platform finds the request wrong: a defect of this adapter{detail}", code)
    reason = f"the platform refused with a code we do not know{detail}"
    return Retry(reason, code, max_tries=UNKNOWN_TRIES)


def _uncoded(failure: Refusal) -> DeliveryOutcome:
    status = failure.status
    if status >= 500 or status == 408:
        return Retry(f"HTTP {status}", str(status))
    if status in (401, 403, 404):  # somebody else's answer: a proxy, or the wrong host
        return Retry(f"HTTP {status}: check api_base_url", str(status))
    if 400 <= status < 500:
        return Refused(f"HTTP {status}", str(status))
    return Retry(f"HTTP {status}: {failure.detail or 'no answer of the platform'}", str(status),
                 after=timedelta(minutes=1), max_tries=UNKNOWN_TRIES)
