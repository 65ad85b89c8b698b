"""`parcelbridge doctor` tries what is configured and says in a sentence what to fix."""

from typing import Any

import pytest
from cryptography.fernet import Fernet

from adapters.slack import ADAPTER, SlackConfig
from adapters.slack.scopes import SCOPES
from adapters.slack.tokens import Installation, StoredTokens
from bot.contracts import Health
from bot.testing import Answer, RecordingHost, Reset
from bot.testing.slack import APP_TOKEN, CLIENT_ID, CLIENT_SECRET, FakeSlack
from bot.testing.slack_world import TEAM


async def checked(host: RecordingHost, fake: FakeSlack, **more: Any) -> Health:
    config = SlackConfig.model_validate(fake.configuration(**more))
    return await ADAPTER.create(config).check(host)


async def test_a_token_that_is_taken_is_well(host: RecordingHost, fake: FakeSlack) -> None:
    health = await checked(host, fake)
    assert (health.ok, health.detail) == (True, f"the token is taken, workspace {TEAM}")
    assert fake.posts == []


async def test_the_websockets_token_is_tried_too(host: RecordingHost, fake: FakeSlack) -> None:
    assert (await checked(host, fake, mode="socket", app_token=APP_TOKEN)).ok
    health = await checked(host, fake, mode="socket", app_token="xapp-wrong")
    assert (health.ok, health.state) == (False, "refused")


@pytest.mark.parametrize(("more", "state", "fix"), [
    ({"signing_secret": None}, "incomplete", "add signing_secret"),
    ({"signing_secret": "padded "}, "suspicious", "signing_secret"),
    ({"bot_token": "xoxb-wrong"}, "refused", "copy bot_token again"),
    ({"team_ids": ["T9"]}, "other workspace", f"{TEAM}, which is not in team_ids"),
])
async def test_a_mistake_is_named_with_its_fix(
    host: RecordingHost, fake: FakeSlack, more: dict[str, Any], state: str, fix: str
) -> None:
    health = await checked(host, fake, **more)
    assert (health.ok, health.state) == (False, state)
    assert fix in health.detail


@pytest.mark.parametrize(("step", "state"), [
    (Answer("", 500), "refused"), (Answer("not json"), "refused"), (Reset(), "unreachable"),
    (Answer({"ok": True, "team_id": TEAM}), "refused"),
    (Answer({"ok": True, "team_id": TEAM, "bot_id": "B1"}, headers={"x-oauth-scopes": "chat:write"}), "scopes"),
])
async def test_a_platform_that_answers_strangely_is_told(
    host: RecordingHost, fake: FakeSlack, step: Any, state: str
) -> None:
    fake.script_for("auth.test", step)
    health = await checked(host, fake)
    assert (health.ok, health.state) == (False, state)


@pytest.mark.parametrize(("missing", "told"), [
    (("files:write",), "files:write (files of answers are only named)"),
    (("im:history", "users:read"), "users:read (nobody counts as a member, unless guests_belong = true)"),
    (SCOPES, "chat:write (nothing can be sent)"),
])
async def test_every_missing_scope_is_named_with_what_it_is_for(
    host: RecordingHost, fake: FakeSlack, missing: tuple[str, ...], told: str
) -> None:
    given = ",".join(scope for scope in (*SCOPES, "team:read") if scope not in missing)
    answer = {"ok": True, "team_id": TEAM, "bot_id": "B1"}
    fake.script_for("auth.test", Answer(answer, headers={"x-oauth-scopes": given}))
    health = await checked(host, fake)
    assert (health.ok, health.state) == (False, "scopes")
    assert told in health.detail
    assert all(f"{scope} (" in health.detail for scope in missing)
    assert health.detail.endswith("add what you need under OAuth & Permissions and install it again")


async def test_a_scope_nobody_needs_is_not_missed(host: RecordingHost, fake: FakeSlack) -> None:
    given = ",".join(scope for scope in SCOPES if scope != "users:read")
    answer = {"ok": True, "team_id": TEAM, "bot_id": "B1"}
    fake.script_for("auth.test", Answer(answer, headers={"x-oauth-scopes": given}))
    assert (await checked(host, fake, guests_belong=True)).ok


async def test_each_workspace_that_installed_the_app_is_tried(host: RecordingHost, fake: FakeSlack) -> None:
    key = Fernet.generate_key().decode()
    keys = {"bot_token": None, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "token_keys": [key],
            "team_ids": ["T1", "T2"]}
    tokens = StoredTokens(host.state("slack"), (key,), frozenset())
    await tokens.keep(Installation("T1", "xoxb-one"))
    fake.world.tokens["xoxb-one"] = "T1"
    health = await checked(host, fake, **keys)
    assert (health.ok, health.detail.partition(": open")[0]) == (
        True, "T1: the token is taken; T2 has not installed the app yet"
    )
    fake.world.revoked.add("xoxb-one")
    health = await checked(host, fake, **keys)
    assert not health.ok
    assert health.detail.startswith("T1: the platform refused (token_revoked); the token was revoked")


async def test_where_workspaces_install_by_themselves_the_page_is_named(host: RecordingHost, fake: FakeSlack) -> None:
    keys = {"bot_token": None, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
            "token_keys": [Fernet.generate_key().decode()]}
    health = await checked(host, fake, **keys)
    assert health.ok
    assert "https://bridge.example/adapters/slack/oauth/install" in health.detail
