"""One store and those who share it: a second service, a command beside it, replicas, trouble."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession
from sqlalchemy import text

from bot.app import Service
from bot.errors import ParcelbridgeError
from bot.settings.load import check_settings
from bot.store import SchemaMismatch, ServiceRunning, open_store
from bot.store.open import sqlite_path
from bot.terminal import open_terminal
from bot.testing import FakeDingTalk
from tests.flows.conftest import NUMBER, configuration, event, serving, until


async def test_a_second_service_on_one_sqlite_file_refuses_to_start_and_leaves_the_first_alone(sqlite_url: str) -> None:
    raw = configuration(sqlite_url)
    async with serving(raw) as first:
        with pytest.raises(ServiceRunning, match="process"):
            await Service(check_settings(raw, "test")).start()
        async with ClientSession() as client, client.get(f"{first.address}/readyz") as answer:
            assert answer.status == 200
    async with serving(raw):
        pass


async def test_replicas_share_one_postgresql(postgres_url: str, dingtalk: FakeDingTalk) -> None:
    raw = configuration(postgres_url, dingtalk.configuration(partner="CAINIAO"))
    async with serving(raw) as one, serving(raw) as two:
        for index in range(10):
            service = (one, two)[index % 2]
            callback = dingtalk.says("你好", conversation=f"cid{index}==")
            assert await dingtalk.call(f"{service.address}/webhooks/dingtalk", callback) == 200
        await until(lambda: len(dingtalk.posts) == 10)
        assert one.rooms.workers.counts["handled"] + two.rooms.workers.counts["handled"] == 10


async def test_a_command_beside_a_running_service_works_on_its_own_messages_only(sqlite_url: str) -> None:
    settings = check_settings(configuration(sqlite_url), "test")
    async with serving(configuration(sqlite_url)) as service:
        await service.rooms.ingest.take_objects([event()], partner=None, source="t")
        store = open_store(sqlite_url)
        async with open_terminal(settings, store) as terminal, ClientSession() as client:
            said = {"contact": "lina", "text": "你好"}
            (mine, theirs) = await asyncio.gather(
                terminal.ask(f"{NUMBER} 到哪了"), client.post(f"{service.address}/api/v1/chat", json=said)
            )
            assert mine.complete
            assert (await theirs.json())["complete"]
        await store.close()
        assert service.rooms.workers.counts["handled"] == 1


async def test_a_failed_start_leaves_nothing_behind(sqlite_url: str) -> None:
    raw = configuration(sqlite_url)
    async with serving(raw) as first:
        port = int(first.address.rpartition(":")[2])
        other = configuration(sqlite_url.replace("parcelbridge.db", "other.db")) | {"web": {"port": port}}
        with pytest.raises(ParcelbridgeError, match="another program listens"):
            await Service(check_settings(other, "test")).start()
    async with serving(other | {"web": {"port": 0}}):  # neither the lock nor a task was left
        pass


async def test_a_store_of_a_newer_program_is_not_touched(store_url: str) -> None:
    raw = configuration(store_url)
    async with serving(raw):
        pass
    store = open_store(store_url)
    await store.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = 'future'")).close())
    await store.close()
    with pytest.raises(SchemaMismatch, match="newer Parcelbridge"):
        await Service(check_settings(raw, "test")).start()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Somebody else holds the write lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_while_the_store_is_locked_nothing_is_acknowledged_and_later_everything_works(
    sqlite_url: str, dingtalk: FakeDingTalk
) -> None:
    raw = configuration(sqlite_url, dingtalk.configuration(partner="CAINIAO"))
    path = sqlite_path(sqlite_url)
    assert path is not None
    async with serving(raw) as service, ClientSession() as client:
        hook, callback = f"{service.address}/webhooks/dingtalk", dingtalk.says("你好")
        with held(path):
            patient = asyncio.create_task(service.rooms.ingest.take_objects([event()], partner=None, source="t"))
            await asyncio.sleep(0)
            started = time.monotonic()
            said = {"contact": "lina", "text": "你好"}
            async with client.post(f"{service.address}/api/v1/chat", json=said) as answer:
                assert answer.status == 503
                assert answer.headers["Retry-After"]
                assert (await answer.json())["fix"]
            assert await dingtalk.call(hook, callback) == 503
            assert time.monotonic() - started < 5  # a platform waits two to three seconds, whoever else waits longer
            assert not patient.done()
        counts, errors = await patient
        assert (counts.new, errors) == (1, [])
        assert await dingtalk.call(hook, callback) == 200
        await until(lambda: dingtalk.posts)
