"""`doctor`: live checks against a platform that answers, one that refuses, and one that is not there."""

from pathlib import Path
from typing import Any

import pytest

from bot.doctor import Finding, examine
from bot.settings.load import check_settings
from bot.testing import FakeDingTalk
from bot.testing.slack import FakeSlack
from tests.flows.conftest import configuration, serving
from tests.supervision.flaky import ADAPTER, install


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


async def test_each_adapter_is_looked_at_whatever_becomes_of_the_others(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(ADAPTER, "broken_check", RuntimeError("no luck with ?access_token=s3cr3t-of-ours"))
    async with FakeSlack() as slack:
        raw = configuration(
            sqlite_url, {"name": "shaky", "type": "flaky"}, slack.configuration(),
            slack.configuration("other", bot_token="xoxb-wrong-token"),
        )
        found = await findings(raw)
    assert found["adapter shaky"].verdict == "FAILED"
    assert "the check itself failed: RuntimeError: no luck" in found["adapter shaky"].detail
    assert found["adapter slack"].verdict == "ok"
    assert "copy bot_token again" in found["adapter other"].detail
    assert not any(secret in str(found) for secret in ("s3cr3t-of-ours", "xoxb-"))
