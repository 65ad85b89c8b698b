"""The DingTalk adapter: hears people over Stream or signed callbacks, answers over sessions, robots and the OpenAPI."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random

from adapters.dingtalk.afterwards import Afterwards
from adapters.dingtalk.api_send import ApiSender
from adapters.dingtalk.asking import Asking
from adapters.dingtalk.budget import CALLS, MESSAGES, Budget
from adapters.dingtalk.card_send import CardSender
from adapters.dingtalk.check import check
from adapters.dingtalk.codec import Robot, staff_id
from adapters.dingtalk.config import DingTalkConfig, missing, receives
from adapters.dingtalk.delivery import Delivery
from adapters.dingtalk.files import Files
from adapters.dingtalk.frames import Frame, Reply
from adapters.dingtalk.health import figures, judged
from adapters.dingtalk.hearing import Hearing
from adapters.dingtalk.intake import Intake
from adapters.dingtalk.openapi import OpenApi
from adapters.dingtalk.pace import StreamPace
from adapters.dingtalk.people import People
from adapters.dingtalk.persons import Persons
from adapters.dingtalk.presses import SIGNATURE_HEADER, Presses
from adapters.dingtalk.receive import LATER, Receiver
from adapters.dingtalk.register_cards import CardRoute
from adapters.dingtalk.routes import origins
from adapters.dingtalk.send import Sender
from adapters.dingtalk.stream import Stream
from adapters.dingtalk.ways import Ways
from bot.contracts import (
    AdapterHost,
    Attachment,
    Buttons,
    Capabilities,
    Delivered,
    DeliveryOutcome,
    FetchedFile,
    FoundPerson,
    Health,
    Markdown,
    NotDone,
    NotFetched,
    OutboundMessage,
    PersonKey,
    Quota,
    Readers,
    Retry,
    WebhookRequest,
    WebhookResponse,
)
from bot.contracts.patience import Patience

SENDS_PER_MINUTE = 18
"""The platform mutes a robot at more than 20; two stay free for clocks that disagree."""
RESERVED_PER_MINUTE = 3
ANSWERED_WITHIN = 1.9
"""Seconds: a card's button is given 2, a message 2.5. What is not stored by then may be delivered again."""
NOT_STARTED = "the adapter is not started"


