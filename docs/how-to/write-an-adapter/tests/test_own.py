"""What only this channel has: its fields, its refusals, its live check."""

import json
from collections.abc import AsyncIterator

import pytest
from chat import Chat, signed
from parcelbridge_webhook import ADAPTER, WebhookAdapter, WebhookConfig

from bot.contracts import ConversationKind
from bot.testing import MovableClock, RecordingHost, outbound
from bot.testing.messages import WHEN


@pytest.fixture
async def host() -> AsyncIterator[RecordingHost]:
    async with RecordingHost(MovableClock(WHEN)) as host:
        yield host


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as chat:
        yield chat


@pytest.fixture
async def adapter(host: RecordingHost, chat: Chat) -> AsyncIterator[WebhookAdapter]:
    adapter = ADAPTER.create(WebhookConfig.model_validate(chat.configuration()))
    await adapter.start(host)
    yield adapter
    await adapter.stop()


def body(**more: object) -> bytes:
    return json.dumps({"id": "m1", "room": "r1", "from": "li", "text": "到哪了"} | more).encode()


async def test_a_room_of_two_and_our_own_words_are_known(adapter: WebhookAdapter, host: RecordingHost) -> None:
    for payload in (body(direct=True), body(id="m2", bot=True)):
        assert (await adapter.handle_webhook(signed(payload, host))).status == 200
    first, second = host.received
    assert (first.conversation.kind, first.from_self) == (ConversationKind.DIRECT, False)
    assert (second.conversation.kind, second.from_self) == (ConversationKind.GROUP, True)


@pytest.mark.parametrize(("key", "value"), [
    ("id", ""), ("room", 7), ("from", "a\nb"), ("text", None), ("id", "x" * 201),
])
async def test_a_field_that_is_wrong_is_named(
    adapter: WebhookAdapter, host: RecordingHost, key: str, value: object
) -> None:
    response = await adapter.handle_webhook(signed(body(**{key: value}), host))
    assert response.status == 400
    assert key in json.loads(response.body)["error"]


async def test_a_token_that_is_refused_is_an_operators_affair(host: RecordingHost, chat: Chat) -> None:
    adapter = WebhookAdapter(WebhookConfig.model_validate(chat.configuration() | {"token": "another"}))
    await adapter.start(host)
    await adapter.send(outbound("hello"))
    assert adapter.health().state == "degraded"
    assert "copy it again" in adapter.health().detail
    await adapter.stop()


async def test_what_is_missing_is_named(adapter: WebhookAdapter) -> None:
    assert ADAPTER.missing(WebhookConfig(name="x", type="webhook")) == ["post_url", "token", "signing_secret"]


async def test_the_live_check_says_whether_anybody_listens(
    adapter: WebhookAdapter, host: RecordingHost, chat: Chat
) -> None:
    assert (await adapter.check(host)).ok
    await chat.stop()
    assert "check address" in (await adapter.check(host)).detail
