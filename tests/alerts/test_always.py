"""What holds after any lateness, ends, acts, mutes, wishes and jumps of time; every sweeper is a new one."""

import asyncio
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.alerts import Scope, episodes, service
from bot.alerts.quiet import QuietHours
from bot.alerts.tables import alert_delivery, alert_group, alert_message
from bot.settings.model import QuietHours as Setting
from bot.store import open_store
from bot.store.schema import metadata
from bot.tracking.lateness import LateStarted
from tests.alerts import world as worlds
from tests.alerts.world import MINUTE, H, World, make_world

PARCELS = 30
NIGHT = QuietHours.of(Setting())
ZONES = {"li": ZoneInfo("Asia/Shanghai"), "wang": ZoneInfo("Asia/Shanghai"), "desk": ZoneInfo("Europe/Brussels")}
names = st.sampled_from(sorted(ZONES))
some = st.lists(st.integers(0, 2 * PARCELS - 1), min_size=1, max_size=2 * PARCELS, unique=True)
steps = st.one_of(
    st.tuples(st.just("late"), some), st.tuples(st.just("end"), some),
    st.tuples(st.just("pass"), st.sampled_from([1, 5, 10, 16, 60, 400, 1_500])),
    st.tuples(st.just("ack"), names), st.tuples(st.just("resolve"), names), st.tuples(st.just("mute"), names),
    st.tuples(st.just("follow"), names), st.tuples(st.just("stop"), names), st.tuples(st.just("sweep"), st.none()),
)  # fmt: skip


class Play:
    """A world, and what was done to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.parcels: list[int] = []
        self.owner: dict[int, str] = {}
        self.late: set[int] = set()

    async def begin(self) -> None:
        world = self.world
        flight = await world.flight(arrived_at=1)
        for code in ("cainiao", "jitu"):
            made = await world.parcels(PARCELS, of=code, on=flight)
            self.parcels += made
            self.owner |= dict.fromkeys(made, code)

    async def step(self, what: str, value: object) -> None:
        world = self.world
        match what, value:
            case "late", list() as chosen:
                await self._late([self.parcels[n] for n in chosen])
            case "end", list() as chosen:
                ended = sorted({self.parcels[n] for n in chosen} & self.late)
                self.late -= set(ended)
                await world.release(ended)
            case "pass", int() as minutes:
                world.clock.advance(minutes * MINUTE)
                await world.sweep()
            case "ack" | "resolve", str() as name:
                act = service.acknowledge if what == "ack" else service.resolve
                await world.do(lambda conn: act(conn, "A-1", person=world.people[name], now=world.now))
            case "mute", str() as name:
                await world.do(lambda conn: service.mute(
                    conn, person=world.people[name], conversation_id=world.places[name], now=world.now,
                    scope=Scope(everything=True), until=world.now + 3 * H, reason="noise",
                ))  # fmt: skip
            case "follow", str() as name:
                await world.follow(name)
            case "stop", str() as name:
                await world.do(lambda conn: service.unsubscribe(
                    conn, person=world.people[name], conversation_id=world.places[name], scope=None, now=world.now
                ))  # fmt: skip
            case _:
                await world.sweep()

    async def _late(self, chosen: list[int]) -> None:
        world = self.world
        started = [
            LateStarted(
                subject_kind="parcel", id=key, key=f"{self.owner[key].upper()}{key:06}", rule="D12", mode="air",
                partner_id=world.partners[self.owner[key]], milestone="IMPORT_CUSTOMS_RELEASED", hub="LGG",
                late_since=world.now, linehaul_id=1, country="BE",
            )
            for key in chosen
        ]  # fmt: skip
        self.late |= set(chosen)
        await world.do(lambda conn: episodes.open_episodes(conn, started, now=world.now, timing=world.settings))

    async def check(self) -> None:
        """Nothing that must never be is."""
        found = await self.world.episodes()
        open_ones = Counter((one.rule, one.subject_kind, one.subject_id) for one in found if one.closed_at is None)
        assert all(count == 1 for count in open_ones.values()), "one open alert a key"
        assert {key for _, _, key in open_ones} == self.late, "what is late is open, nothing else"
        for one in found:
            settled = one.state == "cleared" or (one.state == "firing" and await self._flushed(one.group_id))
            if settled:
                assert (one.told_flush is None) == (one.suppression is not None), "told, or one reason why not"
        await self._messages()

    async def _flushed(self, group_id: int) -> bool:
        """Whether the group was looked at after its last member joined."""
        row = await self.world.store.read(
            lambda conn: conn.execute(select(alert_group).where(alert_group.c.id == group_id)).one()
        )
        return row.last_flush_at is not None and row.last_flush_at >= row.last_added_at

    async def _messages(self) -> None:
        rows = await self.world.store.read(
            lambda conn: conn.execute(select(alert_message).order_by(alert_message.c.id)).all()
        )
        names_of = {place: name for name, place in self.world.places.items()}
        assert len({(row.group_id, row.conversation_id, row.flush_number) for row in rows}) == len(rows), "once a flush"
        knows: dict[tuple[int, int], bool] = {}
        for row in rows:
            key = (row.group_id, row.conversation_id)
            over = row.kind == "clear" or row.open_count == 0
            assert not over or knows.get(key), "it is over only for those who were told, once"
            knows[key] = not over
            zone = ZONES[names_of[row.conversation_id]]
            assert NIGHT is not None
            assert NIGHT.opens_at(row.at, zone) is None, "nobody is woken"
        for told in await self.world.told():
            name = names_of[told.conversation_id]
            text = " ".join(card.model_dump_json() for card in told.cards)
            assert name == "desk" or ("JITU" if name == "li" else "CAINIAO") not in text, "partners are kept apart"

    async def end(self) -> None:
        """All is well at last: everybody who was told and still follows hears of it."""
        await self.step("end", list(range(2 * PARCELS)))
        for _ in range(30):
            self.world.clock.advance(timedelta(hours=1))
            await self.world.sweep()
        await self.check()
        follow = await self.world.store.read(lambda conn: {
            place for place in self.world.places.values() if service.list_subscriptions(conn, place)
        })  # fmt: skip
        waiting = await self.world.store.read(lambda conn: conn.execute(
            select(alert_delivery).where(alert_delivery.c.over.is_(False))
        ).all())  # fmt: skip
        assert not [row for row in waiting if row.conversation_id in follow], "who was told hears that it is over"
        assert all(group.closed_at is not None for group in await self.world.groups())


async def _play(moves: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite+aiosqlite:///{Path(folder) / 'always.db'}")
        try:
            await store.write(metadata.create_all)
            play = Play(await make_world(store, settings=worlds.settings(quiet_hours={})))
            await play.begin()
            await play.step("follow", "li")
            await play.step("follow", "desk")
            for what, value in moves:
                await play.step(what, value)
                await play.check()
            await play.end()
        finally:
            await store.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=5, max_size=25))
def test_whatever_happens_alerts_keep_their_promises(moves: list[tuple[str, object]]) -> None:
    asyncio.run(_play(moves))
