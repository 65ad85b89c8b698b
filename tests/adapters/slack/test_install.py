"""Workspaces install the app by themselves; their tokens lie encrypted, and go when the app goes."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet

from adapters.slack import ADAPTER, SlackAdapter, SlackConfig
from bot.contracts import NotStored, PageRequest, PageResponse, Retry, Sent, ServesPages
from bot.testing import Answer, MovableClock, RecordingHost, Reset, outbound
from bot.testing.slack import CLIENT_ID, CLIENT_SECRET, FakeSlack

KEY, OLD_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
CALLBACK = "https://bridge.example/adapters/slack/oauth/callback"


def several(fake: FakeSlack, **more: Any) -> SlackAdapter:
    keys: dict[str, Any] = {
        "team_ids": ["T1", "T2", "E1"], "bot_token": None, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
        "token_keys": [KEY],
    }
    return ADAPTER.create(SlackConfig.model_validate(fake.configuration(**(keys | more))))


@pytest.fixture
async def app(host: RecordingHost, fake: FakeSlack) -> AsyncIterator[SlackAdapter]:
    made = several(fake)
    await made.start(host)
    yield made
    await made.stop()


def grant(token: str = "xoxb-t1", team: str = "T1", **more: Any) -> dict[str, Any]:
    return {"access_token": token, "token_type": "bot", "bot_user_id": "U1", "app_id": "A0FAKEAPP1",
            "team": {"id": team, "name": "bpost"}, "enterprise": None, "is_enterprise_install": False} | more


async def begin(app: SlackAdapter) -> tuple[dict[str, list[str]], dict[str, str]]:
    page = await app.handle_page(PageRequest("GET", "oauth/install"))
    assert page.status == 302
    name, _, value = page.headers["Set-Cookie"].partition(";")[0].partition("=")
    return parse_qs(urlsplit(page.headers["Location"]).query), {name: value}


async def end(
    app: SlackAdapter, fake: FakeSlack, granted: dict[str, Any] | None = None, **query: str
) -> PageResponse:
    asked, cookies = await begin(app)
    fake.codes["c1"] = granted or grant()
    values = {"state": asked["state"][0], "code": "c1"} | query
    return await app.handle_page(PageRequest("GET", "oauth/callback", query=values, cookies=cookies))


async def test_the_browser_is_sent_to_the_platform(app: SlackAdapter, fake: FakeSlack) -> None:
    assert isinstance(app, ServesPages)
    page = await app.handle_page(PageRequest("GET", "oauth/install"))
    assert page.headers["Location"].startswith(f"{fake.base_url}/oauth/v2/authorize?")
    query, _ = await begin(app)
    assert query["client_id"] == [CLIENT_ID]
    assert query["redirect_uri"] == [CALLBACK]
    assert "chat:write" in query["scope"][0].split(",")
    cookie = page.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/adapters/slack/oauth", "Max-Age=600"):
        assert part in cookie
    assert CLIENT_SECRET not in page.headers["Location"]


async def test_a_workspace_that_installed_can_be_sent_to(app: SlackAdapter, fake: FakeSlack) -> None:
    before = await app.send(outbound("hello", adapter="slack", conversation="T1/C0FAKECHAN"))
    assert isinstance(before, Retry)
    assert app.health().detail == "T1: the app is not installed there: open its install page"
    assert (await end(app, fake)).status == 200
    assert app.health().state == "up", "what is mended is not held against anybody"
    assert isinstance(await app.send(outbound("hello", adapter="slack", conversation="T1/C0FAKECHAN")), Sent)
    assert isinstance(await app.send(outbound("hello", adapter="slack", conversation="T2/C0FAKECHAN")), Retry)


async def test_tokens_outlive_a_restart_and_nobody_reads_them_without_the_key(
    app: SlackAdapter, fake: FakeSlack, host: RecordingHost
) -> None:
    assert (await end(app, fake)).status == 200
    kept = await host.state("slack").get("token:T1")
    assert kept is not None
    assert "xoxb" not in kept
    for keys, kind in (([KEY], Sent), ([OLD_KEY, KEY], Sent), ([OLD_KEY], Retry)):
        again = several(fake, token_keys=keys)
        await again.start(host)
        assert isinstance(await again.send(outbound("a", adapter="slack", conversation="T1/C0FAKECHAN")), kind)
        await again.stop()


async def test_a_whole_organisation_is_served_by_one_token(app: SlackAdapter, fake: FakeSlack) -> None:
    whole = grant("xoxb-e1", team="", enterprise={"id": "E1"}, is_enterprise_install=True)
    assert (await end(app, fake, whole)).status == 200
    assert (await end(app, fake, grant("xoxb-t2", "T2"))).status == 200
    for team, token in (("T9", "xoxb-e1"), ("T2", "xoxb-t2")):
        assert isinstance(await app.send(outbound("a", adapter="slack", conversation=f"{team}/C0FAKECHAN")), Sent)
        fake.world.revoked = {token}
        outcome = await app.send(outbound("a", adapter="slack", conversation=f"{team}/C0FAKECHAN"))
        assert isinstance(outcome, Retry)
        fake.world.revoked.clear()


async def test_of_two_organisations_each_workspace_gets_its_own(
    app: SlackAdapter, fake: FakeSlack, host: RecordingHost
) -> None:
    two = several(fake, team_ids=["E1", "E2"], guests_belong=True)
    await two.start(host)
    for organisation in ("E1", "E2"):
        whole = grant(f"xoxb-{organisation}", team="", enterprise={"id": organisation}, is_enterprise_install=True)
        assert (await end(two, fake, whole)).status == 200
    message = outbound("a", adapter="slack", conversation="T9/C0FAKECHAN")
    assert isinstance(await two.send(message), Retry)  # nobody knows yet whose workspace it is
    authorization = {"team_id": None, "enterprise_id": "E2", "user_id": "U1", "is_bot": True,
                     "is_enterprise_install": True}
    said = fake.event("到哪了") | {"team_id": "T9", "enterprise_id": "E2", "authorizations": [authorization]}
    assert (await two.handle_webhook(fake.signed(json.dumps(said).encode()))).status == 200
    await two.stop()
    again = several(fake, team_ids=["E1", "E2"], guests_belong=True)
    await again.start(host)
    fake.world.revoked = {"xoxb-E1"}
    assert isinstance(await again.send(message), Sent)
    await again.stop()


async def test_the_app_is_removed_in_any_order_of_events(
    app: SlackAdapter, fake: FakeSlack, host: RecordingHost
) -> None:
    assert (await end(app, fake)).status == 200
    authorization = {"team_id": "T1", "enterprise_id": None, "user_id": "U1", "is_bot": True}
    for event in ({"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}, {"type": "app_uninstalled"}):
        envelope = fake.envelope(event, team_id="T1", authorizations=[authorization])
        assert (await app.handle_webhook(fake.signed(json.dumps(envelope).encode()))).status == 200
    assert await host.state("slack").get("token:T1") is None
    assert isinstance(await app.send(outbound("a", adapter="slack", conversation="T1/C0FAKECHAN")), Retry)


@pytest.mark.parametrize(("granted", "why"), [
    (grant(team="T9"), "another workspace"), (grant(app_id="A9"), "another app"), (grant(""), "no token"),
    (grant("xoxp-person"), "a person's token"), (grant(expires_in=43_200, refresh_token="x"), "rotation"),
    (grant(enterprise={"id": "E9"}, is_enterprise_install=True), "another organisation"),
    ({"team": {"id": "T1"}, "access_token": ""}, "nothing"),
])
async def test_an_installation_that_is_not_wanted_is_refused_and_its_token_given_back(
    app: SlackAdapter, fake: FakeSlack, host: RecordingHost, granted: dict[str, Any], why: str
) -> None:
    page = await end(app, fake, granted)
    assert page.status == 403, why
    assert b"Not installed" in page.body
    assert await host.state("slack").get("token:T1") is None
    assert fake.calls["auth.revoke"] == bool(granted["access_token"])


async def test_a_state_is_for_one_use_one_browser_and_ten_minutes(
    app: SlackAdapter, fake: FakeSlack, clock: MovableClock
) -> None:
    asked, cookies = await begin(app)
    state = asked["state"][0]

    async def back(state: str = state, cookies: dict[str, str] = cookies) -> int:
        fake.codes["c1"] = grant()
        query = {"state": state, "code": "c1"}
        return (await app.handle_page(PageRequest("GET", "oauth/callback", query=query, cookies=cookies))).status

    other, its_cookies = await begin(app)
    assert await back(cookies={}) == 400
    assert await back(cookies=its_cookies) == 400
    assert await back(state="") == 400
    assert await back(state="é") == 400
    assert await back(state=state[:-4] + "AAAA") == 400
    assert await back() == 200
    assert await back() == 400
    clock.advance(timedelta(minutes=11))
    assert await back(state=other["state"][0], cookies=its_cookies) == 400


@pytest.mark.parametrize("step", [
    Answer({"ok": False, "error": "invalid_code"}), Answer("", 500), Reset(), Answer("x"),
])
async def test_a_platform_that_does_not_complete_it_is_told_so(app: SlackAdapter, fake: FakeSlack, step: Any) -> None:
    fake.script_for("oauth.v2.access", step)
    assert (await end(app, fake)).status == 502


async def test_an_installation_that_was_cancelled_changes_nothing(app: SlackAdapter, fake: FakeSlack) -> None:
    page = await end(app, fake, error="access_denied", code="<script>")
    assert page.status == 400
    assert b"cancelled" in page.body
    assert b"<script>" not in page.body


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "oauth/install"), ("GET", ""), ("GET", "oauth"), ("GET", "oauth/callback/x"), ("GET", "../x"),
])
async def test_there_are_no_other_pages(app: SlackAdapter, method: str, path: str) -> None:
    assert (await app.handle_page(PageRequest(method, path))).status == 404


async def test_an_instance_with_one_token_has_no_pages(slack: SlackAdapter) -> None:
    assert (await slack.handle_page(PageRequest("GET", "oauth/install"))).status == 404


async def test_while_the_store_does_not_answer_messages_wait(
    app: SlackAdapter, host: RecordingHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot(key: str) -> str | None:
        raise NotStored("the store is full")

    monkeypatch.setattr(host.state("slack"), "get", cannot)
    assert isinstance(await app.send(outbound("a", adapter="slack", conversation="T1/C0FAKECHAN")), Retry)
