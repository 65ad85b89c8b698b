"""Being configured, started, looked at and stopped; and keeping secrets meanwhile."""

import asyncio
import logging

import pytest
from pydantic import ValidationError

from bot.contracts import Sent, WebhookRequest
from bot.testing.contract.receiving import SOON, being_stored, forgeries
from bot.testing.contract.samples import RICH
from bot.testing.contract.stage import Stage, Trouble
from bot.testing.contract.troubles import outcome_of

LEAST_SECRET = 6
"""Characters; a shorter one stands in many texts by chance."""


class Life:
    """From the configuration to the end."""

    async def test_the_type_describes_itself(self, stage: Stage) -> None:
        """A name, one line, and a configuration that refuses keys it does not know."""
        assert stage.type.type_name == stage.config.type
        assert stage.type.summary
        assert "\n" not in stage.type.summary
        assert stage.type.missing(stage.config) == []
        with pytest.raises(ValidationError):
            type(stage.config).model_validate(stage.config.model_dump() | {"no_such_key": 1})

    async def test_the_instance_goes_by_its_configured_name(self, stage: Stage) -> None:
        """Not by its type's."""
        assert stage.adapter.name == stage.config.name

    async def test_stopping_ends_everything_and_may_be_said_twice(self, stage: Stage) -> None:
        """And starting again works."""
        assert stage.adapter.health().ok
        await stage.adapter.stop()
        await stage.adapter.stop()
        assert not stage.adapter.health().ok
        assert not isinstance(await stage.adapter.send(stage.message(RICH)), Sent)
        await stage.adapter.start(stage.host)
        assert stage.adapter.health().ok
        assert isinstance(await stage.adapter.send(stage.message(RICH)), Sent)

    async def test_stopping_waits_for_what_is_being_stored(self, stage: Stage) -> None:
        """What the store has is acknowledged before we go."""
        async with being_stored(stage, "到哪了", "k1") as (held, asking):
            assert held.reached.is_set()
            stopping = asyncio.ensure_future(stage.adapter.stop())
            await asyncio.wait({stopping}, timeout=SOON)
            early = stopping.done()
            held.gate.set()
            async with asyncio.timeout(10):
                await stopping
                assert await asking
            assert not early, "stopped while a message was being stored"

    async def test_one_that_stands_still_takes_nothing(self, stage: Stage) -> None:
        """Before the start and after the end a callback is put off, not lost and not an error."""
        body = stage.genuine("到哪了", "k1")
        request = stage.callback(body) if body is not None else None
        await stage.adapter.stop()
        if request is not None:
            assert (await stage.adapter.handle_webhook(request)).status >= 400
        assert stage.host.received == []

    async def test_no_secret_is_told(self, stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
        """Not in a log line of any level, not in health, not in the reason of an outcome, not in a repr."""
        secrets = [secret for secret in stage.secrets() if len(secret) >= LEAST_SECRET]
        assert bool(secrets) == stage.has_secrets, "configure the adapter of the stage with secrets of some length"
        caplog.set_level(logging.DEBUG)
        told = [repr(stage.config), repr(stage.adapter), str(stage.adapter.health())]
        assert await stage.says("LX123456785CN 到哪了", "k1")
        for request in [*forgeries(stage), WebhookRequest("POST", {}, {}, b"{")]:
            await stage.adapter.handle_webhook(request)
        stage.host.full = True
        await stage.says("到哪了", "k2")
        stage.host.full = False
        for trouble in [kind for kind in Trouble if kind not in stage.cannot]:
            told += [repr(await _tried(stage, trouble)), str(stage.adapter.health())]
        await stage.adapter.stop()
        told += [caplog.text, *(str(vars(record)) for record in caplog.records)]
        assert [secret for secret in secrets if any(secret in text for text in told)] == []


async def _tried(stage: Stage, trouble: Trouble) -> object:
    """The outcome, whatever earlier troubles have left behind."""
    try:
        return await outcome_of(stage, trouble)
    except AssertionError:  # the channel rests after an earlier trouble
        return None
