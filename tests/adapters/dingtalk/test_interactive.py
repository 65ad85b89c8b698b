"""Interactive cards: made, shown, pressed, changed in place; and text when a card cannot be shown."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.dingtalk import ADAPTER, DingTalkAdapter, DingTalkConfig
from adapters.dingtalk.interactive import BUTTONS, TEXTS, Space, card_params, create_body
from adapters.dingtalk.presses import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign_card
from bot.contracts import (
    Action,
    Buttons,
    Card,
    ConversationKind,
    DeliveryOutcome,
    MessageKind,
    OutboundMessage,
    Refused,
    ReplyRoute,
    Retry,
    Sent,
    Step,
    Table,
    Uncertain,
    WebhookRequest,
    WebhookResponse,
)
from bot.testing import Answer, FakeDingTalk, RecordingHost, Reset, outbound
from bot.testing.dingtalk import CLIENT_ID, CORP
from bot.testing.dingtalk_cards import TEMPLATE, press
from bot.testing.dingtalk_stream import CARDS
from tests.adapters.dingtalk.samples import NOW, sample
from tests.adapters.dingtalk.streaming import streaming

GROUP = "cidGroup=="
ALERT = Card(
    language="zh-Hans", title="航班 CV7911 晚点", text=("12,034 件包裹受影响",),
    timeline=(Step(when="11月24日 10:12", what="清关查验", where="列日"),),
    actions=(Action(label="收到", say="收到 A-1024"), Action(label="静音", say="静音 A-1024 4h"),
             Action(label="清单", url="https://track.example/t/1")),
)


@pytest.fixture
async def robot(fake: FakeDingTalk, host: RecordingHost) -> AsyncIterator[DingTalkAdapter]:
    async with streaming(fake, host, card_template_id=TEMPLATE) as robot:
        yield robot


def alert(card: Card = ALERT, **more: Any) -> OutboundMessage:
    return outbound(card, adapter="dingtalk", conversation=GROUP, kind=ConversationKind.GROUP, **more)


def sent_as(outcome: DeliveryOutcome) -> str:
    """The `outTrackId` of what was sent as a card."""
    assert isinstance(outcome, Sent)
    return (outcome.provider_ref or "").split(" ")[0]


async def pressed(fake: FakeDingTalk, card: str, button: str, **more: str) -> dict[str, Any]:
    """Press over Stream; what the card is told to show."""
    values = {"user": "manager8821", "corp": CORP} | more
    push = await fake.stream.push(press(card, button, user=values["user"], corp=values["corp"]), CARDS)
    await fake.stream.until(lambda: push.ack)
    assert push.ack is not None
    assert push.ack["code"] == 200
    answer: dict[str, Any] = json.loads(push.ack["data"])["response"]
    return answer


async def test_an_alert_with_buttons_is_a_card_and_pressing_says_what_the_button_says(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    assert robot.capabilities.buttons is Buttons.CALLBACK
    assert robot.capabilities.edits_in_place
    sent = alert()
    assert sent_as(await robot.send(sent)) == sent.message_id
    (post,) = fake.posts
    assert post.by == "card"
    assert all(part in post.text for part in ("航班 CV7911 晚点", "12,034", "列日", "收到", "静音", "track.example"))
    answer = await pressed(fake, sent.message_id, "button2")
    assert set(answer) <= set(json.loads(sample("stream_frame_card_callback")["ack"]["data"])["response"])
    assert answer["userPrivateData"] == {"cardParamMap": {"pressed": "2"}}
    (heard,) = host.received
    assert (heard.kind, heard.text) == (MessageKind.ACTION, "静音 A-1024 4h")
    assert (heard.conversation.external_id, heard.conversation.kind) == (GROUP, ConversationKind.GROUP)
    assert (heard.sender.external_id, heard.sender.outsider) == ("manager8821", False)


async def test_the_request_has_the_recorded_form(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    recorded = sample("openapi_card_create_and_deliver")
    await robot.send(alert(mention=("manager8821", "outsider/$:x")))
    (path, body), = fake.openapi.calls
    assert path == "/v1.0/card/instances/createAndDeliver"
    assert set(body["imGroupOpenDeliverModel"]) == set(recorded["group"]["request"]["body"]["imGroupOpenDeliverModel"])
    assert list(body["imGroupOpenDeliverModel"]["atUserIds"]) == ["manager8821"]
    assert set(body) == set(recorded["group"]["request"]["body"]) - {"privateData"}
    assert body["callbackType"] == "STREAM"
    assert all(isinstance(value, str) for value in body["cardData"]["cardParamMap"].values())
    direct = create_body(alert(), Space(ConversationKind.DIRECT, "manager8821"), template="t.schema", robot="r",
                         callback="STREAM")
    assert set(direct) == set(recorded["direct_request_body"])
    assert direct["openSpaceId"] == "dtv1.card//IM_ROBOT.manager8821"
    assert direct["imRobotOpenDeliverModel"] == {"spaceType": "IM_ROBOT", "robotCode": "r"}


async def test_a_press_means_what_we_kept_and_never_what_the_client_says(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    sent = alert()
    await robot.send(sent)
    assert await pressed(fake, "somebody-elses-card", "button1") == {}
    assert await pressed(fake, sent.message_id, "button5") == {}
    assert await pressed(fake, sent.message_id, "收到 A-9999") == {}
    assert await pressed(fake, sent.message_id, "button1", corp="dingother") == {}
    assert host.received == []
    assert robot.health().figures["presses_unknown"] == 3


@pytest.mark.parametrize("data", ["{}", "not json", '{"outTrackId":1,"userId":"x"}', '{"outTrackId":"x"}'])
async def test_a_press_that_cannot_be_read_is_a_failure_and_nothing_more(
    fake: FakeDingTalk, robot: DingTalkAdapter, data: str
) -> None:
    push = await fake.stream.push(data, CARDS)
    await fake.stream.until(lambda: push.ack)
    assert push.ack is not None
    assert push.ack["code"] == 500
    assert len(fake.stream.links) == 1


async def test_a_card_changes_in_place_and_its_buttons_with_it(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    first = alert()
    await robot.send(first)
    now = ALERT.model_copy(update={"title": "航班 CV7911 已到", "actions": (Action(label="导出", say="导出 A-1024"),)})
    later = alert(now, replaces=first.message_id)
    assert sent_as(await robot.send(later)) == first.message_id
    assert len(fake.posts) == 1, "nothing new appears"
    ((changed, params),) = fake.openapi.cards.updates
    assert changed == first.message_id
    assert (params["title"], params["button1"], params["button2"]) == ("航班 CV7911 已到", "导出", "")
    recorded = sample("openapi_card_update")["request"]["body"]
    assert set(fake.openapi.calls[-1][1]) == set(recorded) - {"cardUpdateOptions"}, "the whole data set is replaced"
    await pressed(fake, first.message_id, "button1")
    assert host.received[0].text == "导出 A-1024"


@pytest.mark.parametrize("ref", ["long-gone", "", "a processQueryKey"])
async def test_what_is_no_card_is_not_changed_and_nothing_new_is_said(
    fake: FakeDingTalk, robot: DingTalkAdapter, ref: str
) -> None:
    outcome = await robot.send(alert(replaces=ref))
    assert isinstance(outcome, Refused)
    assert not outcome.destination_broken
    assert fake.posts == []


async def test_a_card_whose_last_button_goes_is_changed_all_the_same(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    first = alert()
    await robot.send(first)
    over = alert(Card(language="zh-Hans", title="已恢复：航班 CV7911"), replaces=first.message_id)
    assert isinstance(await robot.send(over), Sent)
    assert [post.by for post in fake.posts] == ["card"]
    assert "已恢复" in fake.posts[0].text
    await pressed(fake, first.message_id, "button1")
    assert host.received == [], "the button is gone, and whoever has it still on the screen presses in vain"


async def test_while_a_change_has_not_gone_through_the_old_buttons_say_what_stands_on_them(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    first = alert()
    await robot.send(first)
    later = alert(ALERT.model_copy(update={"actions": ALERT.actions[1:]}), replaces=first.message_id)
    fake.script(Answer("busy", 503))
    assert isinstance(await robot.send(later), Retry)
    await pressed(fake, first.message_id, "button1")
    assert host.received[0].text == ALERT.actions[0].say


async def test_a_card_nobody_sees_goes_as_text_and_is_never_taken_for_sent(
    fake: FakeDingTalk, robot: DingTalkAdapter
) -> None:
    fake.openapi.cards.illegal_spaces.add(GROUP)
    sent = alert()
    assert isinstance(await robot.send(sent), Sent)
    assert [post.by for post in fake.posts] == ["openapi"]
    assert "cards" in robot.health().detail
    assert isinstance(await robot.send(sent.model_copy(update={"attempt": 2, "resent": True})), Sent)
    assert [post.by for post in fake.posts] == ["openapi", "openapi"]


async def test_a_template_that_was_not_published_costs_the_buttons_and_not_the_message(
    fake: FakeDingTalk, robot: DingTalkAdapter
) -> None:
    fake.openapi.cards.published = False
    assert isinstance(await robot.send(alert()), Sent)
    assert [post.by for post in fake.posts] == ["openapi"]
    assert "param.templateUnpublished" in robot.health().detail
    fake.openapi.cards.published = True
    await robot.send(alert())
    assert robot.health().state == "up"


async def test_a_second_attempt_after_a_lost_answer_shows_one_card(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    sent = alert()
    fake.script(Reset(taken=True))
    assert isinstance(await robot.send(sent), Uncertain)
    assert sent_as(await robot.send(sent.model_copy(update={"attempt": 2}))) == sent.message_id
    assert [post.by for post in fake.posts] == ["card"]


async def test_an_answer_goes_over_its_session_unless_all_shall_be_cards(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    route = ReplyRoute(url=fake.open_session(GROUP), expires_at=NOW.replace(year=2030))
    answer = alert(in_reply_to="x", reply_route=route)
    await robot.send(answer)
    async with streaming(fake, host, card_template_id=TEMPLATE, interactive="all") as other:
        await other.send(answer)
    assert [post.by for post in fake.posts] == ["session", "card"]


async def test_without_buttons_or_template_there_is_no_card(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    await robot.send(alert(ALERT.model_copy(update={"actions": ()})))
    async with streaming(fake, host) as plain:
        await plain.send(alert())
        assert plain.capabilities.buttons is Buttons.LINK
    assert [post.by for post in fake.posts] == ["openapi", "openapi"]


def test_every_variable_stays_within_its_bytes_however_large_the_card() -> None:
    rows = tuple((f"LX{n:09}CN", f"{n} 小时", "列日海关查验") for n in range(12_000))
    table = Table(columns=("单号", "晚点", "在哪"), rows=rows, more="另有 {n} 件")
    huge = ALERT.model_copy(update={
        "text": tuple("延误" * 900 for _ in range(9)), "table": table,
        "actions": tuple(Action(label="很长的按钮名称" * 9, say=f"x {n}") for n in range(9)),
    })  # fmt: skip
    names = {"title", *(f"text{n + 1}" for n in range(TEXTS)), *(f"button{n + 1}" for n in range(BUTTONS))}
    for card in (huge, ALERT, Card(text=("好",), actions=ALERT.actions), huge.model_copy(update={"text": ("x",)})):
        params = card_params(alert(card))
        assert set(params) == names
        assert max(len(value.encode()) for value in params.values()) <= 1_000
        assert params["title"]
        assert params["text1"]
    shown = card_params(alert(huge.model_copy(update={"text": ("x",)})))
    text = "".join(shown[f"text{n + 1}"] for n in range(TEXTS))
    assert f"另有 {12_000 - text.count('CN')} 件" in text


# ---- HTTP mode ----

SECRET = "card-callback-secret"


def over_http(body: object, *, at_ms: int, secret: str = SECRET) -> WebhookRequest:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {TIMESTAMP_HEADER: str(at_ms), SIGNATURE_HEADER: sign_card(secret, str(at_ms))}
    return WebhookRequest("POST", headers, {}, raw)


@pytest.fixture
async def by_http(fake: FakeDingTalk, host: RecordingHost) -> AsyncIterator[DingTalkAdapter]:
    config = fake.configuration(card_template_id=TEMPLATE, card_callback_secret=SECRET, robot_code=CLIENT_ID)
    robot = ADAPTER.create(DingTalkConfig.model_validate(config))
    await robot.start(host)
    yield robot
    await robot.stop()


@pytest.mark.parametrize("vector", sample("signatures")["card_http_callback"]["vectors"], ids=lambda v: v["id"])
def test_the_recorded_signatures_are_made(vector: dict[str, str]) -> None:
    assert sign_card(vector["api_secret"], vector["timestamp"]) == vector["signature"]


async def test_over_http_a_press_is_believed_by_its_own_signature(
    fake: FakeDingTalk, by_http: DingTalkAdapter, host: RecordingHost
) -> None:
    sent = alert()
    await by_http.send(sent)
    now_ms = int(NOW.timestamp() * 1000)
    payload = press(sent.message_id, "button1", user="manager8821", corp=CORP)
    answer = await by_http.handle_webhook(over_http(payload, at_ms=now_ms))
    assert answer.status == 200
    assert json.loads(answer.body)["userPrivateData"] == {"cardParamMap": {"pressed": "1"}}
    assert [message.text for message in host.received] == ["收到 A-1024"]
    body = next(body for path, body in fake.openapi.calls if path.endswith("createAndDeliver"))
    assert (body["callbackType"], body["callbackRouteKey"]) == ("HTTP", "parcelbridge-dingtalk")


async def test_in_http_mode_the_platform_is_told_where_presses_go(
    fake: FakeDingTalk, by_http: DingTalkAdapter
) -> None:
    await by_http.send(alert())  # later than the start, which does not wait for it
    await fake.until(lambda: fake.openapi.cards.registered)
    assert fake.openapi.cards.registered == {"parcelbridge-dingtalk": "https://bridge.example/webhooks/dingtalk"}
    told = next(body for path, body in fake.openapi.calls if path.endswith("register"))
    assert set(told) == set(sample("http_card_callback")["register"]["request"]["body"])


@pytest.mark.parametrize(("request_", "status"), [
    (over_http({}, at_ms=int(NOW.timestamp() * 1000), secret="guess"), 401),
    (over_http({}, at_ms=int(NOW.timestamp() * 1000) - 3_600_001), 401),
    (over_http(b"{", at_ms=int(NOW.timestamp() * 1000)), 400),
    (over_http({}, at_ms=int(NOW.timestamp() * 1000)), 400),
    (over_http(b" " * 70_000, at_ms=int(NOW.timestamp() * 1000)), 413),
    (replace(over_http({}, at_ms=int(NOW.timestamp() * 1000)), method="GET"), 405),
])
async def test_what_is_not_proven_or_not_readable_is_refused(
    by_http: DingTalkAdapter, host: RecordingHost, request_: WebhookRequest, status: int
) -> None:
    assert (await by_http.handle_webhook(request_)).status == status
    assert host.received == []


async def test_without_a_secret_no_press_over_http_is_believed(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    answer = await robot.handle_webhook(over_http({}, at_ms=int(NOW.timestamp() * 1000), secret=""))
    assert answer == WebhookResponse(401)


async def test_a_press_that_cannot_be_stored_is_not_answered_as_done(
    by_http: DingTalkAdapter, host: RecordingHost
) -> None:
    sent = alert()
    await by_http.send(sent)
    host.full = True
    payload = press(sent.message_id, "button1", user="manager8821", corp=CORP)
    assert (await by_http.handle_webhook(over_http(payload, at_ms=int(NOW.timestamp() * 1000)))).status == 503


async def test_a_message_the_filter_refuses_is_not_tried_as_text(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    from bot.testing import Answer

    fake.script(Answer({"code": "param.contentUnsafe"}, status=400))
    assert isinstance(await robot.send(alert()), Refused)
    assert fake.posts == []
