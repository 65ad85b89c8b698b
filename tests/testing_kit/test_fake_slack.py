"""The fake Slack is kept honest: it refuses what the platform refuses, as the platform does it."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.testing import Answer, FakeSlack, MovableClock
from bot.testing.messages import WHEN
from bot.testing.slack import APP_TOKEN, BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET
from bot.testing.slack_world import ANNA, BURST, CHANNEL, DIRECT, TEAM, SlackFile
from tests.adapters.slack.samples import sample


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(WHEN)


@pytest.fixture
async def fake(clock: MovableClock) -> AsyncIterator[FakeSlack]:
    async with FakeSlack(clock.now) as fake:
        yield fake


@pytest.fixture
async def client(fake: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    """The official client: what it understands is what the platform says."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(BOT_TOKEN, base_url=f"{fake.base_url}/api/", session=session, retry_handlers=[])


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_the_official_client_is_understood(client: AsyncWebClient, fake: FakeSlack) -> None:
    assert (await client.auth_test())["team_id"] == TEAM
    assert (await client.conversations_open(users=ANNA))["channel"]["id"] == DIRECT
    posted = await client.chat_postMessage(channel=ANNA, text="hello")
    assert (posted["channel"], fake.posts[0].ts) == (DIRECT, posted["ts"])
    await client.chat_update(channel=DIRECT, ts=posted["ts"], text="bye")
    assert [post.text for post in fake.posts] == ["bye"]
    uploaded = await client.files_upload_v2(channel=DIRECT, content="a;b", filename="list.csv")
    assert fake.world.files[uploaded["file"]["id"]].content == b"a;b"
    assert fake.world.files[uploaded["file"]["id"]].shared == [(DIRECT, "")]


async def test_errors_come_inside_http_200(client: AsyncWebClient, fake: FakeSlack) -> None:
    fake.world.channels["C0OLD"] = "is_archived"
    assert await refused(client.chat_postMessage(channel="C9", text="x")) == "channel_not_found"
    assert await refused(client.chat_postMessage(channel="C0OLD", text="x")) == "is_archived"
    assert await refused(client.api_call("chat.postMessage", json={"channel": CHANNEL})) == "no_text"
    assert await refused(client.chat_update(channel=CHANNEL, ts="1.1", text="x")) == "message_not_found"
    assert await refused(client.conversations_open(users="U9")) == "user_not_found"
    assert await refused(client.api_call("chat.nothing")) == "unknown_method"
    await client.auth_revoke()
    assert await refused(client.auth_test()) == "token_revoked"
    client.token = "xoxb-other"
    assert await refused(client.auth_test()) == "invalid_auth"


@pytest.mark.parametrize("block", [
    {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}},
    {"type": "section", "text": {"type": "mrkdwn", "text": ""}},
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11},
    {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}, {"type": "dance"},
    {"type": "actions", "elements": [
        {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}, "value": "x" * 2_001}]},
    {"type": "actions", "elements": [
        {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}, "value": "x"}] * 2},
])
async def test_blocks_have_their_limits(client: AsyncWebClient, fake: FakeSlack, block: dict[str, Any]) -> None:
    assert await refused(client.chat_postMessage(channel=CHANNEL, text="x", blocks=[block])) == "invalid_blocks"
    assert fake.posts == []


async def test_all_blocks_together_have_a_limit_too(client: AsyncWebClient) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_900}}
    too_long = client.chat_postMessage(channel=CHANNEL, text="x", blocks=[block] * 5)
    assert await refused(too_long) == "msg_blocks_too_long"
    divider = {"type": "divider"}
    assert await refused(client.chat_postMessage(channel=CHANNEL, text="x", blocks=[divider] * 51)) == "invalid_blocks"


async def test_a_channel_takes_a_burst_and_then_one_a_second(
    client: AsyncWebClient, fake: FakeSlack, clock: MovableClock
) -> None:
    for number in range(BURST):
        await client.chat_postMessage(channel=CHANNEL, text=f"{number}")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=CHANNEL, text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel=DIRECT, text="another channel")
    clock.advance(timedelta(seconds=1))
    await client.chat_postMessage(channel=CHANNEL, text="x")


async def test_history_comes_in_pages_newest_first_with_metadata_for_who_asks(
    client: AsyncWebClient, fake: FakeSlack
) -> None:
    metadata = {"event_type": "t", "event_payload": {"id": "1"}}
    for number in range(3):
        await client.chat_postMessage(channel=CHANNEL, text=f"{number}", metadata=metadata)
    await client.chat_postMessage(channel=CHANNEL, text="below", thread_ts=fake.posts[0].ts)
    page = await client.conversations_history(channel=CHANNEL, limit=2, include_all_metadata=True)
    assert [message["text"] for message in page["messages"]] == ["2", "1"]
    assert page["response_metadata"]["next_cursor"] == "2"
    plain = await client.conversations_history(channel=CHANNEL, cursor="2")
    assert "metadata" not in plain["messages"][0]
    thread = await client.conversations_replies(channel=CHANNEL, ts=fake.posts[0].ts)
    assert [message["text"] for message in thread["messages"]] == ["below"]


