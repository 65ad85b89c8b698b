"""Messages out: to people, channels and threads; every answer of the platform becomes the right outcome."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientTimeout

from adapters.slack import ADAPTER, SlackAdapter, SlackConfig, api
from adapters.slack.answers import TOKEN
from adapters.slack.lookup import EVENT_TYPE
from bot.contracts import (
    Card,
    ConversationKind,
    OutboundMessage,
    Refused,
    ReplyRoute,
    Retry,
    Sent,
    Uncertain,
)
from bot.testing import Answer, Hang, MovableClock, RecordingHost, Reset, outbound
from bot.testing.slack import BOT_TOKEN, FakeSlack
from bot.testing.slack_world import ANNA, BURST, CHANNEL, DIRECT, TEAM
from tests.adapters.slack.samples import NOW, sample

PERSON, GROUP = f"{TEAM}/{ANNA}", f"{TEAM}/{CHANNEL}"
ERRORS = sample("api_errors")


def to(place: str, *said: Card | str, **more: Any) -> OutboundMessage:
    values: dict[str, Any] = {"created_at": NOW} | more
    return outbound(*said, adapter="slack", conversation=place, **values)


async def test_a_message_to_a_person_goes_to_their_direct_channel(slack: SlackAdapter, fake: FakeSlack) -> None:
    outcome = await slack.send(to(PERSON, "到哪了"))
    assert outcome == Sent(f"{DIRECT}:{fake.posts[0].ts}", editable=True)
    post = fake.posts[0]
    assert (post.channel, post.thread, post.text) == (DIRECT, "", "到哪了")
    assert post.body["text"] == "到哪了"
    assert (post.body["unfurl_links"], post.body["unfurl_media"]) == (False, False)


async def test_the_recorded_answer_names_the_message_by_channel_and_ts(slack: SlackAdapter, fake: FakeSlack) -> None:
    fake.script(Answer(sample("api_post_message_ok")))
    assert await slack.send(to(PERSON, "到哪了")) == Sent("D0PBDM001:1767225600.001000", editable=True)


async def test_a_message_to_a_thread_stands_in_it(slack: SlackAdapter, fake: FakeSlack) -> None:
    message = to(f"{GROUP}/1767225000.000050", "hello", kind=ConversationKind.THREAD, mention=(PERSON, "bad", PERSON))
    assert isinstance(await slack.send(message), Sent)
    assert (fake.posts[0].channel, fake.posts[0].thread) == (CHANNEL, "1767225000.000050")
    assert fake.posts[0].text == f"@{ANNA}\nhello"


async def test_a_message_carries_its_id_unseen(slack: SlackAdapter, fake: FakeSlack) -> None:
    message = to(PERSON, "hello")
    await slack.send(message)
    assert fake.posts[0].body["metadata"] == {"event_type": EVENT_TYPE, "event_payload": {"id": message.message_id}}


@pytest.mark.parametrize("name", ["", "C1", "T1", "T1/", "/C1", "T1/C1/x", "T1/C1/1.2/3", "t1/c1", "robot:x"])
async def test_a_conversation_of_another_kind_of_name_is_refused(slack: SlackAdapter, name: str) -> None:
    outcome = await slack.send(to(name, "hello"))
    assert isinstance(outcome, Refused)
    assert outcome.destination_broken


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: str(case["body"])[:60])
async def test_every_recorded_error_becomes_an_outcome(
    slack: SlackAdapter, fake: FakeSlack, case: dict[str, Any]
) -> None:
    twice = [Answer(case["body"], case["http"], case.get("headers", {}))] * 2
    fake.script(*twice)
    outcome = await slack.send(to(PERSON, "hello"))
    error = case["body"]["error"] if isinstance(case["body"], dict) else "503"
    kinds = {"channel_not_found": Refused, "invalid_blocks": Refused, "ratelimited": Retry, "token_revoked": Retry,
             "503": Retry}
    assert isinstance(outcome, kinds[error])
    assert not isinstance(outcome, Sent | Uncertain)
    assert outcome.code == (None if error == "token_revoked" else error)
    if isinstance(outcome, Retry) and error == "ratelimited":
        assert outcome.after == timedelta(seconds=7)
    if isinstance(outcome, Refused):
        assert outcome.destination_broken == (error != "invalid_blocks")


@pytest.mark.parametrize(("error", "kind", "broken"), [
    ("fatal_error", Retry, False), ("internal_error", Retry, False), ("service_unavailable", Retry, False),
    ("request_timeout", Retry, False), ("rate_limited", Retry, False), ("some_new_error", Retry, False),
    ("is_archived", Refused, True), ("not_in_channel", Refused, True), ("restricted_action", Refused, True),
    ("user_not_found", Refused, True), ("cannot_dm_bot", Refused, True), ("msg_too_long", Refused, False),
    ("no_text", Refused, False),
])
async def test_an_error_code_becomes_an_outcome(
    slack: SlackAdapter, fake: FakeSlack, error: str, kind: type[Any], broken: bool
) -> None:
    fake.script(*[Answer({"ok": False, "error": error})] * 2)
    outcome = await slack.send(to(PERSON, "hello"))
    assert isinstance(outcome, kind)
    assert getattr(outcome, "destination_broken", False) == broken


@pytest.mark.parametrize(("answer", "kind"), [
    (Answer("busy", 500), Retry), (Answer("busy", 502), Retry), (Answer("", 503), Retry), (Answer("", 408), Retry),
    (Answer("not json"), Retry), (Answer("{", headers={"Content-Type": "application/json"}), Retry),
    (Answer([]), Retry), (Answer({}), Retry), (Answer({"ok": False}), Retry), (Answer("[" * 20_000), Retry),
    (Answer({"ok": True}, 302, {"Location": "http://127.0.0.1:9/"}), Retry),
    (Answer("", 404), Retry), (Answer("", 403), Retry), (Answer("", 400), Refused),
    (Hang(), Uncertain), (Reset(), Uncertain), (Reset(taken=True), Uncertain),
], ids=repr)
async def test_a_strange_answer_or_none_becomes_an_outcome(
    slack: SlackAdapter, fake: FakeSlack, monkeypatch: pytest.MonkeyPatch, answer: Any, kind: type[Any]
) -> None:
    if isinstance(answer, Hang):
        monkeypatch.setattr(api, "TIMEOUT", ClientTimeout(total=0.3))
    fake.script(answer)
    assert isinstance(await slack.send(to(PERSON, "hello")), kind)


async def test_a_redirect_is_not_followed(slack: SlackAdapter, fake: FakeSlack) -> None:
    fake.script(Answer("", 307, {"Location": f"{fake.base_url}/api/auth.test"}))
    assert isinstance(await slack.send(to(PERSON, "hello")), Retry)
    assert fake.calls["auth.test"] == 0


async def test_without_a_connection_nothing_was_sent(host: RecordingHost, fake: FakeSlack) -> None:
    slack = ADAPTER.create(SlackConfig.model_validate(fake.configuration()))
    await slack.start(host)
    await fake.stop()
    assert isinstance(await slack.send(to(PERSON, "hello")), Retry)
    await slack.stop()


async def test_the_pace_of_a_channel_holds_for_all_its_threads(
    slack: SlackAdapter, fake: FakeSlack, clock: MovableClock
) -> None:
    for number in range(BURST):
        assert isinstance(await slack.send(to(f"{GROUP}/1767225000.{number:06d}", "hello")), Sent)
    outcome = await slack.send(to(GROUP, "hello"))
    assert outcome == Retry("too many messages", "ratelimited", after=timedelta(seconds=1))
    calls = fake.calls["chat.postMessage"]
    rest = await slack.send(to(f"{GROUP}/1767225000.000077", "hello"))
    assert isinstance(rest, Retry)
    assert rest.after == timedelta(seconds=1)
    assert fake.calls["chat.postMessage"] == calls  # the platform was not asked again
    assert isinstance(await slack.send(to(PERSON, "hello")), Sent)  # another channel goes on
    clock.advance(timedelta(seconds=1))
    assert isinstance(await slack.send(to(GROUP, "hello")), Sent)


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}, {"Retry-After": "９"}, {"Retry-After": "-1"}])
async def test_a_throttle_that_does_not_say_how_long_lasts_half_a_minute(
    slack: SlackAdapter, fake: FakeSlack, headers: dict[str, str]
) -> None:
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    fake.script(Answer("", 429, encoded))
    outcome = await slack.send(to(PERSON, "hello"))
    assert isinstance(outcome, Retry)
    assert outcome.after == timedelta(seconds=30)


@pytest.mark.parametrize("place", [PERSON, GROUP, f"{GROUP}/1767225000.000050"])
async def test_an_uncertain_message_is_looked_up_and_not_posted_twice(
    slack: SlackAdapter, fake: FakeSlack, place: str
) -> None:
    message = to(place, "hello")
    fake.script(Reset(taken=True))
    assert isinstance(await slack.send(message), Uncertain)
    again = await slack.send(message.model_copy(update={"resent": True, "attempt": 2}))
    assert again == Sent(f"{fake.posts[0].channel}:{fake.posts[0].ts}", editable=True)
    assert len(fake.posts) == 1


async def test_one_that_did_not_arrive_is_posted_without_a_mark(slack: SlackAdapter, fake: FakeSlack) -> None:
    message = to(PERSON, "hello")
    fake.script(Reset())
    assert isinstance(await slack.send(message), Uncertain)
    assert isinstance(await slack.send(message.model_copy(update={"resent": True})), Sent)
    assert [post.text for post in fake.posts] == ["hello"]


async def test_it_is_found_among_many_others(slack: SlackAdapter, fake: FakeSlack, clock: MovableClock) -> None:
    message = to(GROUP, "hello")
    assert isinstance(await slack.send(message), Sent)
    for number in range(150):
        clock.advance(timedelta(seconds=1))
        assert isinstance(await slack.send(to(GROUP, f"{number}")), Sent)
    again = await slack.send(message.model_copy(update={"resent": True}))
    assert again == Sent(f"{CHANNEL}:{fake.posts[0].ts}", editable=True)
    assert fake.calls["conversations.history"] == 2


async def test_where_it_cannot_be_looked_up_it_is_posted_again_and_marked(
    slack: SlackAdapter, fake: FakeSlack
) -> None:
    fake.script_for("conversations.history", Answer({"ok": False, "error": "missing_scope"}))
    assert isinstance(await slack.send(to(GROUP, Card(language="zh-Hans", text=("你好",)), resent=True)), Sent)
    assert fake.posts[0].text == "（重发）\n你好"


@pytest.mark.parametrize("step", [
    Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "3"}), Answer("", 503), Reset(),
])
async def test_while_it_cannot_be_known_nothing_is_posted(slack: SlackAdapter, fake: FakeSlack, step: Any) -> None:
    fake.script_for("conversations.history", step)
    assert isinstance(await slack.send(to(GROUP, "hello", resent=True)), Retry)
    assert fake.posts == []


async def test_a_message_takes_the_place_of_an_earlier_one(slack: SlackAdapter, fake: FakeSlack) -> None:
    first = await slack.send(to(PERSON, "3034 late"))
    assert isinstance(first, Sent)
    second = await slack.send(to(PERSON, "12 late", replaces=first.provider_ref))
    assert second == first
    assert [(post.text, post.edits) for post in fake.posts] == [("12 late", 1)]


@pytest.mark.parametrize("ref", ["D0FAKEANNA:1.000001", "C0FAKECHAN:1.000001", "nonsense", "D0FAKEANNA:x", ":", ""])
async def test_what_cannot_be_replaced_is_refused_and_nothing_new_is_said(
    slack: SlackAdapter, fake: FakeSlack, ref: str
) -> None:
    outcome = await slack.send(to(PERSON, "12 late", replaces=ref))
    assert isinstance(outcome, Refused)
    assert not outcome.destination_broken
    assert fake.posts == []


@pytest.mark.parametrize("step", [
    Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "3"}), Answer("", 503), Reset(taken=True),
])
async def test_a_change_that_failed_or_may_have_is_made_again(
    slack: SlackAdapter, fake: FakeSlack, clock: MovableClock, step: Any
) -> None:
    first = await slack.send(to(PERSON, "3034 late"))
    assert isinstance(first, Sent)
    change = to(PERSON, "12 late", replaces=first.provider_ref)
    fake.script(step)
    assert not isinstance(await slack.send(change), Sent | Refused)
    clock.advance(timedelta(seconds=5))
    assert isinstance(await slack.send(change.model_copy(update={"attempt": 2})), Sent)
    assert [post.text for post in fake.posts] == ["12 late"]


async def test_blocks_the_platform_minds_go_as_words(slack: SlackAdapter, fake: FakeSlack) -> None:
    fake.script(Answer({"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": ["[ERROR] x"]}}))
    assert isinstance(await slack.send(to(PERSON, Card(title="LX1 <held>", text=("customs",)))), Sent)
    assert "blocks" not in fake.posts[0].body
    assert fake.posts[0].text == "LX1 <held>\ncustoms"


async def test_what_is_too_long_goes_once_more_and_smaller(slack: SlackAdapter, fake: FakeSlack) -> None:
    fake.script(Answer({"ok": False, "error": "msg_blocks_too_long"}))
    assert isinstance(await slack.send(to(PERSON, Card(text=("word " * 1_800,)))), Sent)
    assert len(json.dumps(fake.posts[0].body, ensure_ascii=False)) <= 18_000


async def test_a_refused_token_is_a_matter_for_operators_until_it_is_taken_again(
    slack: SlackAdapter, fake: FakeSlack
) -> None:
    fake.world.revoked.add(BOT_TOKEN)
    assert isinstance(await slack.send(to(PERSON, "hello")), Retry)
    health = slack.health()
    assert (health.ok, health.state) == (True, "degraded")
    assert health.detail == f"{TEAM}: the token was revoked: install the app again (token_revoked)"
    fake.world.revoked.clear()
    assert isinstance(await slack.send(to(PERSON, "hello")), Sent)
    assert slack.health().state == "up"


@pytest.mark.parametrize(("error", "more", "fix"), [
    *((error, {}, fix) for error, fix in TOKEN.items()),
    ("missing_scope", {"needed": "chat:write"}, "add it and install the app again (missing_scope, chat:write)"),
])
async def test_what_a_person_has_to_mend_in_a_workspace_keeps_messages_waiting_and_is_named(
    slack: SlackAdapter, fake: FakeSlack, error: str, more: dict[str, str], fix: str
) -> None:
    fake.script(Answer({"ok": False, "error": error} | more))
    outcome = await slack.send(to(PERSON, "hello"))
    assert isinstance(outcome, Retry)
    assert (outcome.code, outcome.max_tries) == (None, None), "it may wait for as long as its age allows"
    for told in (outcome.reason, slack.health().detail):
        assert TEAM in told
        assert fix in told
        assert error in told


def private(fake: FakeSlack, url: str, question: str = "q1", **more: Any) -> OutboundMessage:
    route = ReplyRoute(url=f"{url}#{question}", expires_at=NOW + timedelta(minutes=30))
    values: dict[str, Any] = {"reply_route": route, "in_reply_to": "q1"} | more
    return to(PERSON, "到哪了", **values)


async def test_a_command_is_answered_in_private(slack: SlackAdapter, host: RecordingHost, fake: FakeSlack) -> None:
    assert (await slack.handle_webhook(fake.command("LX1"))).status == 200
    question = host.received[0]
    message = to(PERSON, "清关中", reply_route=question.reply_route, in_reply_to=question.message_id)
    assert isinstance(await slack.send(message), Sent)
    assert fake.posts == []
    assert [(answer["response_type"], answer["shown"]) for answer in fake.private] == [("ephemeral", "清关中")]


async def test_the_private_way_is_for_its_own_question_alone(slack: SlackAdapter, fake: FakeSlack) -> None:
    assert isinstance(await slack.send(private(fake, fake.hook(), question="another")), Sent)
    assert isinstance(await slack.send(private(fake, fake.hook(), in_reply_to=None)), Sent)
    assert isinstance(await slack.send(private(fake, "https://evil.example/x")), Sent)
    assert (len(fake.posts), fake.private) == (3, [])


async def test_a_private_way_that_has_ended_is_told_so(
    slack: SlackAdapter, fake: FakeSlack, clock: MovableClock
) -> None:
    url = fake.hook()
    for _ in range(5):
        assert isinstance(await slack.send(private(fake, url)), Sent)
    used_up = await slack.send(private(fake, url))
    clock.advance(timedelta(minutes=31))
    expired = await slack.send(private(fake, fake.hook().replace("hooks/", "hooks/x")))
    for outcome in (used_up, expired):
        assert isinstance(outcome, Refused)
        assert outcome.route_gone
        assert not outcome.destination_broken


@pytest.mark.parametrize(("step", "kind"), [
    (Answer("", 500), Retry), (Answer("", 429), Retry), (Reset(), Uncertain), (Answer("no_text", 400), Refused),
])
async def test_a_private_answer_that_fails_becomes_an_outcome(
    slack: SlackAdapter, fake: FakeSlack, step: Any, kind: type[Any]
) -> None:
    fake.script(step)
    assert isinstance(await slack.send(private(fake, fake.hook())), kind)


async def test_no_secret_and_no_address_of_an_answer_is_logged(
    slack: SlackAdapter, fake: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = fake.hook()
    for step in (Answer("", 500), Reset(), Answer({"ok": False, "error": "invalid_auth"})):
        fake.script(step, step)
        outcomes = [await slack.send(to(PERSON, "hello")), await slack.send(private(fake, url))]
        for secret in (BOT_TOKEN, "fake-signing-secret", url.rpartition("/")[2]):
            assert secret not in caplog.text
            assert secret not in repr(outcomes)
    assert BOT_TOKEN not in repr(slack.health())
