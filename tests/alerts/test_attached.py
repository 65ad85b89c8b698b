"""An alert carries its list where files are part of a message; elsewhere it is had by asking."""

from datetime import UTC, datetime

import pytest

from bot.alerts.sweep import Sweeper
from bot.contracts import more_line
from bot.delays import Standards
from bot.settings.model import AlertSettings, QuietHours
from bot.store import Store
from bot.workbook import find_request
from tests.alerts.world import Told, World, make_world, settings

THROUGH = frozenset({"local"})


class MailWorld(World):
    """The same, where some channels carry files inside their messages."""

    through = THROUGH

    def sweeper(self) -> Sweeper:
        return Sweeper(self.store, self.clock, self.settings, Standards(), note=self._note, attach=self.through)


class OtherMailWorld(MailWorld):
    """And those are not the people's."""

    through = frozenset({"mail"})


@pytest.fixture
async def world(store: Store) -> World:
    return await _followed(store)


async def _followed(
    store: Store, alerts: AlertSettings | None = None, kind: type[MailWorld] = MailWorld
) -> World:
    plain = await make_world(store)
    world = kind(store, settings=alerts or settings(), partners=plain.partners, people=plain.people,
                      places=plain.places)  # fmt: skip
    for name in ("li", "desk"):
        await world.follow(name)
    return world


async def asked(world: World, told: Told) -> list[dict[str, object]]:
    """What the files of a message were asked to hold."""
    found = []
    for file in told.card.files:
        request = await world.store.read(lambda conn, wanted=file.reference: find_request(conn, wanted))  # type: ignore[misc]
        assert request is not None
        found.append({"scope": request.scope.partner_ids, "language": request.language, **request.asked})
    return found


async def test_each_reader_gets_the_list_of_what_they_are_told_of(world: World) -> None:
    await world.slow_customs(3, of="cainiao")
    await world.slow_customs(2, of="jitu", start=10)
    told = {one.conversation_id: one for one in await world.become_told()}
    [li], [desk] = [await asked(world, told[world.places[name]]) for name in ("li", "desk")]
    assert (li["scope"], li["language"]) == (frozenset({world.partners["cainiao"]}), "zh-Hans")
    assert (desk["scope"], desk["language"]) == (None, "en")
    assert li["ref"] == told[world.places["li"]].card.reference
    assert li["whole"] is False


async def test_what_the_message_leaves_out_is_said_to_be_in_it(world: World) -> None:
    await world.slow_customs(13, of="cainiao")
    told = {one.conversation_id: one for one in await world.become_told()}
    tables = [told[world.places[name]].card.table for name in ("li", "desk")]
    assert [more_line(table) for table in tables if table is not None] == [
        "另有 3 件，见所附表格", "and 3 more, in the attached workbook",
    ]  # fmt: skip


async def test_what_is_over_has_no_list(world: World) -> None:
    late = await world.slow_customs(3, of="cainiao")
    await world.become_told()
    await world.release(late)
    over = await world.become_told()
    assert over
    assert [one.card.files for one in over] == [()] * len(over)


async def test_a_bilingual_mail_carries_it_once(store: Store) -> None:
    world = await _followed(store)
    await world.person("both", of="cainiao", language="bilingual")
    await world.follow("both")
    await world.slow_customs(1, of="cainiao")
    told = {one.conversation_id: one for one in await world.become_told()}[world.places["both"]]
    assert [len(card.files) for card in told.cards] == [1, 0]


async def test_what_was_held_over_night_carries_a_list_for_each_alert(store: Store) -> None:
    quiet = QuietHours(enabled=True, start="00:00", end="23:30")
    world = await _followed(store, settings(quiet_hours=quiet.model_dump()))
    await world.slow_customs(3, of="cainiao")
    flight = await world.late_flight(mode="air")
    await world.parcels(2, of="cainiao", on=flight, start=100)
    assert await world.become_told() == []
    world.clock.advance(datetime(2026, 11, 24, 15, 31, tzinfo=UTC) - world.now)  # 23:31 in Beijing
    told = [one for one in await world.become_told() if one.conversation_id == world.places["li"]]
    assert [len(one.card.files) for one in told] == [2]
    assert len({entry["ref"] for entry in await asked(world, told[0])}) == 2


async def test_where_a_file_is_a_message_of_its_own_none_is_pushed(store: Store) -> None:
    world = await _followed(store, kind=OtherMailWorld)
    await world.slow_customs(3, of="cainiao")
    assert [one.card.files for one in await world.become_told()] == [(), ()]
