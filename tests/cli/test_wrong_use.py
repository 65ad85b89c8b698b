"""Wrong use ends with 2 and one line; what cannot be done ends with 1 and one line; never a traceback."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], ["nope", "--help"]),
        (["db", "nope"], ["nope", "parcelbridge db --help"]),
        (["check-config"], ["FILE"]),
        (["ask"], ["TEXT"]),
        (["ask", "  "], ["TEXT", "empty"]),
        (["ask", "hi", "--lang", "fr"], ["--lang", "'fr'", "zh-Hans"]),
        (["ask", "hi", "--colour"], ["--colour"]),
        (["token", "new"], ["--role"]),
        (["token", "new", "--role", "king"], ["--role", "'king'", "feed"]),
        (["demo", "--port", "70000"], ["--port", "65535"]),
        (["db", "backup"], ["FILE"]),
        (["contacts", "add", "Zhou", "--role", "operator", "--address", "nope:zs"], ["'nope:zs'", "known: local"]),
        (["run", "--config"], ["--config"]),
    ],
)
def test_wrong_use_is_told_in_one_line(run: Run, arguments: list[str], words: list[str]) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert [word for word in words if word not in ended.line] == []


def test_a_group_without_command_lists_its_commands(run: Run) -> None:
    for group in ("token", "db"):
        ended = run(group)
        assert ended.code == 2
        assert "Commands:" in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check-config", "none.toml"], ["none.toml", "no such file"]),
        (["ask", "hi", "--config", "none.toml"], ["none.toml", "no such file"]),
        (["run", "--config", "none.toml"], ["none.toml", "no such file"]),
        (["ask", "hi", "--as", "nobody"], ["--as", "'nobody'", "contacts list"]),
        (["token", "new", "--role", "api", "--partner", "X"], ["--partner", "'X'", "CAINIAO"]),
        (["contacts", "import", "people.csv"], ["people.csv: line 2", "'nope:zs'", "known: local"]),
        (["token", "revoke", "abc"], ["'abc'", "token list"]),
        (["db", "backup", "copy.db"], ["no such store; nothing to back up"]),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(run: Run, arguments: list[str], words: list[str]) -> None:
    Path("people.csv").write_text("name,role,addresses\nZhou,operator,nope:zs")
    ended = run(*arguments)
    assert ended.code == 1
    assert [word for word in words if word not in ended.line] == []


def test_a_configuration_with_several_faults_names_each(run: Run) -> None:
    Path("config.toml").write_text("[web]\nport = 99999\ncolour = 1\n[[adapters]]\nname='x'\ntype='fax'")
    ended = run("check-config", "config.toml")
    assert ended.code == 1
    assert ["web.port" in line or "web.colour" in line for line in ended.err.splitlines()] == [True, True]


def test_an_unknown_adapter_type_names_those_that_are_installed(run: Run) -> None:
    Path("config.toml").write_text("[[adapters]]\nname='x'\ntype='fax'")
    ended = run("check-config", "config.toml")
    assert (ended.code, "installed: dingtalk, email, local, slack" in ended.line) == (1, True)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://x", ["[store] url", "sqlite+aiosqlite"]),
        ("rubbish", ["[store] url"]),
        ("sqlite+aiosqlite:///:memory:", ["[store] url", "names no file"]),
        ("sqlite+aiosqlite:////proc/nowhere/x.db", ["/proc/nowhere"]),
    ],
)
def test_a_store_that_cannot_be_had_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, url: str, words: list[str]
) -> None:
    monkeypatch.setenv("PARCELBRIDGE__STORE__URL", url)
    for command in (["ask", "hi"], ["db", "status"], ["token", "list"], ["run"]):
        ended = run(*command)
        assert ended.code == 1
        assert [word for word in words if word not in ended.line] == []


def test_a_file_that_is_no_database_is_named(run: Run) -> None:
    Path("data").mkdir()
    Path("data/parcelbridge.db").write_text("this is a diary, not a database\n" * 100)
    for command in (["ask", "hi"], ["run"]):
        ended = run(*command)
        assert (ended.code, "parcelbridge.db" in ended.line) == (1, True)


def test_an_adapter_that_lacks_keys_keeps_the_service_from_starting_and_the_keys_are_named(run: Run) -> None:
    Path("config.toml").write_text("[[adapters]]\nname='ding'\ntype='dingtalk'\nclient_id='x'")
    ended = run("run")
    assert ended.code == 1
    assert "adapters[ding].client_secret" in ended.err
    checked = run("check-config", "config.toml")
    assert (checked.code, "still needs client_secret" in checked.out) == (0, True)
