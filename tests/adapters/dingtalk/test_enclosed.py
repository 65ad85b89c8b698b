"""Files go behind their message, once each; what cannot be sent is told and never silently lost with the text."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from yarl import URL

from adapters.dingtalk import ADAPTER, DingTalkAdapter, DingTalkConfig
from adapters.dingtalk.api_answers import old_outcome
from adapters.dingtalk.budget import Budget
from adapters.dingtalk.openapi import OpenApi
from bot.contracts import Card, ConversationKind, FetchedFile, File, OutboundMessage, ReplyRoute, Retry, Sent
from bot.testing import Answer, FakeDingTalk, MovableClock, RecordingHost, Sink, Usual, outbound
from tests.adapters.dingtalk.samples import NOW, sample

GROUP = "cidGroup=="
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def host() -> AsyncIterator[RecordingHost]:
    async with RecordingHost(MovableClock(NOW)) as host:
        host.files = {"r1": FetchedFile("清单.xlsx", b"PK-1"), "r2": FetchedFile("b.pdf", b"%PDF")}
        yield host


@pytest.fixture
async def robot(fake: FakeDingTalk, host: RecordingHost) -> AsyncIterator[DingTalkAdapter]:
    made = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration()))
    await made.start(host)
    yield made
    await made.stop()


def message(*files: tuple[str, str], **more: Any) -> OutboundMessage:
    given = tuple(File(name=name, media_type=XLSX, reference=reference) for name, reference in files)
    return outbound(Card(title="37 件", files=given), adapter="dingtalk", conversation=GROUP,
                    kind=ConversationKind.GROUP, **more)


BOTH = (("清单.xlsx", "r1"), ("b.pdf", "r2"))


async def test_files_follow_their_message_in_their_order(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    route = ReplyRoute(url=fake.open_session(GROUP), expires_at=NOW.replace(year=2030))
    assert robot.capabilities.files
    assert isinstance(await robot.send(message(*BOTH, reply_route=route)), Sent)
    assert [(post.by, post.text) for post in fake.posts][1:] == [("openapi", "[清单.xlsx]"), ("openapi", "[b.pdf]")]
    assert (fake.posts[0].by, "📎 清单.xlsx" in fake.posts[0].text) == ("session", True)
    assert list(fake.openapi.media.values()) == [b"PK-1", b"%PDF"]
    recorded = next(one for one in sample("openapi_msg_kinds") if one["msgKey"] == "sampleFile")
    sent = fake.openapi.calls[-1][1]
    assert sent["msgKey"] == recorded["msgKey"]
    assert '"fileType":"pdf"' in sent["msgParam"]


async def test_what_has_arrived_is_not_sent_again(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    wanted = message(*BOTH)
    busy = Answer({"code": "send.too.fast"}, status=400)
    # The text, the first upload and its message pass; the second upload passes and its message does not.
    fake.script(*(Usual(),) * 4, busy)
    assert isinstance(await robot.send(wanted), Retry)
    assert [post.text for post in fake.posts][1:] == ["[清单.xlsx]"]
    assert isinstance(await robot.send(wanted.model_copy(update={"attempt": 2})), Sent)
    assert [post.text for post in fake.posts][1:] == ["[清单.xlsx]", "[b.pdf]"]


async def test_a_file_that_cannot_be_made_now_waits_and_its_text_is_not_sent_again(
    fake: FakeDingTalk, host: RecordingHost, robot: DingTalkAdapter
) -> None:
    wanted, host.away = message(BOTH[0]), True
    assert isinstance(await robot.send(wanted), Retry)
    host.away = False
    assert isinstance(await robot.send(wanted.model_copy(update={"attempt": 2})), Sent)
    assert [post.text for post in fake.posts][1:] == ["[清单.xlsx]"]


@pytest.mark.parametrize(("name", "reference", "says"), [
    ("x.exe", "r1", "no kind of file"), ("gone.xlsx", "r9", "not there"), ("noextension", "r1", "no kind of file"),
])
async def test_a_file_that_cannot_be_sent_is_told_and_the_others_are_sent(
    fake: FakeDingTalk, robot: DingTalkAdapter, caplog: pytest.LogCaptureFixture, name: str, reference: str, says: str
) -> None:
    with caplog.at_level(logging.ERROR):
        assert isinstance(await robot.send(message((name, reference), BOTH[1])), Sent)
    assert says in caplog.text
    assert [post.text for post in fake.posts][1:] == ["[b.pdf]"]


async def test_an_upload_with_a_token_that_ended_is_made_once_more(fake: FakeDingTalk, robot: DingTalkAdapter) -> None:
    await robot.send(message())
    fake.openapi.drop_tokens()
    route = ReplyRoute(url=fake.open_session(GROUP), expires_at=NOW.replace(year=2030))
    assert isinstance(await robot.send(message(BOTH[0], reply_route=route)), Sent)
    assert fake.openapi.tokens_asked == 2
    assert len(fake.openapi.media) == 1


async def test_a_file_is_handed_over_as_recorded(host: RecordingHost) -> None:
    recorded = sample("openapi_media_upload")
    asked, wanted = URL(recorded["request"]["url"]), recorded["request"]["fields"]
    async with Sink() as platform:
        config = DingTalkConfig.model_validate({
            "name": "d", "type": "dingtalk", "client_id": "ding1", "client_secret": "secret",
            "api_base_url": platform.base_url, "oapi_base_url": platform.base_url,
        })
        api = OpenApi(config, Budget("d", {}))
        platform.script(Answer({"accessToken": asked.query["access_token"], "expireIn": 7200}))
        await api.upload(host, wanted["media"]["filename"], b"PK-1")
        (taken,) = platform.taken
        assert (taken.method, taken.path, taken.query) == ("POST", asked.path, dict(asked.query))
        assert taken.headers["content-type"].startswith(recorded["request"]["content_type"])
        for part in (b'name="type"', wanted["type"].encode(), b'name="media"; filename="manifest.xlsx"', b"PK-1"):
            assert part in taken.body
        platform.script(Answer(recorded["response"]["body"]), Answer(recorded["error"]["body"]))
        assert (await api.upload(host, "a.xlsx", b"x")).body["media_id"] == recorded["response"]["body"]["media_id"]
        assert not isinstance(old_outcome(await api.upload(host, "a.xlsx", b"x")), Sent)


async def test_a_custom_robots_group_gets_the_names_only(fake: FakeDingTalk, host: RecordingHost) -> None:
    fake.add_robot("abc123", GROUP)
    robot = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration()))
    await robot.start(host)
    assert isinstance(await robot.send(message(BOTH[0])), Sent)
    assert [post.by for post in fake.posts] == ["abc123"]
    assert "清单.xlsx" in fake.posts[0].text
    assert fake.openapi.calls == []
    await robot.stop()
