"""What takes too long is ended, what is ended from outside stays ended, and the others go on."""

import asyncio

import pytest

from bot.contracts.patience import Patience


async def test_what_takes_too_long_is_ended_and_the_others_go_on() -> None:
    patience, release = Patience(0.0), asyncio.Event()
    with pytest.raises(TimeoutError):
        await patience.bound(asyncio.Event().wait())
    other = asyncio.ensure_future(Patience(60.0).bound(release.wait()))
    with pytest.raises(TimeoutError):
        await patience.bound(asyncio.Event().wait())
    release.set()
    assert await other
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


async def test_its_own_result_and_its_own_failure_pass() -> None:
    patience = Patience(60.0)
    assert await patience.bound(asyncio.sleep(0, "done")) == "done"
    with pytest.raises(ZeroDivisionError):
        await patience.bound(_fails())


async def _fails() -> int:
    await asyncio.sleep(0)
    return 1 // 0


async def test_who_is_cancelled_from_outside_is_cancelled() -> None:
    task = asyncio.ensure_future(Patience(60.0).bound(asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
