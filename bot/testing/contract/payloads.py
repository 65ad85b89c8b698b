"""Payloads nobody expects: a genuine one with something wrong in it, generated, never raises and never stops us."""

import json
import logging
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.testing.contract.stage import Stage

VALUES: tuple[Any, ...] = (
    None, "", 0, -1, 1.5, 10**30, True, [], {}, [{}], [None], {"id": []}, "x" * 2_000, "\x00", "\ud800", "2026-13-45",
    "https://evil.example/x", "包裹", "-0", "９９",
)
EXAMPLES = 60


@dataclass(frozen=True, slots=True)
class Spoiling:
    """One thing done to a payload; `at` is a place in it, from 0 to 1."""

    kind: Literal["value", "drop", "cut", "insert", "double"]
    at: float
    value: Any
    junk: bytes

    def of(self, body: bytes) -> bytes:
        """The payload, spoilt."""
        if self.kind in ("value", "drop"):
            try:
                return self._inside(json.loads(body))
            except ValueError:
                pass  # no JSON: its bytes are spoilt
        place = int(self.at * len(body))
        if self.kind == "cut":
            return body[:place]
        if self.kind == "double":
            return body[:place] + body[place // 2 :]
        return body[:place] + self.junk + body[place:]

    def _inside(self, payload: Any) -> bytes:
        places = list(_places(payload))
        if not places:
            return self.junk
        holder, key = places[min(int(self.at * len(places)), len(places) - 1)]
        if self.kind == "drop":
            del holder[key]
        else:
            holder[key] = self.value
        return json.dumps(payload).encode()


def _places(value: Any) -> Any:
    """Every key of every object and every index of every list."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


SPOILINGS = st.builds(
    Spoiling, st.sampled_from(["value", "value", "drop", "cut", "insert", "double"]), st.floats(0, 1, exclude_max=True),
    st.sampled_from(VALUES), st.binary(min_size=1, max_size=12),
)


class Payloads:
    """What is sent to us with a right signature and wrong content."""

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow
        ],
    )
    @given(spoiling=SPOILINGS)
    async def test_a_bad_payload_is_answered_and_never_an_error_of_ours(
        self, stage: Stage, caplog: pytest.LogCaptureFixture, spoiling: Spoiling
    ) -> None:
        """Refused or read politely; no traceback, and the next message is heard."""
        body = stage.genuine("LX123456785CN 到哪了", "b1")
        if body is None:
            return
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            await stage.deliver(spoiling.of(body))
            assert await stage.says("还在吗", "b2")
        faults = [record.getMessage() for record in caplog.records if record.exc_info]
        assert faults == []
        assert all(message.model_dump_json() for message in stage.host.received)
