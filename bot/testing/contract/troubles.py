"""A platform that refuses, throttles, hangs or is not there: each becomes the outcome the outbox acts on rightly."""

import asyncio
from datetime import timedelta

import pytest

from bot.contracts import Card, DeliveryOutcome, Refused, Retry, Sent, Uncertain
from bot.testing.contract.stage import Stage, Trouble

WARM, PROBE = Card(text=("all is well",)), Card(title="LX123456785CN", text=("held at customs",))
OVER_AT_ONCE = (Trouble.BUSY, Trouble.CUT, Trouble.SILENT)
"""After these the next message goes out, whenever it is sent."""


async def outcome_of(stage: Stage, trouble: Trouble) -> DeliveryOutcome:
    """What an adapter makes of a trouble. As in the core, one that does not come back in time is uncertain."""
    if trouble is not Trouble.UNREACHABLE:  # a connection that was used and is lost leaves a doubt; here is none
        assert isinstance(await stage.adapter.send(stage.message(WARM)), Sent)
    message = stage.message(PROBE)
    await stage.provoke(trouble)
    try:
        async with asyncio.timeout(stage.silence if trouble is Trouble.SILENT else 10):
            return await stage.adapter.send(message)
    except TimeoutError:
        return Uncertain("no answer in time")


def is_right(trouble: Trouble, outcome: DeliveryOutcome) -> bool:
    """Whether the outbox will do what it must."""
    match trouble, outcome:
        case Trouble.REFUSED, Refused(destination_broken=False):
            return True
        case Trouble.FORBIDDEN, Refused(destination_broken=broken, route_gone=gone):
            return broken or gone
        case Trouble.THROTTLED, Retry(after=after, close_channel_for=closed):
            return max(after or timedelta(0), closed or timedelta(0)) > timedelta(0)
        case (Trouble.BUSY | Trouble.UNREACHABLE), Retry():
            return True
        case (Trouble.SILENT | Trouble.CUT), Uncertain():
            return True
        case _:
            return False


class Troubles:
    """What becomes of a message that the platform did not simply take."""

    @pytest.mark.parametrize("trouble", Trouble)
    async def test_what_the_platform_answers_becomes_the_right_outcome(self, stage: Stage, trouble: Trouble) -> None:
        """Only what was taken is sent, what may be taken later is tried again, what nobody knows is uncertain."""
        if trouble in stage.cannot:
            return
        outcome = await outcome_of(stage, trouble)
        assert is_right(trouble, outcome), f"{trouble}: {outcome}"
        if trouble in OVER_AT_ONCE:
            assert isinstance(await stage.adapter.send(stage.message(PROBE)), Sent)

    async def test_stopping_ends_in_time_while_a_message_is_on_its_way(self, stage: Stage) -> None:
        """And nothing is said to have been sent that nobody answered for."""
        if Trouble.SILENT in stage.cannot:
            return
        await stage.provoke(Trouble.SILENT)
        sending = asyncio.ensure_future(stage.adapter.send(stage.message(PROBE)))
        await asyncio.wait({sending}, timeout=0.1)
        async with asyncio.timeout(8):
            await stage.adapter.stop()
        sending.cancel()
        await asyncio.wait({sending}, timeout=5)
        assert sending.cancelled() or not isinstance(sending.result(), Sent)
        await stage.adapter.start(stage.host)
        assert isinstance(await stage.adapter.send(stage.message(PROBE)), Sent)
