"""The shipped suite: what every adapter has to keep."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from chat import Chat, signed
from parcelbridge_webhook import ADAPTER, WebhookConfig

from bot.contracts import Card, ConversationKind, OutboundMessage, WebhookRequest
from bot.testing import Answer, Hang, MovableClock, RecordingHost, Reset, outbound
from bot.testing.conformance import AdapterContract, CallbackStage, Stage, Trouble, body_of
from bot.testing.messages import WHEN
from bot.testing.scripts import Script

ANSWERS: Mapping[Trouble, Script] = {
    Trouble.REFUSED: Answer("no", 422),
    Trouble.FORBIDDEN: Answer("gone", 410),
    Trouble.THROTTLED: Answer("slow down", 429, {"Retry-After": "7"}),
    Trouble.BUSY: Answer("busy", 503),
    Trouble.SILENT: Hang(taken=True),
    Trouble.CUT: Reset(taken=True),
}


class WebhookStage(CallbackStage):
    """Our hands and eyes at the chat's end."""

    cannot = frozenset[Trouble]()
    signature_headers = ("x-signature", "x-timestamp")

    def __init__(self, host: RecordingHost, chat: Chat) -> None:
        super().__init__(ADAPTER, WebhookConfig.model_validate(chat.configuration()), host)
        self.chat = chat

    def genuine(self, text: str, key: str) -> bytes:
        return body_of({"id": key, "room": "r1", "from": "li", "text": text, "at": int(WHEN.timestamp())})

    def callback(self, body: bytes) -> WebhookRequest:
        return signed(body, self.host)

    async def provoke(self, trouble: Trouble) -> None:
        if trouble is Trouble.UNREACHABLE:
            await self.chat.stop()
        else:
            self.chat.script(ANSWERS[trouble])

    def message(self, *cards: Card, **more: Any) -> OutboundMessage:
        return outbound(*cards, adapter=self.config.name, conversation="r1", kind=ConversationKind.GROUP, **more)

    def arrived(self) -> list[str]:
        return [post["text"] for post in self.chat.posts.values()]

    def largest_payload(self) -> int:
        return self.chat.largest


class TestWebhook(AdapterContract):
    @pytest.fixture
    async def stage(self) -> AsyncIterator[Stage]:
        async with RecordingHost(MovableClock(WHEN)) as host, Chat() as chat:
            stage = WebhookStage(host, chat)
            await stage.adapter.start(host)
            yield stage
            await stage.adapter.stop()
