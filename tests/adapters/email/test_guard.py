"""Machines without a sign are known by how soon and how often they say what; quick people are not taken for one."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from adapters.email.addresses import Names
from adapters.email.guard import MOST_AN_HOUR, REMEMBERED, SAME_A_DAY, WATCHED, LoopGuard
from adapters.email.receive import Intake
from bot.contracts import MessageKey
from bot.testing import MovableClock, RecordingHost
from bot.testing.messages import WHEN
from tests.adapters.email.conftest import configuration
from tests.adapters.email.mailbox import written

MINUTE = timedelta(minutes=1)
OURS = Names("bot@pb.example").message_id(MessageKey("0f8fad5b-d9cb-469f-a165-70867728950e", WHEN))
TICKET = "Dear customer, your case was opened under number {}. Our team looks at it."


async def test_somebody_who_says_the_same_again_and_again_is_left_to_a_person(
    host: RecordingHost, clock: MovableClock
) -> None:
    intake = Intake(configuration())
    for number in range(3):
        await intake.take(written("您的工单已收到", key=f"k{number}"), host, lambda *_: "")
    assert [message.sender.authenticated for message in host.received] == [True, True, False]
    clock.advance(timedelta(minutes=11))
    await intake.take(written("您的工单已收到", key="k9"), host, lambda *_: "")
    assert host.received[-1].sender.authenticated


def test_the_guard_counts_a_mail_once_and_forgets_after_an_hour() -> None:
    guard = LoopGuard()
    assert all(guard.trips("a", f"{n}", f"m{n}", WHEN) is None for n in range(60))
    assert guard.trips("a", "0", "m0", WHEN) is None
    assert guard.trips("a", "x", "m60", WHEN) is not None
    assert guard.trips("b", "x", "m61", WHEN) is None
    assert guard.trips("a", "x", "m62", WHEN + timedelta(hours=2)) is None


def test_a_slow_loop_is_seen_within_a_day() -> None:
    guard = LoopGuard()
    trips = [guard.trips("a@x.example", "x", f"m{n}", WHEN + n * 20 * MINUTE) for n in range(SAME_A_DAY)]
    assert [why is not None for why in trips] == [False] * (SAME_A_DAY - 1) + [True]
    assert guard.trips("a@x.example", "x", "m99", WHEN + timedelta(days=2)) is None


def test_a_statement_repeated_at_once_after_our_mail_is_a_machines() -> None:
    guard = LoopGuard()
    assert guard.trips("a@x.example", TICKET.format(4711), "m1", WHEN, soon=True) is None
    assert guard.trips("a@x.example", TICKET.format(4712), "m2", WHEN + 30 * MINUTE, soon=True) is not None
    assert guard.trips("b@y.example", TICKET.format(1), "m3", WHEN) is None
    assert guard.trips("b@y.example", TICKET.format(2), "m4", WHEN + 30 * MINUTE) is None  # nobody hurried


@pytest.mark.parametrize("texts", [
    ("ack", "ack"), ("收到，谢谢", "收到，谢谢"), ("LX123456785CN 到哪了？", "LX123456785CN 到哪了？"),
    ("please mute A-1024 for two days", "please mute A-1025 for two days"),
    ("status of LX123456785CN please", "status of LX987654326CN please"),
    ("status of 784512369871 please", "status of 784512369872 please"),
])
def test_people_who_are_quick_are_no_machines(texts: tuple[str, str]) -> None:
    guard = LoopGuard()
    for number, text in enumerate(texts):
        assert guard.trips("a@x.example", text, f"m{number}", WHEN, soon=True) is None


def test_a_machine_with_a_new_address_each_time_is_known_by_its_domain() -> None:
    guard = LoopGuard()
    trips = [guard.trips(f"t{n}@x.example", TICKET.format(n), f"m{n}", WHEN) for n in range(3)]
    assert [why is not None for why in trips] == [False, False, True]
    assert guard.trips("t3@y.example", TICKET.format(3), "m3", WHEN) is None
    assert [guard.trips(f"u{n}@x.example", "收到", f"n{n}", WHEN) for n in range(5)] == [None] * 5


def test_what_is_remembered_has_bounds() -> None:
    guard = LoopGuard()
    for n in range(WATCHED + 10):
        guard.trips(f"{n}@{n}.example", "x", "m", WHEN)
    for n in range(REMEMBERED * 2):
        guard.trips("a@x.example", str(n), f"m{n}", WHEN)
    assert len(guard._seen) == WATCHED
    assert max(map(len, guard._seen.values())) == REMEMBERED > MOST_AN_HOUR


@pytest.mark.parametrize(("text", "seconds", "in_thread", "believed"), [
    ("Thank you for your message, we will be in touch.", 20, True, False),
    ("Thank you for your message, we will be in touch.", 59, True, False),
    ("Thank you for your message, we will be in touch.", 61, True, True),
    ("Thank you for your message, we will be in touch.", 20, False, True),
    ("您的请求已生成工单，客服将尽快回复。", 5, True, False),
    ("Thank you for your message! Where is the other parcel?", 20, True, True),
    ("Please leave it with the neighbour in house 12.", 5, True, True),
    ("ack", 1, True, True), ("麻烦尽快处理，谢谢。", 5, True, True),
])
async def test_how_soon_counts_only_with_what_is_said(
    host: RecordingHost, clock: MovableClock, text: str, seconds: int, in_thread: bool, believed: bool
) -> None:
    clock.advance(timedelta(seconds=seconds))
    raw = written(text, In_Reply_To=OURS if in_thread else "<q@else.example>")
    at = format_datetime(clock.now()).encode()
    raw = raw.replace(b"Thu, 26 Nov 2026 09:00:00 +0800", at)
    await Intake(configuration()).take(raw, host, lambda *_: "")
    assert host.received[-1].sender.authenticated is believed


async def test_a_writers_clock_that_is_behind_changes_nothing(host: RecordingHost, clock: MovableClock) -> None:
    clock.advance(timedelta(seconds=20))
    raw = written("Thank you for your message, we are on it.", In_Reply_To=OURS)
    raw = raw.replace(b"Thu, 26 Nov 2026", b"Sun, 01 Nov 2026")
    await Intake(configuration()).take(raw, host, lambda *_: "")
    assert not host.received[-1].sender.authenticated