async def test_an_upload_wants_a_channels_id(client: AsyncWebClient) -> None:
    files = [{"id": "F1", "title": "x"}]
    for channel in (ANNA, "#parcels"):
        call = client.files_completeUploadExternal(files=files, channel_id=channel)  # type: ignore[arg-type]
        assert await refused(call) == "invalid_arguments"


async def test_a_file_without_a_token_is_a_page_to_sign_in(fake: FakeSlack) -> None:
    fake.add_file("F1", SlackFile("a.csv", b"1", "text/csv"))
    url = f"{fake.base_url}/files-pri/{TEAM}-F1/F1"
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
        async with session.get(url, headers={"Authorization": f"Bearer {BOT_TOKEN}"}) as answer:
            assert await answer.read() == b"1"


async def test_a_response_address_has_five_uses_and_half_an_hour(fake: FakeSlack, clock: MovableClock) -> None:
    url, late = fake.hook(), fake.hook()

    async def post(url: str) -> str:
        async with aiohttp.ClientSession() as session, session.post(url, json={"text": "x"}) as answer:
            return await answer.text() if answer.status == 200 else str((await answer.json())["error"])

    assert [await post(url) for _ in range(6)] == ["ok"] * 5 + ["used_url"]
    clock.advance(timedelta(minutes=30))
    assert await post(late) == "expired_url"
    assert len(fake.private) == 5


async def test_a_code_is_exchanged_once(client: AsyncWebClient, fake: FakeSlack) -> None:
    fake.codes["c"] = {"access_token": "xoxb-new", "team": {"id": "T2"}}
    keys = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "code": "c"}
    assert (await client.api_call("oauth.v2.access", data=keys))["access_token"] == "xoxb-new"
    assert await refused(client.api_call("oauth.v2.access", data=keys)) == "invalid_code"
    wrong = keys | {"client_secret": "guess"}
    assert await refused(client.api_call("oauth.v2.access", data=wrong)) == "invalid_client_id"


async def test_what_people_do_is_signed_as_the_platform_signs(fake: FakeSlack) -> None:
    class Fixed(Clock):
        def now(self) -> float:
            return WHEN.timestamp()

    verifier = SignatureVerifier(SIGNING_SECRET, Fixed())
    for request in (fake.says("<b> & 到哪了"), fake.command("LX1")):
        headers = request.headers
        assert verifier.is_valid(request.body, headers["x-slack-request-timestamp"], headers["x-slack-signature"])
    assert json.loads(fake.says("<b> & x").body)["event"]["text"] == "&lt;b&gt; &amp; x"


async def test_a_ticket_opens_one_websocket_which_greets_and_hears_acknowledgements(
    client: AsyncWebClient, fake: FakeSlack
) -> None:
    assert await refused(client.apps_connections_open(app_token="xapp-guess")) == "invalid_auth"
    url = (await client.apps_connections_open(app_token=APP_TOKEN))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        envelope_id = await fake.gateway.deliver("events_api", {"x": 1})
        assert (await socket.receive_json())["envelope_id"] == envelope_id
        assert await fake.gateway.redeliver() == 1
        await socket.receive_json()
        await socket.send_json({"envelope_id": envelope_id})
        await fake.gateway.when(lambda gateway: not gateway.pending)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_an_acknowledgement_may_carry_an_answer_as_recorded(client: AsyncWebClient, fake: FakeSlack) -> None:
    url = (await client.apps_connections_open(app_token=APP_TOKEN))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        envelope_id = await fake.gateway.deliver("slash_commands", sample("socket/slash_commands")["payload"])
        answer = sample("socket/ack_with_payload") | {"envelope_id": envelope_id}
        await socket.send_json(answer)
        await fake.gateway.when(lambda gateway: not gateway.pending)
    assert fake.gateway.heard == [answer]


async def test_a_script_of_one_method_leaves_the_others_alone(client: AsyncWebClient, fake: FakeSlack) -> None:
    fake.script_for("users.info", Answer({"ok": False, "error": "internal_error"}))
    await client.auth_test()
    assert await refused(client.users_info(user=ANNA)) == "internal_error"
    assert (await client.users_info(user=ANNA))["user"]["id"] == ANNA
