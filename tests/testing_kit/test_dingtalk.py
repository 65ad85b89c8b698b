"""The fake DingTalk beside its webhooks: a gateway and an API as strict, and as unreliable, as the real ones."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError

from bot.testing import FakeDingTalk, MovableClock
from bot.testing.dingtalk import CLIENT_ID, CLIENT_SECRET
from bot.testing.dingtalk_cards import TEMPLATE
from bot.testing.messages import WHEN

TEXT = {"robotCode": CLIENT_ID, "msgKey": "sampleText", "msgParam": '{"content":"hi"}'}
GROUP_SEND, DIRECT_SEND = "/v1.0/robot/groupMessages/send", "/v1.0/robot/oToMessages/batchSend"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(WHEN)


@pytest.fixture
async def fake(clock: MovableClock) -> AsyncIterator[FakeDingTalk]:
    async with FakeDingTalk(clock.now) as fake:
        yield fake


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def opened(fake: FakeDingTalk, session: ClientSession, secret: str = CLIENT_SECRET) -> dict[str, Any]:
    wanted = {"clientId": CLIENT_ID, "clientSecret": secret, "subscriptions": []}
    async with session.post(f"{fake.base_url}/v1.0/gateway/connections/open", json=wanted) as answer:
        found: dict[str, Any] = await answer.json()
        return found | {"status": answer.status}


async def call(
    fake: FakeDingTalk, session: ClientSession, path: str, body: dict[str, Any], token: str | None = None
) -> dict[str, Any]:
    if token is None:
        keys = {"appKey": CLIENT_ID, "appSecret": CLIENT_SECRET}
        async with session.post(f"{fake.base_url}/v1.0/oauth2/accessToken", json=keys) as answer:
            token = (await answer.json())["accessToken"]
    headers = {"x-acs-dingtalk-access-token": token}
    async with session.post(f"{fake.base_url}{path}", json=body, headers=headers) as answer:
        found: dict[str, Any] = await answer.json()
        return found | {"status": answer.status}


async def test_a_ticket_opens_one_connection_within_ninety_seconds(
    fake: FakeDingTalk, session: ClientSession, clock: MovableClock
) -> None:
    assert (await opened(fake, session, "wrong"))["status"] == 401
    first, late = await opened(fake, session), await opened(fake, session)
    async with session.ws_connect(first["endpoint"], params={"ticket": first["ticket"]}):
        assert len(fake.stream.links) == 1
        with pytest.raises(WSServerHandshakeError):
            await session.ws_connect(first["endpoint"], params={"ticket": first["ticket"]})
    clock.advance(timedelta(seconds=90))
    with pytest.raises(WSServerHandshakeError):
        await session.ws_connect(late["endpoint"], params={"ticket": late["ticket"]})


async def test_what_is_not_acknowledged_is_pushed_again_after_a_minute_under_a_new_id(
    fake: FakeDingTalk, session: ClientSession, clock: MovableClock
) -> None:
    ticket = await opened(fake, session)
    async with session.ws_connect(ticket["endpoint"], params={"ticket": ticket["ticket"]}) as socket:
        push = await fake.stream.push(fake.payload("hi"))
        first = await socket.receive_json()
        assert await fake.stream.redeliver() == 0
        clock.advance(timedelta(seconds=60))
        assert await fake.stream.redeliver() == 1
        second = await socket.receive_json()
        assert first["data"] == second["data"]
        assert first["headers"]["messageId"] != second["headers"]["messageId"]
        await socket.send_json({"code": 200, "headers": {"messageId": first["headers"]["messageId"]}})
        await fake.stream.until(lambda: push.is_taken)
        clock.advance(timedelta(seconds=60))
        assert await fake.stream.redeliver() == 0


async def test_after_goodbye_nothing_more_is_pushed_there(fake: FakeDingTalk, session: ClientSession) -> None:
    fake.stream.disconnect_every = 2
    ticket = await opened(fake, session)
    async with session.ws_connect(ticket["endpoint"], params={"ticket": ticket["ticket"]}) as socket:
        for _ in range(3):
            await fake.stream.push(fake.payload("hi"))
        topics = [(await socket.receive_json())["headers"]["topic"] for _ in range(3)]
    assert topics == ["/v1.0/im/bot/messages/get"] * 2 + ["disconnect"]
    assert len(fake.stream.untaken) == 3


async def test_a_message_can_be_lost_with_its_socket_or_only_its_acknowledgement(
    fake: FakeDingTalk, session: ClientSession
) -> None:
    for setting, heard in (("cut_before", 0), ("cut_after", 1)):
        fake.stream.cut_before = fake.stream.cut_after = 0.0
        setattr(fake.stream, setting, 1.0)
        ticket = await opened(fake, session)
        async with session.ws_connect(ticket["endpoint"], params={"ticket": ticket["ticket"]}) as socket:
            await fake.stream.push(fake.payload("hi"))
            messages = [message async for message in socket]
        assert sum(message.type is WSMsgType.TEXT for message in messages) <= heard
        assert fake.stream.open_links == []


async def test_a_token_is_needed_and_ends(fake: FakeDingTalk, session: ClientSession, clock: MovableClock) -> None:
    group = TEXT | {"openConversationId": "cid1"}
    assert (await call(fake, session, GROUP_SEND, group, "made-up"))["code"] == "InvalidAuthentication"
    assert (await call(fake, session, GROUP_SEND, group))["processQueryKey"]
    (token,) = fake.openapi.tokens
    clock.advance(timedelta(hours=2))
    assert (await call(fake, session, GROUP_SEND, group, token))["code"] == "InvalidAuthentication"
    assert [post.text for post in fake.posts] == ["hi"]


@pytest.mark.parametrize(("changed", "code"), [
    ({"robotCode": "other"}, "robotCode.notExsit"),
    ({"msgParam": {"content": "x"}}, "invalidParameter.msgParam.invalid"),
    ({"msgParam": "{"}, "invalidParameter.msgParam.invalid"), ({"msgParam": "{}"}, "invalidParameter.msgParam.invalid"),
    ({"msgKey": "sampleFeedCard"}, "invalidParameter.msgParam.invalid"),
    ({"msgParam": json.dumps({"content": "x" * 15_000})}, "invalidParameter.msgParam.tooLong"),
])
async def test_a_message_the_platform_does_not_take_is_not_taken(
    fake: FakeDingTalk, session: ClientSession, changed: dict[str, Any], code: str
) -> None:
    refused = await call(fake, session, GROUP_SEND, TEXT | {"openConversationId": "cid1"} | changed)
    assert (refused["status"], refused["code"]) == (400, code)
    assert fake.posts == []


async def test_twenty_persons_in_one_call_twenty_calls_in_one_second(
    fake: FakeDingTalk, session: ClientSession, clock: MovableClock
) -> None:
    persons = [f"p{n}" for n in range(21)]
    assert (await call(fake, session, DIRECT_SEND, TEXT | {"userIds": persons}))["code"] == "userIds.overMax"
    answers = [await call(fake, session, DIRECT_SEND, TEXT | {"userIds": persons[:20]}) for _ in range(20)]
    assert [answer["status"] for answer in answers] == [200] * 19 + [403]
    clock.advance(timedelta(seconds=1))
    assert (await call(fake, session, DIRECT_SEND, TEXT | {"userIds": ["p1"]}))["status"] == 200


async def test_the_month_has_an_end(fake: FakeDingTalk, session: ClientSession) -> None:
    fake.openapi.month_left = 1
    group = TEXT | {"openConversationId": "cid1"}
    assert (await call(fake, session, GROUP_SEND, group))["status"] == 200
    refused = await call(fake, session, GROUP_SEND, group)
    assert refused["code"].endswith("ApiCountLimitForOrg")


async def test_a_card_needs_its_template_and_texts_of_a_kilobyte(fake: FakeDingTalk, session: ClientSession) -> None:
    create = "/v1.0/card/instances/createAndDeliver"
    card = {
        "cardTemplateId": TEMPLATE, "outTrackId": "c1", "cardData": {"cardParamMap": {"title": "x"}},
        "openSpaceId": "dtv1.card//IM_GROUP.cid1", "imGroupOpenDeliverModel": {"robotCode": CLIENT_ID},
    }
    assert (await call(fake, session, create, card | {"cardTemplateId": "y"}))["code"] == "param.templateNotExist"
    for value in ("x" * 1025, 7, ["x"]):
        wrong = card | {"cardData": {"cardParamMap": {"title": value}}}
        assert (await call(fake, session, create, wrong))["code"] == "param.cardDataInvalid"
    assert (await call(fake, session, create, card))["success"] is True
    assert (await call(fake, session, create, card))["code"] == "param.cardAlreadyExist"
    unseen = card | {"outTrackId": "c2", "openSpaceId": "dtv1.card//IM_GROUP.cid1", "imGroupOpenDeliverModel": {}}
    result = (await call(fake, session, create, unseen))["result"]
    assert result["deliverResults"][0]["success"] is False
    assert len(fake.posts) == 1
