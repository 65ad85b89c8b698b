"""What a database refuses is said in words an administrator can act on, and nothing is lost by it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, select, text

from bot.store import SchemaMismatch, Store, StoreError, StoreFull, StoreReadOnly, StoreUnavailable, open_store
from bot.store.migrate import require_current, schema_status
from bot.store.sqlite_errors import translate

scratch = MetaData()
pile = Table("scratch_pile", scratch, Column("id", Integer, primary_key=True), Column("text", String))


def pile_up(size: int) -> Callable[[Connection], None]:
    def unit(conn: Connection) -> None:
        conn.execute(pile.insert(), {"text": "x" * size})

    return unit


def height(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(pile)).scalar_one()


async def writing_connection(store: Store) -> sqlite3.Connection:
    raw = await store.write(lambda conn: conn.connection.driver_connection)
    assert isinstance(raw, sqlite3.Connection)
    return raw


async def test_a_full_disk_is_named_and_the_store_goes_on_when_there_is_space(sqlite_store: Store) -> None:
    await sqlite_store.write(scratch.create_all)
    raw = await writing_connection(sqlite_store)
    pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StoreFull, match="the disk is full; free some space"):
        await sqlite_store.write(pile_up(1_000_000))
    assert await sqlite_store.read(height) == 0
    raw.execute("PRAGMA max_page_count=1000000")
    await sqlite_store.write(pile_up(1_000_000))
    assert await sqlite_store.read(height) == 1


async def test_a_file_that_may_not_be_written_is_named_and_can_still_be_read(sqlite_store: Store) -> None:
    await sqlite_store.write(scratch.create_all)
    raw = await writing_connection(sqlite_store)
    raw.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreReadOnly, match=r"parcelbridge\.db: may not be written; give this user write permission"):
        await sqlite_store.write(pile_up(10))
    assert await sqlite_store.read(height) == 0
    raw.execute("PRAGMA query_only=OFF")
    await sqlite_store.write(pile_up(10))
    assert await sqlite_store.read(height) == 1


@pytest.mark.parametrize("verb", ["read", "write"])
async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, verb: str) -> None:
    file = tmp_path / "notes.db"
    file.write_text("Dear colleague, this is a letter and not a database." * 20)
    before = file.read_bytes()
    store = open_store(f"sqlite+aiosqlite:///{file}")
    with pytest.raises(StoreError, match=r"notes\.db: is not an SQLite database"):
        await getattr(store, verb)(lambda conn: conn.execute(text("SELECT count(*) FROM sqlite_master")).all())
    await store.close()
    assert file.read_bytes() == before


@pytest.mark.parametrize("verb", ["read", "write"])
async def test_a_folder_that_went_away_is_named(tmp_path: Path, verb: str) -> None:
    store = open_store(f"sqlite+aiosqlite:///{tmp_path / 'gone' / 'x.db'}")
    (tmp_path / "gone").rmdir()
    with pytest.raises(StoreError, match=r"x\.db: cannot be opened; check that the folder exists"):
        await getattr(store, verb)(height)
    await store.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgres://x", "begins with 'postgres'"),
        ("nonsense", "not a database address"),
        ("sqlite+aiosqlite://", "names no file"),
        ("sqlite+aiosqlite:////dev/null/x/y.db", "folder cannot be made"),
        ("sqlite+aiosqlite:////dev", "is a folder"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused_with_its_fix(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        open_store(url)


async def test_a_closed_store_says_so(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    await store.close()
    for verb in (store.read, store.write):
        with pytest.raises(StoreError, match="is closed"):
            await verb(height)


async def test_tables_of_a_newer_program_are_refused(store: Store) -> None:
    def newer(conn: Connection) -> None:
        conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        conn.execute(text("INSERT INTO alembic_version VALUES ('from_the_future')"))

    await store.write(newer)
    assert not (await schema_status(store)).known
    with pytest.raises(SchemaMismatch, match=r"from_the_future, which this program .* install the newer Parcelbridge"):
        await require_current(store)


async def test_a_server_that_cannot_be_reached_is_named() -> None:
    store = open_store("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    for verb in (store.read, store.write):
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            await verb(height)
    await store.close()


async def test_a_database_the_server_does_not_have_is_named(postgres_url: str) -> None:
    head, _, options = postgres_url.partition("?")
    store = open_store(f"{head}_missing?{options}")
    for verb in (store.read, store.write):
        with pytest.raises(StoreError, match=r"refused the connection \(SQLSTATE 3D000\); check \[store\] url"):
            await verb(height)
    await store.close()


async def test_a_server_that_only_reads_is_named(postgres_store: Store) -> None:
    def unit(conn: Connection) -> None:
        conn.execute(text("SET TRANSACTION READ ONLY"))
        conn.execute(text("CREATE TABLE t (x int)"))

    with pytest.raises(StoreReadOnly, match="only accepts reads"):
        await postgres_store.write(unit)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("disk I/O error", "answers with errors"), ("database disk image is malformed", "put a backup in its place")],
)
def test_a_failing_disk_is_named(words: str, sentence: str) -> None:
    assert sentence in str(translate(sqlite3.OperationalError(words), Path("x.db")))


def test_what_is_not_the_stores_fault_stays_what_it_is() -> None:
    for error in (ValueError("no"), sqlite3.IntegrityError("UNIQUE constraint failed: note.text")):
        assert translate(error, None) is error
