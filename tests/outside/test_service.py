"""The door in a service: off and unloaded by default, watched, counted, checked, and checked in the configuration."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from typer.testing import CliRunner

from bot.cli import commands
from bot.cli.main import app
from bot.doctor import examine
from bot.errors import ConfigError
from bot.outside.opening import keys_in_the_clear
from bot.settings.load import check_settings
from bot.testing.outside import OutsideServices
from tests.flows.conftest import configuration, serving
from tests.outside.conftest import UNREAD, said

__all__ = ["commands"]  # importing it registers every command
_LOADED = """
import sys
import bot.app
bad = {"bot.outside.door", "bot.outside.opening", "bot.outside.hiding", "bot.outside.private"} & sys.modules.keys()
sys.exit(", ".join(bad) if bad else 0)
"""


def test_nothing_of_it_is_loaded_unless_it_is_wanted() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", _LOADED], cwd=root, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


async def get(address: str) -> str:
    async with ClientSession() as session, session.get(address) as response:
        return await response.text()


async def test_a_service_asks_counts_and_names_what_is_wrong(sqlite_url: str, services: OutsideServices) -> None:
    services.says = said("summary")
    raw = configuration(sqlite_url) | {"understanding": {"model": services.model}}
    async with serving(raw) as service, ClientSession() as session:
        chat = {"contact": "lina", "text": UNREAD}
        async with session.post(f"{service.address}/api/v1/chat", json=chat) as response:
            assert (await response.json())["intent"] == "summary"
        assert 'outcome="proposed"' in await get(f"{service.address}/metrics")
        assert "outside.model" not in await get(f"{service.address}/readyz")
        services.key = "another"
        async with session.post(f"{service.address}/api/v1/chat", json=chat) as response:
            assert (await response.json())["intent"] == "out_of_scope"
        ready = await get(f"{service.address}/readyz")
        assert "outside.model" in ready
        assert "refused our key (403)" in ready


async def test_doctor_puts_one_question_to_each(sqlite_url: str, services: OutsideServices) -> None:
    services.says = said("track", numbers=["[N1]"])
    raw = configuration(sqlite_url) | {
        "understanding": {"model": services.model}, "translation": services.translation("deepl"),
    }  # fmt: skip
    found = {one.about: one for one in await examine(check_settings(raw, "test"), "test")}
    assert (found["outside model"].verdict, found["outside translation"].verdict) == ("ok", "ok")
    services.translates = lambda text: text.replace("[N1]", "N1")
    services.says = "nonsense"
    found = {one.about: one for one in await examine(check_settings(raw, "test"), "test")}
    assert (found["outside model"].verdict, found["outside translation"].verdict) == ("FAILED", "FAILED")
    assert "placeholders" in found["outside translation"].detail


@pytest.mark.parametrize(
    ("url", "named"),
    [("http://models.example/v1", True), ("https://models.example/v1", False), ("http://[::1]:9", False)],
)
def test_a_key_that_travels_unencrypted_is_named(url: str, named: bool) -> None:
    model = {"enabled": True, "base_url": url, "name": "m", "api_key": "s3cr3t"}
    settings = check_settings({"understanding": {"model": model}}, "test")
    assert keys_in_the_clear(settings) == ([url] if named else [])


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({"understanding": {"model": {"enabled": True}}}, "needs base_url and name"),
        ({"understanding": {"model": {"enabled": True, "base_url": "ftp://x", "name": "m"}}}, "not a web address"),
        ({"understanding": {"model": {"time_limit": "1m"}}}, 'at most "10s"'),
        ({"understanding": {"model": {"monthly_requests": -1}}}, "monthly_requests"),
        ({"translation": {"service": "deepl", "base_url": "https://example.com"}}, "needs api_key"),
        ({"translation": {"service": "libretranslate"}}, "needs base_url"),
        ({"translation": {"service": "babelfish"}}, "translation.service"),
    ],
)
def test_a_half_configuration_is_named(raw: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as error:
        check_settings(raw, "test")
    assert told in str(error.value)


def test_explain_says_when_it_would_be_asked() -> None:
    run = CliRunner().invoke
    assert '"asks_outside": true' in run(app, ["understand", UNREAD, "--explain", "--json"]).stdout
    assert '"asks_outside": false' in run(app, ["understand", "--explain", "--json", "LX123456785CN 到哪了"]).stdout
    assert "asks_outside" not in run(app, ["understand", "--json", UNREAD]).stdout
    assert "outside   would be asked" in run(app, ["understand", "--explain", UNREAD]).stdout
