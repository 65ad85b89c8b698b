"""`doctor`: live checks against a platform that answers, one that refuses, and one that is not there."""

from pathlib import Path
from typing import Any

from bot.doctor import Finding, examine
from bot.settings.load import check_settings
from bot.testing import FakeDingTalk
from tests.flows.conftest import configuration, serving


async def findings(raw: dict[str, Any]) -> dict[str, Finding]:
    return {finding.about: finding for finding in await examine(check_settings(raw, "test"), "test")}


async def test_a_healthy_service_has_only_good_findings(store_url: str, dingtalk: FakeDingTalk) -> None:
    raw = configuration(store_url, dingtalk.configuration())
    async with serving(raw):
        found = await findings(raw)
    assert {about: finding.verdict for about, finding in found.items()} == {
        "configuration": "ok", "store": "ok", "migrations": "ok", "adapter dingtalk": "ok", "adapter local": "ok",
        "clock": "ok",
    }


async def test_wrong_credentials_are_found_and_not_shown(sqlite_url: str, dingtalk: FakeDingTalk) -> None:
    raw = configuration(sqlite_url, dingtalk.configuration(client_secret="wrong-secret"))
    found = await findings(raw)
    assert found["adapter dingtalk"].verdict == "FAILED"
    assert "wrong-secret" not in str(found)


async def test_a_platform_that_is_not_there_is_named(sqlite_url: str) -> None:
    async with FakeDingTalk() as fake:
        raw = configuration(sqlite_url, fake.configuration())
    found = await findings(raw)
    assert found["adapter dingtalk"].verdict == "FAILED"
    assert (found["clock"].verdict, "did not tell its time" in found["clock"].detail) == ("note", True)


async def test_a_store_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    found = await findings(configuration(f"sqlite+aiosqlite:///{tmp_path}/none/x.db"))
    assert found["store"].verdict == "note"
    assert not (tmp_path / "none").exists()
