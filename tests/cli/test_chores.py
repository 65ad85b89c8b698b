"""`token`, `doctor`, `adapters`, `db`: an administrator's chores."""

import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_token_is_printed_once_and_only_its_id_is_listed(run: Run) -> None:
    token = run("token", "new", "--role", "feed", "--partner", "CAINIAO").out.strip()
    listed = run("token", "list").out
    public_id, secret = token.split("_")[2:]
    assert listed.split("\t")[:3] == [public_id, "feed", "CAINIAO"]
    assert secret not in listed
    assert run("token", "revoke", public_id).code == 0
    assert "revoked" in run("token", "list").out
    assert run("token", "revoke", public_id).code == 1


def test_whoever_makes_a_reading_token_without_partner_is_told_that_it_reads_nothing(run: Run) -> None:
    ended = run("token", "new", "--role", "api")
    assert ended.code == 0
    assert ended.out.startswith("pb_api_")
    assert "--partner" in ended.line


def test_the_doctor_finds_nothing_wrong_and_changes_nothing(run: Run) -> None:
    ended = run("doctor")
    assert (ended.code, ended.err) == (0, "")
    assert "there is no file yet" in ended.out
    assert not Path("data").exists()
    run("db", "upgrade")
    assert "ok      migrations" in run("doctor").out


def test_the_doctor_says_what_an_adapter_lacks(run: Run) -> None:
    Path("config.toml").write_text("[[adapters]]\nname='ding'\ntype='dingtalk'\nclient_id='x'")
    ended = run("doctor")
    assert ended.code == 1
    assert "FAILED  adapter ding" in ended.out
    assert "client_secret" in ended.out


def test_installed_adapters_are_listed_with_their_version(run: Run) -> None:
    lines = run("adapters").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["dingtalk", "email", "local", "slack"]
    assert all(line.split("\t")[1].startswith("parcelbridge ") for line in lines)


def test_a_backup_is_a_working_store_and_overwrites_nothing(loaded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded("db", "backup", "copy.db").code == 0
    again = loaded("db", "backup", "copy.db")
    assert (again.code, "exists already" in again.line) == (1, True)
    monkeypatch.setenv("PARCELBRIDGE__STORE__URL", "sqlite+aiosqlite:///copy.db")
    assert "LX123456785CN" in loaded("ask", "LX123456785CN 到哪了").out


def test_a_backup_that_cannot_be_written_names_the_place_and_the_fix(loaded: Run) -> None:
    assert loaded("db", "backup", "nope/x.db").line == "nope: no such folder; make it, or name a file in another one"
    line = loaded("db", "backup", "/proc/x.db").line
    assert line.startswith("/proc/x.db: cannot be written (")
    assert ("name a file" in line, ".partial" in line) == (True, False)


def test_tables_of_a_newer_program_are_no_success(loaded: Run) -> None:
    assert loaded("db", "status").code == 0
    with closing(sqlite3.connect("data/parcelbridge.db")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    ended = loaded("db", "status")
    assert (ended.code, "tables: 9999" in ended.out, "newer than this program" in ended.out) == (1, True, True)


def test_the_version_is_told(run: Run) -> None:
    ended = run("--version")
    assert (ended.code, ended.out) == (0, f"parcelbridge {version('parcelbridge')}\n")


def test_no_secret_is_printed_by_check_config(run: Run) -> None:
    keys = {"client_id": "i", "client_secret": "hunter2-secret", "robot_code": "r", "corp_id": "c"}
    text = "\n".join(f"{key} = '{value}'" for key, value in keys.items())
    Path("config.toml").write_text(f"[[adapters]]\nname='ding'\ntype='dingtalk'\n{text}")
    ended = run("check-config", "config.toml")
    assert (ended.code, "hunter2" in ended.out + ended.err) == (0, False)
    assert "ready" in ended.out


def test_every_command_of_the_contract_has_help(run: Run) -> None:
    shown = run("--help").out
    for command in ("demo", "run", "check-config", "doctor", "db", "ingest", "ask", "chat", "contacts", "partners",
                    "understand", "alerts", "subscriptions", "outbox", "token", "adapters"):
        assert f"  {command} " in shown, command
        assert run(command, "--help").code == 0
