"""After a message was sent: who has read it, taking it back, who somebody is; as recorded, and to a stand-in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from adapters.dingtalk import ADAPTER, DingTalkAdapter, DingTalkConfig
from adapters.dingtalk.budget import CALLS, month_of
from bot.contracts import (
    ConversationAddress,
    ConversationKind,
    Delivered,
    FindsPeople,
    FoundPerson,
    NotDone,
    Readers,
    Recalls,
    Sent,
    TellsReaders,
)
from bot.testing import Answer, FakeDingTalk, MovableClock, RecordingHost, Sink, Taken
from bot.testing.dingtalk_afterwards import Shown
from bot.testing.dingtalk_cards import TEMPLATE
from bot.testing.scripts import Serve
from tests.adapters.dingtalk.samples import NOW, ROBOT_CODE, sample
from tests.adapters.dingtalk.test_interactive import alert
from tests.adapters.dingtalk.test_openapi import GROUP, message, to_person, write_directly

DIRECT = "cidDirect=="


@asynccontextmanager
async def started(fake: FakeDingTalk, host: RecordingHost, **more: Any) -> AsyncIterator[DingTalkAdapter]:
    robot = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration(**more)))
    await robot.start(host)
    try:
        yield robot
    finally:
        await robot.stop()


@pytest.fixture
async def robot(fake: FakeDingTalk, host: RecordingHost) -> AsyncIterator[DingTalkAdapter]:
    async with started(fake, host) as robot:
        yield robot


def delivered(ref: str, conversation: str = GROUP, kind: ConversationKind = ConversationKind.GROUP) -> Delivered:
    return Delivered(ConversationAddress(adapter="dingtalk", external_id=conversation, kind=kind), ref)


async def sent(robot: DingTalkAdapter, *, person: str | None = None) -> Delivered:
    """Send a message to a group, or to the person of a conversation."""
    outcome = await robot.send(to_person(conversation=person) if person else message())
    assert isinstance(outcome, Sent)
    kind = ConversationKind.DIRECT if person else ConversationKind.GROUP
    return delivered(outcome.provider_ref or "", person or GROUP, kind)


# ---- as recorded ----


def as_recorded(taken: Taken, recorded: dict[str, Any], token: str) -> None:
    url = URL(recorded["url"])
    assert (taken.method, taken.path, taken.query) == (recorded["method"], url.path, dict(url.query))
    if "body" in recorded:
        assert taken.json() == recorded["body"]
    for name, value in recorded.get("headers", {}).items():
        assert taken.headers[name.lower()] == (token if name.startswith("x-acs") else value)


class Recorded(Sink):
    """Remembers also what a script answers."""

    async def play(self, request: web.Request, serve: Serve) -> web.Response:
        usual = await serve()

        async def served() -> web.Response:
            return usual

        return await super().play(request, served)


@asynccontextmanager
async def recording(host: RecordingHost) -> AsyncIterator[tuple[Sink, DingTalkAdapter, str]]:
    """A robot with the recorded names, whose platform has given it the recorded token."""
    token = URL(sample("openapi_user_lookup")["get"]["request"]["url"]).query["access_token"]
    async with Recorded() as platform:
        keys = {"name": "dingtalk", "type": "dingtalk", "mode": "http", "client_id": ROBOT_CODE, "client_secret": "s",
                "robot_code": ROBOT_CODE, "corp_id": "c", "api_base_url": platform.base_url,
                "oapi_base_url": platform.base_url}
        platform.script(Answer({"accessToken": token, "expireIn": 7200}))
        yield platform, ADAPTER.create(DingTalkConfig.model_validate(keys)), token


@pytest.mark.parametrize("name", ["direct_read_status", "group_read_status", "direct_recall", "group_recall"])
async def test_read_status_and_recall_are_asked_and_read_as_recorded(host: RecordingHost, name: str) -> None:
    recorded = sample("openapi_read_and_recall")[name]
    body = recorded["request"].get("body", {})
    key = URL(recorded["request"]["url"]).query.get("processQueryKey") or body.get("processQueryKey")
    await host.state("dingtalk").put("direct:cid1", "manager8821")
    direct = ("cid1", ConversationKind.DIRECT) if name.startswith("direct") else (body["openConversationId"],)
    asked_of = delivered(key or body["processQueryKeys"][0], *direct)
    async with recording(host) as (platform, robot, token):
        answer = Answer(recorded["response"]["body"], recorded["response"]["status"])
        lookup = sample("openapi_user_lookup")["get"]["response"]["body"]
        platform.script(answer, Answer(lookup))
        if name.endswith("recall"):
            assert await robot.recall([asked_of], host) == {}
        else:
            assert await robot.readers(asked_of, host) == Readers(("王晓敏",))
        as_recorded(platform.taken[1], recorded["request"], token)


@pytest.mark.parametrize(("name", "by", "value"), [
    ("get", "id", "manager8821"), ("getbymobile", "phone", "13900000000"),
    ("getbyunionid", "union_id", "iSx7Kq2Lm9PvRt4Yb8Nc3Wd1iiE"),
])
async def test_people_are_looked_up_and_read_as_recorded(
    host: RecordingHost, name: str, by: Any, value: str
) -> None:
    recorded = sample("openapi_user_lookup")
    steps = ["get"] if name == "get" else [name, "get"]
    async with recording(host) as (platform, robot, token):
        platform.script(*(Answer(recorded[step]["response"]["body"]) for step in steps))
        assert await robot.find_person(by, value, host) == FoundPerson("manager8821", "王晓敏")
        assert len(platform.taken) == 1 + len(steps)
        for taken, step in zip(platform.taken[1:], steps, strict=True):
            as_recorded(taken, recorded[step]["request"], token)
        platform.script(Answer(recorded["not_found"]["body"]))
        assert await robot.find_person("id", "nobody", host) is None


# ---- read status ----


async def test_readers_of_a_group_are_told_by_name_over_all_pages(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    assert all(isinstance(robot, ability) for ability in (TellsReaders, Recalls, FindsPeople))
    one = await sent(robot)
    fake.openapi.afterwards.page = 2
    fake.openapi.afterwards.messages[one.provider_ref].readers = ["a", "b", "c"]
    fake.openapi.directory.people = {"a": ("王晓敏", "139", "u1"), "b": ("李雷", "138", "u2")}
    assert await robot.readers(one, host) == Readers(("王晓敏", "李雷", "c"))
    fake.openapi.directory.permitted = False
    fake.openapi.afterwards.messages[one.provider_ref].readers = ["d"]
    assert await robot.readers(one, host) == Readers(("d",)), "how many have read it can be told all the same"


async def test_of_a_call_to_several_persons_each_has_read_for_herself(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    await write_directly(fake, robot, staff="manager8821", conversation=DIRECT)
    one = await sent(robot, person=DIRECT)
    shown = fake.openapi.afterwards.messages[one.provider_ref]
    shown.persons = ("manager8821", "other")
    assert await robot.readers(one, host) == Readers((), ("name of manager8821",))
    shown.readers.append("manager8821")
    assert await robot.readers(one, host) == Readers(("name of manager8821",))
    assert await robot.recall([one], host) == {}
    with pytest.raises(NotDone, match="taken back"):
        await robot.readers(one, host)


async def test_a_card_is_asked_after_by_the_key_of_the_message_that_shows_it(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    async with started(fake, host, card_template_id=TEMPLATE) as robot:
        first = alert()
        outcome = await robot.send(first)
        assert isinstance(outcome, Sent)
        one = delivered(outcome.provider_ref or "")
        (shown,) = fake.openapi.afterwards.messages.values()
        shown.readers.append("manager8821")
        assert await robot.readers(one, host) == Readers(("manager8821",))
        assert await robot.send(alert(replaces=outcome.provider_ref)) == outcome, "it stays the same message"
        assert await robot.recall([one], host) == {}
        assert shown.recalled
        with pytest.raises(NotDone, match="no key"):
            await robot.readers(delivered(f"{first.message_id} "), host)
        assert len(await robot.recall([delivered(f"{first.message_id} ")], host)) == 1


# ---- recall ----


async def test_many_are_taken_back_twenty_a_call_and_each_failure_is_told(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    shown = fake.openapi.afterwards.messages
    shown |= {f"d{n}": Shown(None, ("manager8821",)) for n in range(12)} | {f"g{n}": Shown(GROUP) for n in range(21)}
    to_her = [delivered(key, DIRECT, ConversationKind.DIRECT) for key in shown if key.startswith("d")]
    to_group = [delivered(key) for key in shown if key.startswith("g")]
    lost = delivered("unknown")
    failed = await robot.recall([*to_her, *to_group, lost], host)
    assert failed == {lost.provider_ref: "消息不存在"}
    assert all(one.recalled for one in shown.values())
    recalls = [len(body["processQueryKeys"]) for path, body in fake.openapi.calls if "ecall" in path]
    assert recalls == [12, 20, 2]


async def test_what_one_call_cannot_do_does_not_hide_what_another_has_done(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    first, second = await sent(robot), delivered((await sent(robot)).provider_ref, "cidOther==")
    fake.script(Answer({"code": "Forbidden.AccessDenied.AccessTokenPermissionDenied"}, status=403))
    failed = await robot.recall([first, second], host)
    assert "permission" in failed[first.provider_ref]
    assert failed[second.provider_ref] == "消息不存在"


# ---- people ----


async def test_a_person_is_remembered_for_a_day_and_nobody_never(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost, clock: MovableClock
) -> None:
    assert await robot.find_person("phone", "13900000000", host) is None
    fake.openapi.directory.people["manager/8821"] = ("王晓敏", "13900000000", "u1")
    for _ in range(2):
        assert await robot.find_person("phone", "13900000000", host) == FoundPerson("manager%2F8821", "王晓敏")
    assert len(fake.openapi.directory.asked) == 3, "nobody once, the number and the name once"
    assert await robot.find_person("id", "manager%2F8821", host) == FoundPerson("manager%2F8821", "王晓敏")
    clock.advance(timedelta(days=1))
    await robot.find_person("phone", "13900000000", host)
    assert len(fake.openapi.directory.asked) == 6
    assert robot.health().figures["month_calls"] == 0, "these calls are not metered"


async def test_a_missing_permission_is_named_and_is_no_refused_token(
    fake: FakeDingTalk, robot: DingTalkAdapter, host: RecordingHost
) -> None:
    fake.openapi.directory.permitted = False
    with pytest.raises(NotDone, match="qyapi_get_member"):
        await robot.find_person("id", "manager8821", host)
    assert robot.health().state == "up"
    fake.script(Answer({"errcode": 40104, "errmsg": "无效的手机号码"}))
    with pytest.raises(NotDone, match="phone number"):
        await robot.find_person("phone", "+86 139", host)
    fake.script(Answer({"errcode": 0, "result": {}}))
    assert await robot.find_person("id", "manager8821", host) is None


# ---- without being started ----


async def test_a_command_asks_without_hearing_anybody_and_what_it_asked_is_counted(
    fake: FakeDingTalk, host: RecordingHost
) -> None:
    async with started(fake, host) as robot:
        one = await sent(robot)
    other = ADAPTER.create(DingTalkConfig.model_validate(fake.configuration(mode="stream")))
    assert await other.readers(one, host) == Readers(())
    assert fake.stream.registrations == []
    assert await host.state("dingtalk").count(f"budget:{CALLS}:{month_of(NOW)}", 0) == 2


async def test_an_instance_of_custom_robots_can_be_asked_nothing(host: RecordingHost) -> None:
    config = {"name": "d", "type": "dingtalk", "custom_robots": {"ops": {"access_token": "abc"}}}
    robot = ADAPTER.create(DingTalkConfig.model_validate(config))
    with pytest.raises(NotDone, match="custom robots only"):
        await robot.find_person("id", "x", host)
