"""Whatever a service answers, the message is answered as if there were none, soon, and nothing else happens."""

import asyncio
import json
from datetime import timedelta

import pytest

from bot.clock import MovableClock
from bot.outside.door import AT_ONCE
from bot.store import Store
from bot.testing import Answer, Hang, Late, Reset
from bot.testing.outside import OutsideServices
from bot.testing.scripts import Script
from tests.outside.conftest import NOW, ask, door_to, said


def chat(content: object) -> Answer:
    return Answer({"choices": [{"message": {"content": content}}]})


HOSTILE: dict[str, Script] = {
    "no JSON": Answer("certainly! here is the answer"),
    "a page": Answer("<html><script>alert(1)</script></html>", headers={"Content-Type": "text/html"}),
    "an empty body": Answer(""),
    "nothing in it": Answer({}),
    "a list": Answer([1, 2]),
    "no choices": Answer({"choices": []}),
    "choices of the wrong kind": Answer({"choices": {"0": 1}}),
    "no text": chat(None),
    "a number": chat(7),
    "an object": chat({"intent": "track", "slots": {}}),
    "prose": chat("The intent is track."),
    "a fence": chat('```json\n{"intent":"track","slots":{}}\n```'),
    "a list of intents": chat('["track"]'),
    "too much": chat('{"intent":"track","slots":{},"sql":"DROP TABLE parcel"}'),
    "no intent": chat('{"slots":{}}'),
    "a wrong slot": chat('{"intent":"track","slots":{"numbers":{"a":1}}}'),
    "numbers of numbers": chat('{"intent":"track","slots":{"numbers":[1]}}'),
    "a long intent": chat(json.dumps({"intent": "track" * 1000, "slots": {}})),
    "too many slots": chat(json.dumps({"intent": "track", "slots": {str(n): [] for n in range(50)}})),
    "deep": Answer("[" * 60_000),
    "huge": Answer("x" * 5_000_000),
    "huge text": chat("x" * 5_000_000),
    "no key of ours": Answer({"error": "key"}, status=401),
    "forbidden": Answer({"error": "key"}, status=403),
    "unknown": Answer({"error": "no such model"}, status=404),
    "busy": Answer({"error": "slow down"}, status=429, headers={"Retry-After": "120"}),
    "busy and odd": Answer({}, status=429, headers={"Retry-After": "-1e999"}),
    "broken": Answer("oops", status=500),
    "gone": Answer("oops", status=503),
    "no content": Answer("", status=204),
    "cut": Reset(),
}


@pytest.mark.parametrize("step", HOSTILE.values(), ids=HOSTILE.keys())
async def test_an_answer_that_is_none_is_no_trouble(
    sqlite_store: Store, services: OutsideServices, step: Script
) -> None:
    services.script(step)
    async with door_to(services, sqlite_store) as door:
        assert await ask(door) is None
        assert door.counts["model"] == {"failed": 1}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_wherever_it_leads(
    sqlite_store: Store, services: OutsideServices, status: int
) -> None:
    services.script(Answer({}, status=status, headers={"Location": f"{services.base_url}/inside/metadata"}))
    async with door_to(services, sqlite_store) as door:
        assert await ask(door) is None
        assert "not followed" in door.health()["model"].detail
    assert services.visited == []


async def test_nobody_waits_longer_than_agreed(sqlite_store: Store, services: OutsideServices) -> None:
    services.script(Hang())
    async with door_to(services, sqlite_store, model={"time_limit": "50ms"}) as door:
        async with asyncio.timeout(5):
            assert await ask(door) is None
        assert door.counts["model"] == {"failed": 1}


async def test_a_service_that_is_not_there_is_left_alone_and_tried_again(sqlite_store: Store) -> None:
    clock = MovableClock(NOW)
    async with OutsideServices() as services:
        pass
    async with door_to(services, sqlite_store, clock=clock) as door:
        for _ in range(5):
            assert await ask(door) is None
        assert door.counts["model"] == {"failed": 3, "left_alone": 2}
        assert not door.health()["model"].ok
        await services.start()
        services.says = said("delayed_list")
        clock.advance(timedelta(seconds=30))
        assert await ask(door) is not None
        assert door.health()["model"].ok
        await services.stop()


async def test_a_service_that_asks_for_a_pause_gets_it(sqlite_store: Store, services: OutsideServices) -> None:
    clock = MovableClock(NOW)
    services.script(HOSTILE["busy"])
    services.says = said("delayed_list")
    async with door_to(services, sqlite_store, clock=clock) as door:
        await ask(door)
        clock.advance(timedelta(seconds=119))
        assert await ask(door) is None
        clock.advance(timedelta(seconds=1))
        assert await ask(door) is not None
    assert len(services.asked) == 2


async def test_a_wrong_key_is_tried_once_and_never_shown(sqlite_store: Store, services: OutsideServices) -> None:
    async with door_to(services, sqlite_store, model={"api_key": "wr0ng-s3cret"}) as door:
        for _ in range(3):
            await ask(door)
        assert "wr0ng" not in str(door.health())
    assert len(services.asked) == 1


async def test_what_is_over_the_budget_is_not_asked(sqlite_store: Store, services: OutsideServices) -> None:
    clock = MovableClock(NOW)
    services.says = said("delayed_list")
    async with door_to(services, sqlite_store, clock=clock, model={"monthly_requests": 2}) as door:
        assert [await ask(door) is not None for _ in range(3)] == [True, True, False]
        assert door.health()["model"].detail == "the budget of this month is used up"
        clock.advance(timedelta(days=8))
        assert door.health()["model"].ok
        assert await ask(door) is not None
    assert len(services.asked) == 3


async def test_above_a_few_at_once_nobody_waits_for_a_turn(sqlite_store: Store, services: OutsideServices) -> None:
    release = asyncio.Event()
    services.says = said("delayed_list")
    services.script(*[Late(release)] * AT_ONCE)
    async with door_to(services, sqlite_store) as door:
        waiting = [asyncio.ensure_future(ask(door)) for _ in range(AT_ONCE)]
        async with asyncio.timeout(5):
            while len(services.asked) < AT_ONCE:
                await asyncio.sleep(0)
            assert await ask(door) is None
            release.set()
            assert all(await asyncio.gather(*waiting))
    assert door.counts["model"] == {"busy": 1, "proposed": AT_ONCE}
