"""`contacts`, `partners` and `cases` as an administrator types them."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from bot.cases import RequestKind
from bot.cases.service import open_request
from bot.cli import commands  # noqa: F401 - registers every command
from bot.cli.main import app
from bot.errors import NotFound, ParcelbridgeError, UsageError
from bot.people.service import find_person
from bot.people.tables import conversation
from bot.store import open_store

NOW = datetime(2026, 11, 24, 7, 2, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(f"""
[store]
url = "sqlite+aiosqlite:///{tmp_path / 'x.db'}"
[[partners]]
code = "cainiao"
name = "菜鸟"
[[adapters]]
name = "chat"
type = "local"
[[contacts]]
name = "李娜"
partner = "cainiao"
addresses = {{ chat = "li" }}
""", encoding="utf-8")
    assert run("db", "upgrade", config=path).startswith("upgraded")
    return path


def run(*words: str, config: Path) -> str:
    """Output of a command that works; raises what it raises otherwise."""
    result = CliRunner().invoke(app, [*words, "--config", str(config)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_people_and_partners_are_listed_and_added(config: Path) -> None:
    assert run("contacts", "list", config=config) == "李娜\tpartner\tcainiao\tas asked\tchat:li\n"
    assert run("partners", "list", config=config) == "cainiao\t菜鸟\tzh-Hans\tAsia/Shanghai\t1\n"
    bob = ("contacts", "add", "Bob", "--address", "chat:bob", "--role", "support", "--language", "en")
    assert run(*bob, config=config) == "Bob: added\n"
    assert run(*bob, config=config) == "Bob: changed\n"
    assert "Bob\tsupport\t-\ten\tchat:bob\n" in run("contacts", "list", config=config)


def test_wrong_words_are_named_and_nobody_is_added(config: Path) -> None:
    with pytest.raises(UsageError, match="role = 'boss'"):
        run("contacts", "add", "Bob", "--address", "chat:bob", "--role", "boss", config=config)
    with pytest.raises(UsageError, match="belongs to configured '李娜'"):
        run("contacts", "add", "Eve", "--address", "chat:li", "--role", "admin", config=config)
    with pytest.raises(ParcelbridgeError, match="cannot be read"):
        run("contacts", "import", "nowhere.csv", config=config)
    assert run("contacts", "list", config=config).count("\n") == 1


def test_a_file_of_people_is_imported(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,partner,addresses\nBob,cainiao,chat:bob\n", encoding="utf-8")
    assert run("contacts", "import", str(file), config=config) == f"{file}: added 1, changed 0\n"


def test_requests_are_listed_shown_and_closed(config: Path, tmp_path: Path) -> None:
    assert run("cases", "list", config=config) == "no open requests\n"
    run("contacts", "list", config=config)  # takes the configured people over
    asyncio.run(_ask(tmp_path / "x.db"))
    assert run("cases", "list", config=config) == "C-1\topen\tproblem\tcainiao\t李娜\t2026-11-24 07:02Z\tLX1\n"
    assert "这票破损了" in run("cases", "show", "c-1", config=config)
    assert run("cases", "close", "C-1", config=config) == "C-1: closed\n"
    assert run("cases", "close", "C-1", config=config) == "C-1: was closed already\n"
    assert run("cases", "list", "--state", "all", config=config).startswith("C-1\tclosed")
    with pytest.raises(NotFound, match="C-9: no such request"):
        run("cases", "show", "C-9", config=config)
    with pytest.raises(UsageError, match="--state half"):
        run("cases", "list", "--state", "half", config=config)


async def _ask(path: Path) -> None:
    store = open_store(f"sqlite+aiosqlite:///{path}")

    def unit(conn: Connection) -> None:
        person = find_person(conn, "chat", "li")
        assert person is not None
        values = {"adapter": "chat", "external_id": "li", "kind": "direct", "created_at": NOW}
        where = conn.execute(conversation.insert().returning(conversation.c.id), values).scalar_one()
        open_request(conn, kind=RequestKind.PROBLEM, person=person, conversation_id=where, text="这票破损了",
                     about=("LX1",), now=NOW)

    await store.write(unit)
    await store.close()
