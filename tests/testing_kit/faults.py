"""Faults seeded into real adapters: each breaks one promise, and names the tests of the suite that must see it."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import pytest

import adapters.dingtalk.answers
import adapters.dingtalk.receive
import adapters.dingtalk.send
import adapters.email.receive
import adapters.slack.receive
import adapters.slack.render
from adapters.email.authentic import author_of
from bot.contracts import (
    Card,
    DeliveryOutcome,
    Health,
    InboundMessage,
    NotStored,
    OutboundMessage,
    Receipt,
    Refused,
    Retry,
    Sent,
    Uncertain,
    WebhookRequest,
    WebhookResponse,
)
from bot.testing.conformance import Stage, Trouble

log = logging.getLogger("adapters.broken")
Patch = pytest.MonkeyPatch
Send = Callable[[OutboundMessage], Awaitable[DeliveryOutcome]]
OK = WebhookResponse(200)
OUTCOME = "test_what_the_platform_answers_becomes_the_right_outcome"
_kept: set[asyncio.Task[Any]] = set()


def later(work: Coroutine[Any, Any, Any]) -> None:
    """Leave something to run on its own."""
    task = asyncio.ensure_future(work)
    _kept.add(task)
    task.add_done_callback(_kept.discard)


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken promise."""

    name: str
    seed: Callable[[Stage, Patch], None]
    seen_by: str
    """The test of the suite that must fail."""
    case: dict[str, Any] = field(default_factory=dict)
    """Its parameters."""
    platform: str = "slack"


def mapped(change: Callable[[DeliveryOutcome], DeliveryOutcome]) -> Callable[[Stage, Patch], None]:
    """A fault that reads the platform's answers wrongly."""

    def seed(stage: Stage, patch: Patch) -> None:
        send: Send = stage.adapter.send

        async def broken(message: OutboundMessage) -> DeliveryOutcome:
            return change(await send(message))

        patch.setattr(stage.adapter, "send", broken)

    return seed


# ---- messages in ----


def acknowledges_before_storing(stage: Stage, patch: Patch) -> None:
    answer = stage.adapter.handle_webhook

    async def broken(request: WebhookRequest) -> WebhookResponse:
        later(answer(request))
        return OK

    patch.setattr(stage.adapter, "handle_webhook", broken)


def acknowledges_what_was_not_stored(stage: Stage, patch: Patch) -> None:
    receive = stage.host.receive

    async def broken(message: InboundMessage) -> Receipt:
        try:
            return await receive(message)
        except NotStored:
            return Receipt(0)

    patch.setattr(stage.host, "receive", broken)


def forgets_who_is_who(stage: Stage, patch: Patch) -> None:
    receive = stage.host.receive

    async def broken(message: InboundMessage) -> Receipt:
        return await receive(message.model_copy(update={"message_id": str(uuid4())}))

    patch.setattr(stage.host, "receive", broken)


def swaps_what_comes_in(stage: Stage, patch: Patch) -> None:
    receive = stage.host.receive
    held: list[InboundMessage] = []

    async def broken(message: InboundMessage) -> Receipt:
        held.append(message)
        if len(held) < 2:
            return Receipt(0)
        second, first = held.pop(), held.pop()
        await receive(second)
        return await receive(first)

    patch.setattr(stage.host, "receive", broken)


def believes_any_signature(stage: Stage, patch: Patch) -> None:
    patch.setattr(adapters.slack.receive, "signed_with", lambda *_: 0)


def believes_any_signature_on_dingtalk(stage: Stage, patch: Patch) -> None:
    patch.setattr(adapters.dingtalk.receive, "is_signed", lambda *_: True)


def believes_any_sender_of_mail(stage: Stage, patch: Patch) -> None:
    patch.setattr(adapters.email.receive, "author_of", lambda *given: replace(author_of(*given), authenticated=True))


def believes_what_is_old(stage: Stage, patch: Patch) -> None:
    patch.setattr(adapters.slack.receive, "is_fresh", lambda *_: True)


def raises_on_a_bad_payload(stage: Stage, patch: Patch) -> None:
    answer = stage.adapter.handle_webhook

    async def broken(request: WebhookRequest) -> WebhookResponse:
        response = await answer(request)
        if response.status in (200, 400):  # it is genuine
            json.loads(request.body)["event"]["text"].strip()
        return response

    patch.setattr(stage.adapter, "handle_webhook", broken)


# ---- messages out ----


