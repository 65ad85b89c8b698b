"""One failing adapter never stops the others, and comes back by itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest

from bot import supervision
from bot.clock import MovableClock
from bot.supervision import LOOK_SECONDS, SETTLED, Supervision
from bot.testing import RecordingHost
from tests.outbox.channel import NOW, SECOND, step, until
from tests.supervision.flaky import Flaky


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture
async def host(clock: MovableClock) -> AsyncIterator[RecordingHost]:
    async with RecordingHost(clock) as host:
        yield host


def watched(clock: MovableClock, *adapters: Flaky) -> Supervision:
    return Supervision({adapter.name: adapter for adapter in adapters}, clock, dice=Random(1))


async def test_one_that_cannot_start_is_named_and_tried_again_while_the_others_run(
    clock: MovableClock, host: RecordingHost
) -> None:
    bad, good = Flaky("bad"), Flaky("good")
    bad.fails_to_start = OSError("port 2525 is taken")
    both = watched(clock, bad, good)
    heard: list[str] = []
    both.on_change = lambda: heard.append("change")
    await both.start(host)
    assert (both.is_up("bad"), both.is_up("good"), len(heard)) == (False, True, 1)
    said = both.health()["bad"]
    assert not said.ok
    assert said.detail.startswith("it could not be started: OSError: port 2525 is taken; it is tried again at 08:00:0")
    assert both.health()["good"].ok
    bad.fails_to_start = None
    await step(clock, 10 * SECOND)
    await until(lambda: both.is_up("bad"))
    assert both.health()["bad"].ok
    assert both.health()["bad"].figures["restarts"] == 1
    await both.stop()
    assert not both.is_up("good")


async def test_each_failure_is_waited_out_longer_and_never_beyond_five_minutes(
    clock: MovableClock, host: RecordingHost
) -> None:
    bad = Flaky("bad")
    bad.fails_to_start = RuntimeError()
    one = watched(clock, bad)
    await one.start(host)
    gaps, last = [], clock.now()
    for number in range(2, 14):
        while bad.starts < number:
            await step(clock, SECOND)
        gaps.append((clock.now() - last).total_seconds())
        last = clock.now()
    assert gaps[0] <= 7
    assert max(gaps) <= 302
    assert max(gaps) > 60
    assert len(set(gaps)) > 6, "waits are spread"
    await one.stop()


async def test_one_whose_receiving_part_has_ended_is_stopped_and_started_anew(
    clock: MovableClock, host: RecordingHost
) -> None:
    bad, good = Flaky("bad"), Flaky("good")
    both = watched(clock, bad, good)
    await both.start(host)
    bad.has_ended = "the reading task died"
    await step(clock, timedelta(seconds=LOOK_SECONDS))
    await until(lambda: not both.is_up("bad") and bad.stops == 1)
    assert both.health()["bad"].detail.startswith("it has ended: the reading task died; it is tried again at ")
    assert both.unwell_since() == {"bad": NOW + timedelta(seconds=LOOK_SECONDS)}
    await step(clock, 10 * SECOND)
    await until(lambda: both.is_up("bad"))
    assert both.unwell_since() == {}
    assert (bad.starts, good.starts, good.stops) == (2, 1, 0)
    await both.stop()


async def test_whoever_ran_well_for_long_is_started_again_soon(clock: MovableClock, host: RecordingHost) -> None:
    bad = Flaky("bad")
    bad.fails_to_start = RuntimeError()
    one = watched(clock, bad)
    await one.start(host)
    for _ in range(2_000):
        await step(clock, SECOND)
    bad.fails_to_start = None
    while not one.is_up("bad"):
        await step(clock, SECOND)
    for _ in range(int(SETTLED.total_seconds() / LOOK_SECONDS) + 2):
        await step(clock, timedelta(seconds=LOOK_SECONDS))
    starts, bad.has_ended = bad.starts, "gone"
    for _ in range(12):
        await step(clock, SECOND)
    await until(lambda: bad.starts == starts + 1)
    await one.stop()


async def test_one_that_hangs_while_it_starts_is_given_up_for_now(
    clock: MovableClock, host: RecordingHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "START_SECONDS", 0.05)
    monkeypatch.setattr(supervision, "PATIENCE_SECONDS", 0.001)
    slow, good = Flaky("slow"), Flaky("good")
    slow.hangs = True
    both = watched(clock, slow, good)
    await both.start(host)
    assert both.is_up("good")
    assert both.health()["slow"].detail == "it is being started"
    await until(lambda: "did not start within" in both.health()["slow"].detail)
    await both.stop()


async def test_stopping_stops_all_whatever_one_does_and_before_any_start_too(
    clock: MovableClock, host: RecordingHost
) -> None:
    bad, good = Flaky("bad"), Flaky("good")
    bad.fails_to_stop = RuntimeError("cannot stop")
    both = watched(clock, bad, good)
    await both.stop()
    await both.start(host)
    bad.fails_to_start = RuntimeError()
    bad.has_ended = "gone"
    await step(clock, timedelta(seconds=LOOK_SECONDS))
    await until(lambda: not both.is_up("bad"))
    async with asyncio.timeout(1):
        await both.stop()
        await both.stop()
    assert good.stops == 3


async def test_one_that_cannot_tell_how_it_is_runs_on_and_is_named(clock: MovableClock, host: RecordingHost) -> None:
    bad = Flaky("bad")
    one = watched(clock, bad)
    await one.start(host)
    bad.fails_to_tell = True
    await step(clock, 10 * SECOND)
    assert (one.health()["bad"].ok, one.is_up("bad"), bad.stops) == (False, True, 0)
    assert "cannot tell" in one.health()["bad"].detail
    await one.stop()


async def test_no_credential_of_an_error_is_shown(clock: MovableClock, host: RecordingHost) -> None:
    bad = Flaky("bad")
    bad.fails_to_start = OSError("wss://gate.example/?ticket=ab12cd34 refused")
    one = watched(clock, bad)
    await one.start(host)
    assert "ab12cd34" not in one.health()["bad"].detail
    await one.stop()


async def test_an_adapter_that_stumbles_over_its_own_cancelled_task_is_stopped_and_started_like_any(
    clock: MovableClock, host: RecordingHost
) -> None:
    bad = Flaky("bad")
    bad.fails_to_start = bad.fails_to_stop = asyncio.CancelledError()
    one = watched(clock, bad)
    await one.start(host)
    assert one.health()["bad"].detail.startswith("it could not be started: what it waited for was cancelled")
    bad.fails_to_start = None
    await step(clock, 10 * SECOND)
    await until(lambda: one.is_up("bad"))
    await one.stop()
    assert not one.is_up("bad")
