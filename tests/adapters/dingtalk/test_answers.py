"""Every answer of the platform has its outcome; a refusal inside HTTP 200 is a refusal."""

import json
from datetime import timedelta
from typing import Any

import pytest

from adapters.dingtalk.answers import OVER_BUDGET, TOKEN_REFUSED, outcome_of
from bot.contracts import DeliveryOutcome, Refused, Retry, Sent
from tests.adapters.dingtalk.samples import sample

TEN_MINUTES, FIVE_MINUTES = timedelta(minutes=10), timedelta(minutes=5)
BY_SESSION = {"session gone"}
STATED: dict[str, dict[str, Any]] = {
    "done": {"type": Sent},
    "fall back to OpenAPI send": {"type": Refused, "route_gone": True, "destination_broken": False},
    "configuration error: stop this target": {"type": Refused, "destination_broken": True},
    "configuration error": {"type": Refused, "destination_broken": True},
    "configuration error: check the clock": {"type": Refused, "destination_broken": True},
    "hold this robot for 10 minutes": {"type": Retry, "after": TEN_MINUTES},
    "split and resend": {"type": Refused, "destination_broken": False},  # the sender renders it smaller and tries again
    "disable this target": {"type": Refused, "destination_broken": True},
    "retry, at most 3 times": {"type": Retry, "max_tries": 3},
    "no errcode at all: treat as a 5-minute ban": {
        "type": Retry, "after": FIVE_MINUTES, "close_channel_for": FIVE_MINUTES},
}


def outcome(
    body: object, status: int = 200, *, by_session: bool = False, headers: dict[str, str] | None = None
) -> DeliveryOutcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return outcome_of(status, raw, headers or {}, by_session=by_session)


@pytest.mark.parametrize("case", sample("webhook_responses"), ids=lambda case: case["case"])
def test_each_recorded_answer_means_what_is_stated(case: dict[str, Any]) -> None:
    got = outcome(case["body"], case["http_status"], by_session=case["case"] in BY_SESSION)
    expected = dict(STATED[case["action"]])
    assert isinstance(got, expected.pop("type"))
    for name, value in expected.items():
        assert getattr(got, name) == value, name
    if "errcode" in case["body"] and not isinstance(got, Sent):
        assert got.code == str(case["body"]["errcode"])


@pytest.mark.parametrize(("errmsg", "fix"), [
    ("sign not match", "secret"), ("invalid timestamp", "clock"), ("ip 203.0.113.7 not in whitelist", "address"),
    ("description:关键词不匹配;solution:请联系群管理员;", "keyword"), ("", "settings"),
])
def test_a_failed_security_check_tells_the_operator_what_to_mend(errmsg: str, fix: str) -> None:
    got = outcome({"errcode": 310000, "errmsg": errmsg})
    assert isinstance(got, Refused)
    assert fix in got.reason


@pytest.mark.parametrize("code", [430101, 430102, 430103, 430104])
def test_a_content_filter_is_final_and_its_words_are_not_kept(code: int) -> None:
    got = outcome({"errcode": code, "errmsg": "the content was: secret words"})
    assert isinstance(got, Refused)
    assert not got.destination_broken
    assert "secret words" not in got.reason


@pytest.mark.parametrize("code", [400101, 400102, 400106, 400013])
def test_a_robot_that_cannot_post_any_more_breaks_its_destination(code: int) -> None:
    got = outcome({"errcode": code, "errmsg": "x"})
    assert isinstance(got, Refused)
    assert got.destination_broken


@pytest.mark.parametrize(("code", "expected"), [
    *((code, TOKEN_REFUSED) for code in (88, 40001, 40014, 42001, 33001)), (90020, OVER_BUDGET), (20001, OVER_BUDGET),
])
def test_quota_and_token_are_not_the_messages_fault(code: int, expected: Retry) -> None:
    assert outcome({"errcode": code, "errmsg": "x"}) is expected


@pytest.mark.parametrize("code", [40035, 43004, 400105])
def test_a_defect_of_ours_is_refused_for_this_message_only(code: int) -> None:
    got = outcome({"errcode": code, "errmsg": "x"})
    assert isinstance(got, Refused)
    assert not got.destination_broken


@pytest.mark.parametrize("code", [410100, 130101])
def test_sessions_that_were_too_fast_close_the_instance_a_custom_robot_only_itself(code: int) -> None:
    by_session, by_robot = outcome({"errcode": code}, by_session=True), outcome({"errcode": code})
    assert isinstance(by_session, Retry)
    assert isinstance(by_robot, Retry)
    assert (by_session.close_channel_for, by_robot.close_channel_for) == (TEN_MINUTES, None)


def test_an_unknown_code_is_tried_a_few_times_and_never_taken_for_success() -> None:
    got = outcome({"errcode": 987654, "errmsg": "?"})
    assert isinstance(got, Retry)
    assert got.max_tries == 3


@pytest.mark.parametrize(("status", "kind"), [
    (500, Retry), (502, Retry), (503, Retry), (504, Retry), (408, Retry), (429, Retry), (301, Retry), (302, Retry),
    (400, Refused), (401, Refused), (403, Refused), (404, Refused),
])
def test_http_failures_without_code(status: int, kind: type) -> None:
    assert isinstance(outcome(b"<html>", status), kind)


@pytest.mark.parametrize("status", [301, 302, 400, 404, 500, 503])
def test_a_zero_code_is_no_success_when_http_says_otherwise(status: int) -> None:
    assert not isinstance(outcome({"errcode": 0}, status), Sent)


def test_a_missing_session_address_is_not_a_broken_conversation() -> None:
    got = outcome(b"", 404, by_session=True)
    assert isinstance(got, Refused)
    assert (got.route_gone, got.destination_broken) == (True, False)


@pytest.mark.parametrize(("value", "seconds"), [("7", 7), ("999999", 3600), ("Wed, 21 Oct 2026 07:28:00 GMT", 60)])
def test_retry_after_closes_the_channel_for_everybody(value: str, seconds: int) -> None:
    got = outcome(b"", 429, headers={"Retry-After": value})
    assert isinstance(got, Retry)
    assert got.after == got.close_channel_for == timedelta(seconds=seconds)


@pytest.mark.parametrize("body", [
    b"", b"ok", b"<html>ban</html>", b"[]", b"null", b'{"errcode":null}', b'{"errcode":true}', b'{"errcode":"x"}',
    b"[" * 50_000, b"\xff", b'{"errcode":[0]}',
])
def test_an_answer_that_is_no_answer_is_never_success(body: bytes) -> None:
    assert isinstance(outcome(body), Retry)
