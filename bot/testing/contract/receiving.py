"""Messages in: who said what, nothing acknowledged before it is stored, nothing believed that nobody vouches for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.clock import MovableClock
from bot.contracts import InboundMessage, WebhookRequest
from bot.testing.contract.samples import ODD
from bot.testing.contract.stage import Stage

SOON = 0.05
"""Seconds in which something that must not happen yet would have happened."""
AT_MOST = 10.0


class Held:
    """A store that is busy: messages reach it and are not safe before the gate opens."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.gate = asyncio.Event()

    async def __call__(self, message: InboundMessage) -> None:  # noqa: ARG002 - the hook's shape
        """See `RecordingHost.on_message`."""
        self.reached.set()
        await self.gate.wait()


@asynccontextmanager
async def being_stored(stage: Stage, text: str, key: str) -> AsyncIterator[tuple[Held, "asyncio.Future[bool]"]]:
    """A message that is just being stored, and what becomes of its acknowledgement."""
    held = stage.host.on_message = Held()
    asking = asyncio.ensure_future(stage.says(text, key))
    reaching = asyncio.ensure_future(held.reached.wait())
    try:
        async with asyncio.timeout(AT_MOST):
            await asyncio.wait({asking, reaching}, return_when=asyncio.FIRST_COMPLETED)
        yield held, asking
    finally:
        held.gate.set()
        stage.host.on_message = None
        reaching.cancel()
        await asyncio.wait({asking})


class Receiving:
    """What comes in."""

    async def test_a_persons_words_are_handed_over_with_who_where_and_when(self, stage: Stage) -> None:
        """Everything the core needs to answer."""
        assert await stage.says("LX123456785CN 到哪了", "k1")
        (message,) = stage.host.received
        assert message.text == "LX123456785CN 到哪了"
        assert message.conversation.adapter == stage.config.name
        assert message.message_id
        assert message.conversation.external_id
        assert message.sender.external_id
        assert not message.automated
        assert not message.from_self

    async def test_a_message_delivered_twice_keeps_its_identity(self, stage: Stage) -> None:
        """So that the inbox can see that it is the same; two messages are two. After a restart too."""
        assert await stage.says("到哪了", "k1")
        assert await stage.says("到哪了", "k2")
        assert len(stage.host.received) == 2
        if stage.redelivers:
            assert await stage.says("到哪了", "k1")
            assert len(stage.host.received) == 2
            await stage.adapter.stop()
            await stage.adapter.start(stage.host)
            assert await stage.says("到哪了", "k2")
            assert len(stage.host.received) == 2

    async def test_what_was_not_stored_is_not_acknowledged(self, stage: Stage) -> None:
        """The platform, or the asker, must know; what is delivered again is taken then, once."""
        stage.host.full = True
        assert not await stage.says("到哪了", "k1")
        assert stage.host.received == []
        stage.host.full = False
        if stage.redelivers:
            assert await stage.says("到哪了", "k1")
            assert len(stage.host.received) == 1

    async def test_nothing_is_acknowledged_before_it_is_stored(self, stage: Stage) -> None:
        """However long the store takes."""
        async with being_stored(stage, "到哪了", "k1") as (held, asking):
            assert held.reached.is_set(), "acknowledged, or given up, before it reached the store"
            await asyncio.wait({asking}, timeout=SOON)
            assert not asking.done(), "acknowledged before it was stored"
            held.gate.set()
            async with asyncio.timeout(AT_MOST):
                assert await asking

    async def test_messages_keep_their_order(self, stage: Stage) -> None:
        """What was said first is handed over first."""
        said = [f"第 {number} 句" for number in range(6)]
        for number, text in enumerate(said):
            assert await stage.says(text, f"k{number}")
        assert [message.text for message in stage.host.received] == said

    @pytest.mark.parametrize("text", ODD)
    async def test_odd_texts_come_in(self, stage: Stage, text: str) -> None:
        """Nothing a person can type is an error."""
        assert await stage.says(text, "k1")
        assert len(stage.host.received) == 1

    @pytest.mark.parametrize("body", [b"", b"\xff", b"{}", b"[" * 5_000, b"x" * 10_000_000])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_a_callback_nobody_can_vouch_for_is_refused_quietly(
        self, stage: Stage, method: str, body: bytes
    ) -> None:
        """A 4xx, never an error of ours, and nothing is stored."""
        response = await stage.adapter.handle_webhook(WebhookRequest(method, {}, {}, body))
        assert 400 <= response.status < 500
        assert stage.host.received == []

    async def test_nobody_can_pretend_to_be_somebody_we_know(self, stage: Stage) -> None:
        """A genuine callback that was changed, stripped of its signature or kept for later is not believed."""
        for request in forgeries(stage):
            response = await stage.adapter.handle_webhook(request)
            assert 400 <= response.status < 500, f"answered {response.status} to {request}"
        await stage.pretends("LX123456785CN 到哪了", "f1")
        assert [message for message in stage.host.received if message.sender.authenticated] == []

    async def test_an_old_callback_is_not_believed_again(self, stage: Stage) -> None:
        """Whoever got hold of one cannot use it for ever."""
        body, clock = stage.genuine("到哪了", "f2"), stage.host.clock
        request = stage.callback(body) if body is not None else None
        if request is None or stage.forgets_after is None or not isinstance(clock, MovableClock):
            return
        clock.advance(stage.forgets_after)
        assert 400 <= (await stage.adapter.handle_webhook(request)).status < 500
        assert stage.host.received == []


def forgeries(stage: Stage) -> list[WebhookRequest]:
    """Callbacks that are nearly genuine; none where the platform does not call."""
    body = stage.genuine("LX123456785CN 到哪了", "f1")
    genuine = stage.callback(body) if body is not None else None
    if genuine is None:
        return []
    made = [WebhookRequest(genuine.method, {}, genuine.query, genuine.body)]
    for name in stage.signature_headers:
        value = genuine.headers[name]
        for other in ("", value[:-1], value[:-1] + ("0" if value[-1] != "0" else "1")):
            made.append(WebhookRequest(genuine.method, {**genuine.headers, name: other}, genuine.query, genuine.body))
    return made
