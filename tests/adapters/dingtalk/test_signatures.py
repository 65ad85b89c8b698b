"""Every vector of the platform's signatures, and of their freshness."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.dingtalk.config import CustomRobot
from adapters.dingtalk.verify import PairMemory, is_fresh, is_signed, sign
from adapters.dingtalk.ways import RobotWay
from tests.adapters.dingtalk.samples import SENT_MS, sample

VECTORS = sample("signatures")
NEVER_FRESH = {"timestamp-zero", "timestamp-seconds"}


def ident(vector: dict[str, Any]) -> str:
    return str(vector["id"])


@pytest.mark.parametrize("vector", VECTORS["robot_callback"]["vectors"], ids=ident)
def test_the_platforms_signature_is_computed_and_taken(vector: dict[str, str]) -> None:
    assert vector["secret"].encode().hex() == vector["secret_utf8_hex"]
    assert sign(vector["secret"], vector["timestamp"]) == vector["sign"]
    assert is_signed(vector["secret"], vector["timestamp"], vector["sign"])
    if vector["id"] in NEVER_FRESH:
        assert not is_fresh(vector["timestamp"], SENT_MS)


@pytest.mark.parametrize("vector", VECTORS["robot_callback"]["negative"], ids=ident)
def test_a_wrong_signature_is_refused(vector: dict[str, str]) -> None:
    assert not is_signed(vector["secret"], vector["timestamp"], vector["sign"])


@pytest.mark.parametrize("case", VECTORS["freshness"]["cases"], ids=lambda case: repr(case["timestamp"][:20]))
def test_a_timestamp_is_fresh_for_an_hour_and_only_as_plain_digits(case: dict[str, Any]) -> None:
    assert is_fresh(case["timestamp"], case["now_ms"]) is case["accept"]


@pytest.mark.parametrize("vector", VECTORS["custom_robot_webhook"]["vectors"], ids=ident)
def test_a_custom_robots_address_is_signed_for_each_request(vector: dict[str, str]) -> None:
    robot = CustomRobot.model_validate({"access_token": vector["access_token"], "secret": vector["secret"]})
    when = datetime.fromtimestamp(int(vector["timestamp"]) / 1000, UTC)
    url = str(RobotWay("alerts", robot, "https://oapi.dingtalk.com").url(when))
    expected = urlsplit(vector["url"])
    got = urlsplit(url)
    assert (got.scheme, got.netloc, got.path) == (expected.scheme, expected.netloc, expected.path)
    assert parse_qs(got.query) == parse_qs(expected.query)
    assert "+" not in got.query, "an unencoded plus reaches the server as a blank"


def test_a_pair_seen_with_two_bodies_is_noticed_and_the_memory_stays_bounded() -> None:
    memory = PairMemory(limit=3)
    assert not memory.note("1", "s", b"one", SENT_MS)
    assert not memory.note("1", "s", b"one", SENT_MS)
    assert memory.note("1", "s", b"two", SENT_MS)
    for number in range(10):
        memory.note(str(number), "s", b"", SENT_MS)
    assert len(memory) <= 3


def test_pairs_are_forgotten_after_two_hours() -> None:
    memory = PairMemory()
    memory.note("1", "s", b"one", SENT_MS)
    assert not memory.note("1", "s", b"two", SENT_MS + 2 * 3_600_000 + 1)