def counts_characters(stage: Stage, patch: Patch) -> None:
    patch.setattr(
        adapters.slack.render, "weight", lambda content: len(json.dumps(content, ensure_ascii=False)),
    )


def leaves_parts_out(stage: Stage, patch: Patch) -> None:
    _shows(stage, patch, lambda cards: tuple(card.model_copy(update={"fields": ()}) for card in cards))


def says_it_anew_instead_of_changing_it(stage: Stage, patch: Patch) -> None:
    _sends(stage, patch, lambda message: message.model_copy(update={"replaces": None}))


def says_anew_what_is_gone(stage: Stage, patch: Patch) -> None:
    send: Send = stage.adapter.send

    async def broken(message: OutboundMessage) -> DeliveryOutcome:
        outcome = await send(message)
        if message.replaces is not None and isinstance(outcome, Refused):
            return await send(message.model_copy(update={"replaces": None}))
        return outcome

    patch.setattr(stage.adapter, "send", broken)


def turns_cards_round(stage: Stage, patch: Patch) -> None:
    _shows(stage, patch, lambda cards: cards[::-1])


def _shows(stage: Stage, patch: Patch, change: Callable[[tuple[Card, ...]], tuple[Card, ...]]) -> None:
    _sends(stage, patch, lambda message: message.model_copy(update={"cards": change(message.cards)}))


def _sends(stage: Stage, patch: Patch, change: Callable[[OutboundMessage], OutboundMessage]) -> None:
    send: Send = stage.adapter.send

    async def broken(message: OutboundMessage) -> DeliveryOutcome:
        return await send(change(message))

    patch.setattr(stage.adapter, "send", broken)


def reads_silence_as_sent(stage: Stage, patch: Patch) -> None:
    send: Send = stage.adapter.send

    async def broken(message: OutboundMessage) -> DeliveryOutcome:
        try:
            async with asyncio.timeout(0.2):
                return await send(message)
        except TimeoutError:
            return Sent()

    patch.setattr(stage.adapter, "send", broken)


def reads_http_200_as_sent(stage: Stage, patch: Patch) -> None:
    judge: Callable[..., DeliveryOutcome] = adapters.dingtalk.answers.outcome_of

    def broken(status: int, *rest: Any, **more: Any) -> DeliveryOutcome:
        return Sent() if status == 200 else judge(status, *rest, **more)

    patch.setattr(adapters.dingtalk.send, "outcome_of", broken)


# ---- life ----


def writes_a_secret_into_the_log(stage: Stage, patch: Patch) -> None:
    send: Send = stage.adapter.send

    async def broken(message: OutboundMessage) -> DeliveryOutcome:
        log.debug("posting with %s", stage.secrets()[-1])
        return await send(message)

    patch.setattr(stage.adapter, "send", broken)


def does_not_wait_when_it_stops(stage: Stage, patch: Patch) -> None:
    stop = stage.adapter.stop

    async def broken() -> None:
        later(stop())

    patch.setattr(stage.adapter, "stop", broken)


def waits_for_ever_when_it_stops(stage: Stage, patch: Patch) -> None:
    send: Send = stage.adapter.send
    stop = stage.adapter.stop
    flying: list[OutboundMessage] = []

    async def sending(message: OutboundMessage) -> DeliveryOutcome:
        flying.append(message)
        outcome = await send(message)
        flying.remove(message)
        return outcome

    async def broken() -> None:
        if flying:
            raise TimeoutError("stands for a wait without an end, which a test need not sit through")
        await stop()

    patch.setattr(stage.adapter, "send", sending)
    patch.setattr(stage.adapter, "stop", broken)


def says_it_is_well_when_it_is_not(stage: Stage, patch: Patch) -> None:
    patch.setattr(stage.adapter, "health", lambda: Health(True))


def _as(kind: type[Any], other: DeliveryOutcome) -> Callable[[Stage, Patch], None]:
    return mapped(lambda outcome: other if isinstance(outcome, kind) else outcome)


