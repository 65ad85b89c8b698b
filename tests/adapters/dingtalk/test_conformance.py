"""The behaviour every adapter shares, over Stream with sessions, and over the OpenAPI with interactive cards."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.dingtalk import ADAPTER, DingTalkAdapter, DingTalkConfig
from bot.contracts import Action, Card, ConversationKind, OutboundMessage, ReplyRoute, Sent
from bot.testing import Answer, FakeDingTalk, Hang, MovableClock, RecordingHost, Reset, outbound
from bot.testing.conformance import RICH, AdapterContract, Stage, Trouble, body_of
from bot.testing.dingtalk_cards import TEMPLATE
from bot.testing.messages import WHEN
from bot.testing.scripts import Script
from tests.adapters.dingtalk.streaming import FAST

GROUP = "cidGroup1=="
HOW_IT_ENDS: Mapping[Trouble, Script] = {
    Trouble.BUSY: Answer("busy", 503), Trouble.SILENT: Hang(taken=True), Trouble.CUT: Reset(taken=True),
}
BY_WEBHOOK: Mapping[Trouble, Script] = {
    Trouble.REFUSED: Answer({"errcode": 430102, "errmsg": "unsafe"}),
    Trouble.FORBIDDEN: Answer({"errcode": 400013, "errmsg": "group disbanded"}),
    Trouble.THROTTLED: Answer({"errcode": 130101, "errmsg": "send too fast"}),
    **HOW_IT_ENDS,
}
BY_API: Mapping[Trouble, Script] = {
    Trouble.REFUSED: Answer({"code": "contain.unsafe.url", "message": "…"}, 400),
    Trouble.FORBIDDEN: Answer({"code": "group.disbanded", "message": "…"}, 400),
    Trouble.THROTTLED: Answer({"code": "send.too.fast", "message": "…"}, 400),
    **HOW_IT_ENDS,
}


class StreamStage(Stage):
    """Questions pushed by the gateway, answers over a session."""

    cannot = frozenset[Trouble]()
    scripts = BY_WEBHOOK

    def __init__(self, host: RecordingHost, fake: FakeDingTalk, **more: Any) -> None:
        config = DingTalkConfig.model_validate(fake.configuration("partner-ding", mode="stream", **more))
        super().__init__(ADAPTER, config, host)
        self.adapter = DingTalkAdapter(config, pace=FAST)
        self.fake = fake

    async def says(self, text: str, key: str) -> bool:
        return await self.deliver(self.genuine(text, key))

    def genuine(self, text: str, key: str) -> bytes:
        return body_of(self.fake.payload(text, conversation=GROUP, msgId=key))

    async def deliver(self, body: bytes) -> bool:
        push = await self.fake.stream.push(body.decode("utf-8", "replace"))
        await self.fake.stream.until(lambda: push.ack)
        return push.is_taken

    async def pretends(self, text: str, key: str) -> None:
        for other in ({"robotCode": "dingother"}, {"chatbotCorpId": "dingother"}):
            await self.deliver(body_of(self.fake.payload(text, conversation=GROUP, msgId=key) | other))

    async def provoke(self, trouble: Trouble) -> None:
        if trouble is Trouble.UNREACHABLE:
            await self.fake.stop()
        else:
            self.fake.script(self.scripts[trouble])

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        route = ReplyRoute(url=self.fake.open_session(GROUP), expires_at=WHEN.replace(hour=9))
        return outbound(*cards, adapter=self.config.name, conversation=GROUP, kind=ConversationKind.GROUP,
                        reply_route=route, **more)

    def arrived(self) -> list[str]:
        return [post.text for post in self.fake.posts]

    def largest_payload(self) -> int:
        return max(len(json.dumps(post.body, ensure_ascii=False).encode()) for post in self.fake.posts)


class ApiStage(StreamStage):
    """The same without a session."""

    scripts = BY_API

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        return outbound(*cards, adapter=self.config.name, conversation=GROUP, kind=ConversationKind.GROUP, **more)

    def secrets(self) -> Sequence[str]:
        return [*super().secrets(), *self.fake.openapi.tokens, *self.fake.stream.tickets]


class CardStage(ApiStage):
    """The same with a button, so that it becomes an interactive card."""

    def __init__(self, host: RecordingHost, fake: FakeDingTalk) -> None:
        super().__init__(host, fake, card_template_id=TEMPLATE)

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        action = Action(label="OK", say="ok")
        pressed = (card if card.actions else card.model_copy(update={"actions": (action,)}) for card in cards)
        return super().message(*pressed, **more)

    async def loses(self, ref: str) -> None:
        del self.fake.openapi.cards.cards[ref.partition(" ")[0]]

    def arrived(self) -> list[str]:
        return [post.text for post in self.fake.posts if post.by == "card"]


@asynccontextmanager
async def started(kind: type[StreamStage]) -> AsyncIterator[Stage]:
    clock = MovableClock(WHEN)
    async with RecordingHost(clock) as host, FakeDingTalk(clock.now) as fake:
        stage = kind(host, fake)
        await stage.adapter.start(host)
        yield stage
        await stage.adapter.stop()


class TestStream(AdapterContract):
    @pytest.fixture(params=[StreamStage, ApiStage])
    async def stage(self, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
        async with started(request.param) as stage:
            yield stage


class TestCards(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with started(CardStage) as stage:
            yield stage

    async def test_a_copy_is_dropped_where_the_channel_says_so(self, stage: Stage) -> None:
        """The channel promises nothing, for its other forms cannot; a card is shown once all the same."""
        message = stage.message(RICH)
        for attempt in (1, 2):
            assert isinstance(await stage.adapter.send(message.model_copy(update={"attempt": attempt})), Sent)
        assert len(stage.arrived()) == 1
