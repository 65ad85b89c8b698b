"""The configuration says what is wrong with it: file, key, value seen, fix."""

from pathlib import Path
from typing import get_args

import pytest

from bot.errors import ConfigError
from bot.settings import FeedSettings, Settings, load_settings
from bot.tracking.feeds import FORMATS


def load(tmp_path: Path, text: str, **environment: str) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, environment)


def problems(tmp_path: Path, text: str, **environment: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, **environment)
    return str(caught.value)


def test_an_empty_file_is_a_working_configuration(tmp_path: Path) -> None:
    assert load(tmp_path, "").web.port == 8080


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[web]\nport = 'x'", ["config.toml", "web.port", "'x'"]),
        ("[web]\nport = 70000", ["web.port = 70000: too large; write 65535 or less"]),
        ("[web]\nport = 1.5", ["web.port = 1.5: not a whole number; write digits only"]),
        ("[web]\nhost = 1", ["web.host = 1: not a text; write it in quotation marks"]),
        ("web = 1", ["web = 1: not a table; write its keys"]),
        ("feeds = 1", ["feeds = 1: not a list; write its entries"]),
        ("[alerts.quiet_hours]\nenabled = 'x'", ["enabled = 'x': neither true nor false; write true or false"]),
        ("[logging]\nlevel = 'loud'", ["'loud': not one of the choices; write 'DEBUG', 'INFO'"]),
        ("[web]\ncolour = 1", ["web.colour", "unknown key"]),
        ("[[partners]]\nname = 'x'", ["partners[x].code", "is missing"]),
        ("[[partners]]\ncode = 'A'\nname = 'x'\ntime_zone = 'Mars/One'", ["partners[x].time_zone", "Asia/Shanghai"]),
        ("[alerts]\nhold_for = 'soon'", ["alerts.hold_for", "'soon'", "10m"]),
        ("[[contacts]]\nname = 'Li'\npartner = 'NOBODY'", ["contacts[Li].partner", "NOBODY", "known: none"]),
        ("[[adapters]]\ntype = 'local'", ["adapters[0].name", "is missing"]),
        ("[[feeds]]\nname='a'\n[[feeds]]\nname='a'", ["feeds", "'a'", "2 times"]),
        ("[[partners]]\ncode='Ab'\nname='x'\n[[partners]]\ncode='AB'\nname='y'", ["'AB' and 'Ab'", "rename"]),
        ("web = [", ["config.toml", "not valid TOML"]),
        ("[store]\nurl = 'mysql://x'", ["store.url", "begins with 'mysql'", "postgresql+asyncpg://"]),
        ("[store]\nurl = 'rubbish'", ["store.url", "not a database address", "sqlite+aiosqlite:///FILE"]),
        ("[[feeds]]\nname='a'\nformat='xlsx'", ["feeds[a].format", "'xlsx'", "'auto', 'csv' or 'jsonl'"]),
    ],
)
def test_every_problem_names_key_value_and_fix(tmp_path: Path, text: str, words: list[str]) -> None:
    line = problems(tmp_path, text)
    assert [word for word in words if word not in line] == []


def test_several_problems_are_told_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "[web]\nport = -1\nfoo = 1").splitlines()) == 2


def test_the_environment_overrides_the_file_by_section_and_by_name(tmp_path: Path) -> None:
    text = "[[partners]]\ncode = 'CAINIAO'\nname = 'x'\n[web]\nport = 1"
    settings = load(
        tmp_path, text, PARCELBRIDGE__WEB__PORT="99", PARCELBRIDGE__PARTNERS__CAINIAO__NAME="菜鸟",
        PARCELBRIDGE__ALERTS__QUIET_HOURS__ENABLED="false",
    )
    assert (settings.web.port, settings.partners[0].name, settings.alerts.quiet_hours.enabled) == (99, "菜鸟", False)


def test_an_override_of_an_unknown_entry_is_an_error(tmp_path: Path) -> None:
    line = problems(tmp_path, "", PARCELBRIDGE__ADAPTERS__DING__CLIENT_ID="x")
    assert "'ding'" in line


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("s3cret\n", encoding="utf-8")
    text = "[[feeds]]\nname='a'\nsecret={ file = 'secret.txt' }\n[[feeds]]\nname='b'\nsecret={ env = 'FEED_B' }"
    settings = load(tmp_path, text, FEED_B="other")
    assert [f.secret.get_secret_value() for f in settings.feeds if f.secret] == ["s3cret", "other"]
    assert "s3cret" not in repr(settings)


def test_a_missing_secret_is_named_and_a_wrong_one_never_shown(tmp_path: Path) -> None:
    assert "FEED_B" in problems(tmp_path, "[[feeds]]\nname='b'\nsecret={ env = 'FEED_B' }")
    assert "hunter2" not in problems(tmp_path, "[[feeds]]\nname='b'\nsecret=['hunter2']")


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.example\.toml"):
        load_settings(tmp_path / "none.toml", {})


def test_a_number_given_by_the_environment_for_a_text_stays_a_text(tmp_path: Path) -> None:
    text = "[[adapters]]\nname = 'ding'\ntype = 'dingtalk'\n[[feeds]]\nname = 'a'"
    settings = load(tmp_path, text, PARCELBRIDGE__ADAPTERS__DING__CLIENT_ID="0123", PARCELBRIDGE__FEEDS__A__SECRET="42")
    assert settings.adapters[0]["client_id"] == "0123"
    assert settings.feeds[0].secret is not None
    assert settings.feeds[0].secret.get_secret_value() == "42"


def test_a_list_may_come_from_the_environment(tmp_path: Path) -> None:
    variable = {"PARCELBRIDGE__CALENDARS__DAYS_OFF": '{ BE = ["2026-12-24", 2026-12-31] }'}
    assert load(tmp_path, "", **variable).calendars.days_off == {"BE": ("2026-12-24", "2026-12-31")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[alerts]\nsweep_every = '0s'", ["alerts.sweep_every", "above 0"]),
        ("[web]\npublic_url = 'example'", ["web.public_url", "https://HOST"]),
        ("[calendars]\ndays_off = { BE = ['24.12.2026'] }", ["calendars.days_off", "24.12.2026", "2026-12-24"]),
        ("[calendars]\ndays_off = { Belgium = ['2026-12-24'] }", ["calendars.days_off"]),
        ("[cases]\nhours = '9 to 5'", ["cases.hours", "9 to 5"]),
        ("[cases]\nhours = '17:30-09:00'", ["cases", "must open before it closes"]),
        ("[cases]\ndesk = ['Nobody']", ["cases.desk", "'Nobody'", "ADAPTER:ADDRESS"]),
        ("[cases]\ndesk = ['slack:C1']", ["cases.desk", "'slack:C1'"]),
        ("[cases]\ndesk = ['Li']\n[[partners]]\ncode = 'c'\nname = 'c'\n[[contacts]]\nname = 'Li'\npartner = 'c'",
         ["cases.desk", "'Li'", "is a partner's contact"]),
    ],
)
def test_values_that_would_fail_later_are_refused_at_once(tmp_path: Path, text: str, words: list[str]) -> None:
    line = problems(tmp_path, text)
    assert [word for word in words if word not in line] == []


def test_a_feed_may_have_every_format_that_is_read_and_no_other() -> None:
    assert set(get_args(FeedSettings.model_fields["format"].annotation)) == set(FORMATS)


def test_a_store_address_that_cannot_be_used_is_not_shown(tmp_path: Path) -> None:
    assert "hunter2" not in problems(tmp_path, "[store]\nurl = 'mysql://u:hunter2@h/d'")