FAULTS = (
    Fault("acknowledges before storing", acknowledges_before_storing,
          "test_nothing_is_acknowledged_before_it_is_stored"),
    Fault("acknowledges what was not stored", acknowledges_what_was_not_stored,
          "test_what_was_not_stored_is_not_acknowledged"),
    Fault("forgets which message is which", forgets_who_is_who, "test_a_message_delivered_twice_keeps_its_identity"),
    Fault("swaps what comes in", swaps_what_comes_in, "test_messages_keep_their_order"),
    Fault("believes any signature", believes_any_signature, "test_nobody_can_pretend_to_be_somebody_we_know"),
    Fault("believes any signature, DingTalk", believes_any_signature_on_dingtalk,
          "test_nobody_can_pretend_to_be_somebody_we_know", platform="dingtalk"),
    Fault("believes any sender, e-mail", believes_any_sender_of_mail,
          "test_nobody_can_pretend_to_be_somebody_we_know", platform="email"),
    Fault("acknowledges what was not stored, e-mail", acknowledges_what_was_not_stored,
          "test_what_was_not_stored_is_not_acknowledged", platform="email"),
    Fault("swaps what comes in, e-mail", swaps_what_comes_in, "test_messages_keep_their_order", platform="email"),
    Fault("leaves parts out, e-mail", leaves_parts_out, "test_every_part_of_a_card_can_be_read", platform="email"),
    Fault("reads a cut connection as not sent, e-mail", _as(Uncertain, Retry("cut")), OUTCOME,
          {"trouble": Trouble.CUT}, "email"),
    Fault("acknowledges what was not stored, web chat", acknowledges_what_was_not_stored,
          "test_what_was_not_stored_is_not_acknowledged", platform="local"),
    Fault("says it anew instead of changing it, web chat", says_it_anew_instead_of_changing_it,
          "test_a_message_is_changed_where_it_stands", platform="local"),
    Fault("believes what is old", believes_what_is_old, "test_an_old_callback_is_not_believed_again"),
    Fault("raises on a bad payload", raises_on_a_bad_payload,
          "test_a_bad_payload_is_answered_and_never_an_error_of_ours"),
    Fault("counts characters for bytes", counts_characters, "test_every_part_of_a_card_shrinks",
          {"part": "paragraphs"}),
    Fault("leaves parts out", leaves_parts_out, "test_every_part_of_a_card_can_be_read"),
    Fault("turns cards round", turns_cards_round, "test_sent_one_after_the_other_they_arrive_in_that_order"),
    Fault("says it anew instead of changing it", says_it_anew_instead_of_changing_it,
          "test_a_message_is_changed_where_it_stands"),
    Fault("says anew what is gone", says_anew_what_is_gone,
          "test_the_change_of_a_message_that_is_gone_says_nothing_new"),
    Fault("does not say that a message can be changed",
          mapped(lambda o: replace(o, editable=False) if isinstance(o, Sent) else o),
          "test_a_message_is_changed_where_it_stands"),
    Fault("reads a refusal as sent", _as(Refused, Sent()), OUTCOME, {"trouble": Trouble.REFUSED}),
    Fault("reads HTTP 200 as sent, DingTalk", reads_http_200_as_sent, OUTCOME, {"trouble": Trouble.REFUSED},
          "dingtalk"),
    Fault("does not say that a place is lost",
          mapped(lambda o: replace(o, destination_broken=False) if isinstance(o, Refused) else o),
          OUTCOME, {"trouble": Trouble.FORBIDDEN}),
    Fault("does not wait when throttled", mapped(lambda o: replace(o, after=None) if isinstance(o, Retry) else o),
          OUTCOME, {"trouble": Trouble.THROTTLED}),
    Fault("gives up when the platform is busy", _as(Retry, Refused("busy")), OUTCOME, {"trouble": Trouble.BUSY}),
    Fault("reads silence as sent", reads_silence_as_sent, OUTCOME, {"trouble": Trouble.SILENT}),
    Fault("reads a cut connection as sent", _as(Uncertain, Sent()), OUTCOME, {"trouble": Trouble.CUT}),
    Fault("reads a cut connection as not sent", _as(Uncertain, Retry("cut")), OUTCOME, {"trouble": Trouble.CUT}),
    Fault("doubts where nothing was sent", _as(Retry, Uncertain("?")), OUTCOME, {"trouble": Trouble.UNREACHABLE}),
    Fault("writes a secret into the log", writes_a_secret_into_the_log, "test_no_secret_is_told"),
    Fault("does not wait when it stops", does_not_wait_when_it_stops, "test_stopping_waits_for_what_is_being_stored"),
    Fault("waits for ever when it stops", waits_for_ever_when_it_stops,
          "test_stopping_ends_in_time_while_a_message_is_on_its_way"),
    Fault("says it is well when it is not", says_it_is_well_when_it_is_not,
          "test_stopping_ends_everything_and_may_be_said_twice"),
)
