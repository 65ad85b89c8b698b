"""The cards people have of an alert show how it stands, wherever a channel can change them; no message is added."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, or_, select, update

from bot.alerts import ActResult, Scope, service
from bot.alerts.bundling import worded_bundle
from bot.alerts.recheck import recheck_alerts
from bot.contracts import Card, DeliveryOutcome, OutboundMessage, Refused, Retry, Sent
from bot.outbox import Sender
from bot.outbox.admin import replay
from bot.outbox.tables import outbox
from bot.settings.model import QuietHours
from bot.store import Store
from bot.store.schema import to_micros
from bot.tracking.tables import linehaul
from tests.alerts.world import MINUTE, NOW, H, World, make_told_world, make_world, settings
from tests.outbox.channel import Channel


class Board(Channel):
    """Shows messages, and changes those that stand on it."""

    def __init__(self, *answers: DeliveryOutcome) -> None:
        super().__init__("local", answers, edits_in_place=True)
        self.cards: dict[str, tuple[str, Card]] = {}
        self.edits = 0

    async def send(self, message: OutboundMessage) -> DeliveryOutcome:
        if self.answers:
            return await super().send(message)
        if message.replaces is not None:
            assert message.replaces in self.cards
            self.edits += 1
        ref = message.replaces or message.message_id
        self.cards[ref] = (message.conversation.external_id, message.cards[0])
        return Sent(ref, editable=True)

    def of(self, name: str) -> Sequence[Card]:
        """What somebody sees, the oldest on top."""
        return [card for place, card in self.cards.values() if place == name]


async def deliver(world: World, channel: Channel) -> None:
    """Send everything that may go out now."""
    own = outbox.c
    waiting = select(func.count()).where(
        own.finished_at.is_(None), or_(own.state == "leased", own.available_at <= world.now)
    )
    sender = Sender(world.store, world.clock, {"local": channel}, bundle=worded_bundle(world.clock))
    await sender.start()
    try:
        while await world.store.read(lambda conn: conn.execute(waiting).scalar_one()):
            await asyncio.sleep(0.005)
    finally:
        await sender.stop()


def says(card: Card) -> list[str]:
    """What its buttons say."""
    return [action.say for action in card.actions]


@pytest.fixture
async def world(store: Store) -> World:
    return await make_told_world(store)


@pytest.fixture
async def board(world: World) -> Board:
    """Where all three have seen it."""
    made = Board()
    await deliver(world, made)
    assert len(made.cards) == 3
    return made


async def act(world: World, name: str, who: str, **more: Any) -> None:
    result = await world.do(lambda conn: getattr(service, name)(
        conn, "A-1", person=world.people[who], now=world.now, **more
    ))  # fmt: skip
    assert isinstance(result, ActResult)
    assert result.kind == "done"


async def mute(world: World, who: str, length: timedelta) -> int:
    done = await world.do(lambda conn: service.mute(
        conn, person=world.people[who], conversation_id=world.places[who], scope=Scope(everything=True),
        until=world.now + length, reason="meeting", now=world.now,
    ))  # fmt: skip
    assert done.id is not None
    return done.id


async def test_whoever_acknowledged_stands_on_everybodys_card_and_the_button_is_gone(
    world: World, board: Board
) -> None:
    before = says(board.of("li")[0])
    await act(world, "acknowledge", "desk")
    await deliver(world, board)
    assert len(board.cards) == 3, "nothing new appears"
    (li,), (desk,) = board.of("li"), board.of("desk")
    assert li.text[0].startswith("desk 已于今天")
    assert "不再提醒" in li.text[0]
    assert desk.text[0].startswith("desk has it since today")
    assert before == ["收到 A-1", "静音4小时 CV7911", "导出 A-1", "谁在处理 A-1"]
    assert says(li) == before[1:]
    assert (li.title, li.reference) == ("航班 CV7911 PVG–LGG 晚点：40 件未按时到达枢纽", "A-1")


async def test_a_partners_acknowledgement_is_the_operators_business_and_no_other_partners(
    world: World, board: Board
) -> None:
    other = board.of("wang")
    await act(world, "acknowledge", "li")
    await deliver(world, board)
    assert board.of("desk")[0].text[0].startswith("li has it since")
    assert board.of("wang") == other
    assert board.edits == 2


async def test_an_acknowledgement_that_ends_gives_the_button_back(world: World, board: Board) -> None:
    before = board.of("li")
    await act(world, "acknowledge", "desk", lasts=20 * MINUTE)
    await deliver(world, board)
    assert board.of("li") != before
    await world.pass_time(30 * MINUTE)
    await deliver(world, board)
    assert says(board.of("li")[0]) == says(before[0])
    assert len(board.cards) == 3


async def test_an_acknowledgement_that_is_taken_back_gives_the_button_back_at_once(world: World, board: Board) -> None:
    before = board.of("li")
    for name in ("acknowledge", "take_back"):
        await act(world, name, "desk")
        await deliver(world, board)
    assert says(board.of("li")[0]) == says(before[0])
    assert (len(board.cards), board.edits) == (3, 6)


async def test_closed_it_can_be_opened_again_by_the_side_that_closed_it(world: World, board: Board) -> None:
    before = board.of("li")
    await act(world, "resolve", "desk")
    await deliver(world, board)
    (li,), (desk,) = board.of("li"), board.of("desk")
    assert li.text[0].startswith("desk 已于今天")
    assert says(li) == ["导出 A-1", "谁在处理 A-1"]
    assert says(desk) == ["reopen A-1", "export A-1", "who A-1"]
    await act(world, "reopen", "desk")
    await deliver(world, board)
    assert says(board.of("li")[0]) == says(before[0])
    assert len(board.cards) == 3


async def test_what_two_do_at_once_stands_on_every_card(world: World, board: Board) -> None:
    await asyncio.gather(act(world, "acknowledge", "desk"), act(world, "resolve", "li"), act(world, "resolve", "wang"))
    await deliver(world, board)
    assert board.of("desk")[0].text[0].startswith("desk has it since")
    for name in ("li", "wang"):
        (card,) = board.of(name)
        assert card.text[0].startswith(f"{name} 已于今天")
        assert says(card) == ["重开 A-1", "导出 A-1", "谁在处理 A-1"]


async def test_a_mute_stands_on_the_card_of_that_conversation_until_it_ends(world: World, board: Board) -> None:
    before, others = board.of("li"), board.of("desk")
    await mute(world, "li", 20 * MINUTE)
    await deliver(world, board)
    (li,) = board.of("li")
    assert li.text[0].startswith("本会话对此静音，到今天")
    assert says(li) == ["收到 A-1", "导出 A-1", "谁在处理 A-1"]
    assert board.of("desk") == others
    await world.pass_time(30 * MINUTE)
    await deliver(world, board)
    assert says(board.of("li")[0]) == says(before[0])
    assert len(board.cards) == 3


async def test_a_mute_that_is_taken_back_is_gone_from_the_card_at_once(world: World, board: Board) -> None:
    before = board.of("li")
    muted = await mute(world, "li", 2 * H)
    await deliver(world, board)
    assert await world.do(lambda conn: service.end_mute(
        conn, muted, person=world.people["li"], conversation_id=world.places["li"], now=world.now
    ))  # fmt: skip
    await deliver(world, board)
    assert says(board.of("li")[0]) == says(before[0])
    assert board.edits == 2


async def test_when_it_is_over_the_card_says_so_and_the_news_is_a_message(world: World, board: Board) -> None:
    await act(world, "acknowledge", "li")
    await world.land(1)
    await world.pass_time(5 * MINUTE, step=MINUTE)
    await deliver(world, board)
    card, news = board.of("li")
    assert card.title == news.title == "已恢复：航班 CV7911 PVG–LGG"
    assert card.actions == ()


async def test_a_new_time_is_shown_without_a_word_and_a_small_change_is_not(world: World, board: Board) -> None:
    async def expect(hours: float) -> None:
        at = to_micros(NOW + timedelta(hours=hours))
        await world.do(lambda conn: conn.execute(
            update(linehaul).where(linehaul.c.id == 1).values(expected_arrival=at)
        ).close())  # fmt: skip
        await world.pass_time(20 * MINUTE)
        await deliver(world, board)

    await expect(3)
    assert "预计今天" in board.of("li")[0].text[0]
    assert (len(board.cards), board.edits) == (3, 3)
    await expect(3.1)
    assert board.edits == 3
    await expect(4)
    assert (len(board.cards), board.edits) == (3, 6)


async def test_parcels_that_go_on_leave_the_card(store: Store) -> None:
    world, board = await make_world(store), Board()
    await world.follow("li")
    parcels = await world.slow_customs(12, of="cainiao")
    await world.become_told()
    await deliver(world, board)
    await world.release(parcels[:1])
    await world.pass_time(H)
    await deliver(world, board)
    assert "12 件" in board.of("li")[0].title, "one of twelve is not worth a change"
    await world.release(parcels[1:6])
    await world.pass_time(H)
    await deliver(world, board)
    assert "6 件" in board.of("li")[0].title
    assert len(board.cards) == 1


async def test_what_nobody_has_seen_yet_says_at_once_how_it_stands(world: World) -> None:
    await act(world, "acknowledge", "desk")
    board = Board()
    await deliver(world, board)
    assert board.edits == 0
    assert board.of("li")[0].text[0].startswith("desk 已于今天")


async def test_where_nothing_can_be_changed_nothing_more_is_sent(world: World) -> None:
    mail = Channel("local")
    await deliver(world, mail)
    for name in ("acknowledge", "resolve", "reopen"):
        await act(world, name, "desk")
    await mute(world, "li", H)
    await world.pass_time(10 * MINUTE)
    await deliver(world, mail)
    assert len(mail.got) == 3


async def test_whoever_follows_no_longer_keeps_the_card_as_it_is(world: World, board: Board) -> None:
    before = board.of("li")
    await world.do(lambda conn: service.unsubscribe(
        conn, person=world.people["li"], conversation_id=world.places["li"], scope=None, now=world.now
    ))  # fmt: skip
    await act(world, "resolve", "desk")
    await deliver(world, board)
    assert board.of("li") == before


async def test_at_night_a_card_is_changed_which_wakes_nobody(store: Store) -> None:
    hours = settings(quiet_hours=QuietHours(start="22:00", end="08:00"))
    world, board = await make_world(store, settings=hours), Board()
    await world.follow("li")
    flight = await world.late_flight()
    await world.parcels(3, of="cainiao", on=flight)
    await world.become_told()
    await world.pass_time(9 * H, step=30 * MINUTE)  # half past nine in the evening; it has become worse
    await deliver(world, board)
    before = len(board.cards)
    await world.pass_time(H)
    await world.land(flight)
    await world.pass_time(10 * MINUTE)
    await deliver(world, board)
    assert board.of("li")[-1].title.startswith("已恢复")
    assert len(board.cards) == before


async def test_a_newer_message_leaves_one_card_to_press(world: World, board: Board) -> None:
    await world.parcels(40, of="cainiao", on=1, start=500)
    await world.pass_time(30 * MINUTE)
    await deliver(world, board)
    old, new = board.of("li")
    assert (old.text, old.actions) == (("下方有关于此事的最新消息。",), ())
    assert says(new)[0] == "收到 A-1"
    assert board.of("wang")[0].actions, "of hers nothing has changed"


async def test_after_an_outage_the_one_message_of_an_alert_is_the_card(store: Store) -> None:
    world, board = await make_world(store), Board()
    await world.follow("desk")
    flight = await world.late_flight()
    await world.parcels(40, of="cainiao", on=flight)
    await world.become_told()
    await world.parcels(40, of="cainiao", on=flight, start=100)
    await world.pass_time(45 * MINUTE)
    assert len(await world.told()) == 1
    await deliver(world, board)
    assert len(board.cards) == 1
    await act(world, "acknowledge", "desk")
    await deliver(world, board)
    (card,) = board.of("desk")
    assert card.text[0].startswith("desk has it since")


async def test_a_dead_change_is_not_repeated_but_made_as_it_stands_now(world: World, board: Board) -> None:
    board.answers = [Refused("no")] * 3
    await act(world, "acknowledge", "li")
    await deliver(world, board)
    board.answers = []
    own = outbox.c
    wanted = select(own.id, own.conversation_id).where(own.state == "dead", own.edit_of.is_not(None))
    dead = await world.store.read(lambda conn: conn.execute(wanted).all())
    assert len(dead) == 2, "wang has nothing to see"
    await act(world, "resolve", "li")
    await deliver(world, board)
    row_id = next(row.id for row in dead if row.conversation_id == world.places["li"])
    done = await world.do(lambda conn: replay(conn, row_id, now=world.now, recheck=recheck_alerts(world.now)))
    assert (done.skipped, done.new_reference) == ("A-1 is shown as it stands now", None)
    await deliver(world, board)
    assert says(board.of("li")[0]) == ["重开 A-1", "导出 A-1", "谁在处理 A-1"]
    assert len(board.cards) == 3


async def test_a_channel_that_is_busy_gets_the_last_state_only(world: World, board: Board) -> None:
    board.answers = [Retry("busy", "503")] * 3
    await act(world, "acknowledge", "desk")
    await deliver(world, board)
    await act(world, "resolve", "desk")
    board.answers = []
    world.clock.advance(MINUTE)
    await deliver(world, board)
    assert board.edits == 3
    assert says(board.of("desk")[0]) == ["reopen A-1", "export A-1", "who A-1"]