class DingTalkAdapter:
    """One configured instance."""

    def __init__(
        self, config: DingTalkConfig, *, pace: StreamPace | None = None, dice: Random | None = None
    ) -> None:
        self._config = config
        self._host: AdapterHost | None = None
        self._intake: Intake | None = None
        self._budget = Budget(config.name, {CALLS: config.monthly_calls, MESSAGES: config.monthly_messages})
        self._persons = Persons()
        self._api = OpenApi(config, self._budget)
        self._files = Files(config, self._api)
        self._route = CardRoute(config, self._api)
        ways = Ways(config, origins((config.oapi_base_url, config.api_base_url)))
        self._sender = Sender(ways, config.max_bytes)
        robot = _robot(config)
        self._asking = Asking(self._api)
        self._people = People(config.name, self._asking)
        self._afterwards = Afterwards(config, self._asking, persons=self._persons, people=self._people)
        cards = CardSender(config, self._asking, callback=self._route.name)
        calls = ApiSender(config=config, asking=self._asking, persons=self._persons, cards=cards) if robot else None
        self._delivery = Delivery(self._sender, ways=ways, api=calls, budget=self._budget)
        self._presses = Presses(robot, self._route.secret) if robot else None
        self._receiver = _receiver(config, robot)
        self._hearing = Hearing(robot, self._presses) if robot and self._presses else None
        streams = config.mode == "stream" and self._hearing is not None
        self._stream = Stream(config, self._heard, pace=pace, dice=dice) if streams else None
        self._patience = Patience(ANSWERED_WITHIN)
        self._capabilities = _capabilities(config)
        self._thrifty = replace(self._capabilities, reserved_per_minute=SENDS_PER_MINUTE - 1)

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self._config.name

    @property
    def capabilities(self) -> Capabilities:
        """What a message can show, and the pace of one robot.

        When the month's budget runs low, one push a minute is left to each conversation: those that wait meanwhile are
        bundled into one. Replies are as quick as ever.
        """
        return self._thrifty if self._budget.is_low else self._capabilities

    async def start(self, host: AdapterHost) -> None:
        """Hear people from now on; over Stream, waits a little for the first connection and no longer."""
        await self._budget.start(host.state(self.name), host.now())
        self._host = host
        self._intake = Intake(host=host, adapter=self.name, persons=self._persons, budget=self._budget)
        self._route.start(host)
        if self._stream is not None:
            await self._stream.start(host.session)

    async def stop(self) -> None:
        """Hear no more, and wait for what is being handed to the inbox."""
        if self._stream is not None:
            await self._stream.stop()
        self._host = self._intake = None
        await self._patience.idle()
        await self._route.stop()
        await self._api.tokens.stop()
        await self._files.stop()
        await self._budget.stop()

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        """Deliver one message."""
        if self._host is None:
            return Retry(NOT_STARTED)
        return await self._delivery.send(message, self._host)

    async def fetch(self, attachment: Attachment, *, max_bytes: int) -> FetchedFile:
        """A file that came with a message. Raises `NotFetched`."""
        if self._host is None:
            raise NotFetched(NOT_STARTED, again=True)
        return await self._files.fetch(attachment, self._host, max_bytes=max_bytes)

    def quotas(self) -> Sequence[Quota]:
        """See `Metered`."""
        return self._budget.quotas()

    async def readers(self, message: Delivered, host: AdapterHost) -> Readers:
        """See `TellsReaders`."""
        async with self._at_hand(host):
            return await self._afterwards.readers(message, host)

    async def recall(self, messages: Sequence[Delivered], host: AdapterHost) -> Mapping[str, str]:
        """See `Recalls`."""
        async with self._at_hand(host):
            return await self._afterwards.recall(messages, host)

    async def find_person(self, by: PersonKey, value: str, host: AdapterHost) -> FoundPerson | None:
        """See `FindsPeople`."""
        async with self._at_hand(host):
            return await self._people.find(by, (by == "id" and staff_id(value)) or value, host)

    @asynccontextmanager
    async def _at_hand(self, host: AdapterHost) -> AsyncIterator[None]:
        """Ask without hearing anybody: an adapter that was not started counts what it asks all the same."""
        if not receives(self._config):
            raise NotDone("it has custom robots only, and no application that could be asked")
        if self._host is not None:
            yield
            return
        await self._budget.start(host.state(self.name), host.now())
        try:
            yield
        finally:
            await self._api.tokens.stop()
            await self._budget.stop()

    async def handle_webhook(self, request: WebhookRequest) -> WebhookResponse:
        """Answer one callback of the platform; 404 when this instance only pushes.

        A robot in Stream mode takes signed callbacks too, so that nothing is lost while it is moved from one mode to
        the other.
        """
        if self._receiver is None or self._presses is None:
            return WebhookResponse(404)
        intake = self._intake
        if intake is None:
            return LATER
        by_http = self._presses.by_http if SIGNATURE_HEADER in request.headers else self._receiver.answer
        try:
            return await self._patience.bound(by_http(request, intake))
        except TimeoutError:
            return LATER

    def health(self) -> Health:
        """Up; `degraded`, and still at work, when a person has to mend something; not ok when nobody is heard."""
        problems = self._sender.problems | self._asking.problems | self._budget.problems
        counted = figures(
            self._budget, sender=self._sender, receiver=self._receiver, hearing=self._hearing, stream=self._stream
        )
        if self._host is None:
            return Health(False, "stopped", NOT_STARTED, counted)
        return judged(problems, counted, stream=self._stream, receives=self._receiver is not None)

    async def check(self, host: AdapterHost) -> Health:
        """Whether the credentials are taken, and whether Stream can be registered."""
        return await check(self._config, host)

    async def _heard(self, frame: Frame) -> Reply:
        assert self._hearing is not None
        assert self._intake is not None
        return await self._hearing.answer(frame, self._intake)


def _robot(config: DingTalkConfig) -> Robot | None:
    if not receives(config):
        return None
    return Robot(
        adapter=config.name,
        code=config.robot_code or "",
        corp_id=config.corp_id or "",
        other_corps=frozenset(config.allowed_sender_corps),
        origins=origins((config.oapi_base_url, config.api_base_url)),
    )


def _receiver(config: DingTalkConfig, robot: Robot | None) -> Receiver | None:
    if robot is None or config.client_secret is None:
        return None
    return Receiver(robot, config.client_secret.get_secret_value())


def _capabilities(config: DingTalkConfig) -> Capabilities:
    cards = config.card_template_id is not None and receives(config)
    return Capabilities(
        max_bytes=config.max_bytes,
        sends_per_minute=SENDS_PER_MINUTE,
        reserved_per_minute=RESERVED_PER_MINUTE,
        pace_by_conversation=True,
        markdown=Markdown.DINGTALK,
        buttons=Buttons.CALLBACK if cards else Buttons.LINK,
        proactive=receives(config) or bool(config.custom_robots),
        files=receives(config),
        edits_in_place=cards,
    )


class DingTalkType:
    """The adapter type `dingtalk`."""

    type_name = "dingtalk"
    config_model = DingTalkConfig
    summary = "DingTalk: Stream or HTTP callbacks in; sessions, OpenAPI, cards and custom robots out"

    def create(self, config: DingTalkConfig) -> DingTalkAdapter:
        """An instance for a validated configuration."""
        return DingTalkAdapter(config)

    def missing(self, config: DingTalkConfig) -> list[str]:
        """Keys this instance still needs."""
        return missing(config)


ADAPTER = DingTalkType()
