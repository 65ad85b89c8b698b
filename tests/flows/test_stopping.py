"""SIGTERM to a real process: it ends in time and cleanly, with work in flight too, and nothing is lost."""

import asyncio
import json
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.testing import FakeDingTalk, Hang
from tests.flows.conftest import configuration, serving, until

READY = "ready on "


def as_toml(raw: dict[str, Any]) -> str:
    """Inline tables and arrays all the way down."""
    def value(inner: Any) -> str:
        if isinstance(inner, dict):
            return "{ " + ", ".join(f"{k} = {value(v)}" for k, v in inner.items() if v is not None) + " }"
        if isinstance(inner, list):
            return "[" + ", ".join(value(item) for item in inner) + "]"
        return json.dumps(inner)

    return "\n".join(f"{key} = {value(inner)}" for key, inner in raw.items())


@asynccontextmanager
async def process(config: Path) -> AsyncIterator[tuple[Process, str]]:
    """The service as a process of its own, and its address."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--config", str(config), stderr=PIPE, cwd=config.parent
    )
    try:
        assert running.stderr is not None
        async with asyncio.timeout(30):
            while READY not in (line := (await running.stderr.readline()).decode()):
                assert line, "the service ended before it was ready"
        yield running, line.strip().partition(READY)[2]
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def ended(running: Process, by: signal.Signals) -> tuple[int, float]:
    """Exit code, and the seconds it took."""
    started = time.monotonic()
    running.send_signal(by)
    async with asyncio.timeout(10):
        code = await running.wait()
    return code, time.monotonic() - started


async def test_an_idle_service_ends_at_once(sqlite_url: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(as_toml(configuration(sqlite_url)), encoding="utf-8")
    for by in (signal.SIGTERM, signal.SIGINT):
        async with process(config) as (running, address):
            async with ClientSession() as client, client.get(f"{address}/healthz") as answer:
                assert answer.status == 200
            code, seconds = await ended(running, by)
            assert (code, seconds < 5) == (0, True)


async def test_with_a_platform_that_hangs_it_ends_in_time_and_the_next_run_sends(
    sqlite_url: str, tmp_path: Path, dingtalk: FakeDingTalk
) -> None:
    raw = configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))
    config = tmp_path / "config.toml"
    config.write_text(as_toml(raw), encoding="utf-8")
    dingtalk.script(Hang())
    async with process(config) as (running, address):
        assert await dingtalk.call(f"{address}/webhooks/dingtalk", dingtalk.says("你好")) == 200
        await until(lambda: dingtalk.requests == 1)
        code, seconds = await ended(running, signal.SIGTERM)
        assert (code, seconds < 10) == (0, True)
    async with serving(raw):
        await until(lambda: dingtalk.posts, seconds=45)
    assert "包裹桥" in dingtalk.posts[0].text
