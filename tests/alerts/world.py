"""A small world for alerts: partners, people who follow, a flight and its parcels, and time that can be moved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, func, select, update

from bot.alerts import Scope, service
from bot.alerts.sweep import Sweeper, Swept, observer
from bot.alerts.tables import alert, alert_group
from bot.clock import MovableClock
from bot.contracts import Card
from bot.delays import Standards
from bot.outbox.message import cards_from_json
from bot.outbox.tables import outbox
from bot.people import Person, Role, scope_of
from bot.people.tables import contact, conversation, partner
from bot.settings.model import AlertSettings, QuietHours
from bot.store import Store
from bot.store.schema import to_micros
from bot.tracking.codes import MILESTONE, RULE
from bot.tracking.lateness import LatenessEnded
from bot.tracking.tables import containment, lane, lateness, linehaul, parcel, parcel_alias, parcel_due

T = TypeVar("T")
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)  # noon in Beijing, five in the morning in Brussels
H, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATE_ARRIVAL = "LINEHAUL_ARRIVED"
AWAKE = AlertSettings(quiet_hours=QuietHours(enabled=False))


def settings(**more: Any) -> AlertSettings:
    return AlertSettings.model_validate({"quiet_hours": {"enabled": False}, **more})


@dataclass(slots=True)
class Told:
    """A message as it went into the outbox."""

    conversation_id: int
    cards: tuple[Card, ...]
    key: str
    size: int

    @property
    def card(self) -> Card:
        return self.cards[0]


@dataclass(slots=True)
class World:
    """Everything a test moves."""

    store: Store
    settings: AlertSettings = field(default_factory=lambda: AWAKE)
    clock: MovableClock = field(default_factory=lambda: MovableClock(NOW))
    partners: dict[str, int] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    lanes: dict[str, int] = field(default_factory=dict)
    noted: list[tuple[int, str]] = field(default_factory=list)
    seen: int = 0

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def sweeper(self) -> Sweeper:
        """A new one, as after a restart."""
        return Sweeper(self.store, self.clock, self.settings, Standards(), note=self._note)

    def _note(self, conn: Connection, conversation_id: int, text: str, now: datetime) -> None:
        self.noted.append((conversation_id, text))

    async def do(self, unit: Callable[[Connection], T]) -> T:
        return await self.store.write(unit)

    # ---- people ----

    async def partner(self, code: str, *, zone: str = "Asia/Shanghai", language: str = "zh-Hans") -> int:
        values = {"code": code, "name": code, "language": language, "time_zone": zone, "calendar": "CN"}
        made = partner.insert().values(values).returning(partner.c.id)
        self.partners[code] = await self.do(lambda conn: int(conn.execute(made).scalar_one()))
        return self.partners[code]

    async def person(
        self, name: str, *, of: str | None = None, language: str | None = None, zone: str | None = None, **place: Any
    ) -> Person:
        """Somebody with a direct conversation; without a partner an operator."""
        role = Role.PARTNER if of else Role.OPERATOR
        partner_id = self.partners[of] if of else None

        def unit(conn: Connection) -> tuple[int, int]:
            key = conn.execute(contact.insert().values(
                name=name, role=role, partner_id=partner_id, language=language, time_zone=zone, origin="configuration",
            ).returning(contact.c.id)).scalar_one()  # fmt: skip
            talk = conn.execute(conversation.insert().values(
                adapter="local", external_id=name, kind="direct", contact_id=key, next_reply_seq=1, next_push_seq=1,
                created_at=NOW, partner_id=partner_id, **place,
            ).returning(conversation.c.id)).scalar_one()  # fmt: skip
            return int(key), int(talk)

        key, self.places[name] = await self.do(unit)
        default = "Asia/Shanghai" if of else "Europe/Brussels"
        self.people[name] = Person(
            contact_id=key, name=name, role=role, partner_id=partner_id, scope=scope_of(role, partner_id),
            language=language, time_zone=zone or default,
        )  # fmt: skip
        return self.people[name]

    async def follow(self, name: str, **scope: Any) -> None:
        wanted = Scope(**scope) if scope else Scope(everything=True)
        done = await self.do(lambda conn: service.subscribe(
            conn, person=self.people[name], conversation_id=self.places[name], scope=wanted, now=self.now
        ))  # fmt: skip
        assert done.subscription is not None

    # ---- parcels ----

    async def flight(
        self, number: str = "CV7911", *, mode: str = "air", planned: datetime | None = None, **more: Any
    ) -> int:
        arrival = planned or NOW - 3 * H - MINUTE
        values = {
            "kind": 1, "key": f"{number}/2026-11-24", "number": number, "dated": True, "first_seen": to_micros(NOW),
            "mode": mode, "origin": "PVG", "hub": "LGG", "planned_arrival": to_micros(arrival),
            "planned_departure": to_micros(arrival - 12 * H), "departed_at": to_micros(arrival - 12 * H),
            "milestone": MILESTONE["LINEHAUL_DEPARTED"], "status_at": to_micros(arrival - 12 * H), **more,
        }  # fmt: skip

        def unit(conn: Connection) -> int:
            key = int(conn.execute(linehaul.insert().values(values).returning(linehaul.c.id)).scalar_one())
            conn.execute(update(linehaul).where(linehaul.c.id == key).values(top_id=key))
            return key

        return await self.do(unit)

    async def late_flight(self, number: str = "CV7911", *, rule: str = "D06", **more: Any) -> int:
        """One whose deadline has just passed."""
        awaited = "LINEHAUL_DEPARTED" if rule == "D05" else LATE_ARRIVAL
        due: dict[str, Any] = {"due_at": to_micros(NOW - MINUTE), "due_milestone": MILESTONE[awaited]}
        due["due_rule"] = RULE[rule]
        return await self.flight(number, **due, **more)

    async def inside(self, linehaul_id: int, *, kind: int = 2, number: str = "157-12345675") -> int:
        """A waybill, container or bag on a flight."""

        def unit(conn: Connection) -> int:
            key = int(conn.execute(linehaul.insert().values(
                kind=kind, key=number, number=number, dated=False, first_seen=to_micros(NOW), top_id=linehaul_id,
            ).returning(linehaul.c.id)).scalar_one())  # fmt: skip
            conn.execute(containment.insert().values(subject=-key, linehaul_id=linehaul_id, off_loaded=False))
            return key

        return await self.do(unit)

    async def parcels(
        self, count: int, *, of: str, on: int | None = None, country: str = "BE", mode: str = "air", start: int = 0,
        **more: Any,
    ) -> list[int]:  # fmt: skip
        """Parcels of a partner, on a linehaul, numbered `<CODE><n>`."""
        name = f"{mode}-{country}"

        def unit(conn: Connection) -> list[int]:
            if name not in self.lanes:
                values = {"name": name, "origin": "PVG", "mode": mode, "hub": "LGG", "country": country}
                self.lanes[name] = int(
                    conn.execute(lane.insert().values(values).returning(lane.c.id)).scalar_one()
                )
            first = int(conn.execute(select(func.coalesce(func.max(parcel.c.id), 0))).scalar_one()) + 1
            rows = [
                {"id": first + n, "partner_id": self.partners[of], "number": f"{of.upper()}{start + n:06}",
                 "first_seen": to_micros(NOW), "lane_id": self.lanes[name], "linehaul_id": on, **more}
                for n in range(count)
            ]  # fmt: skip
            conn.execute(parcel.insert(), rows)
            conn.execute(parcel_alias.insert(), [
                {"number": row["number"], "parcel_id": row["id"], "role": 0} for row in rows
            ])  # fmt: skip
            if "due_at" in more:
                conn.execute(parcel_due.insert(), [{"at": more["due_at"], "parcel_id": row["id"]} for row in rows])
            if on is not None:
                conn.execute(containment.insert(), [
                    {"subject": row["id"], "linehaul_id": on, "off_loaded": False} for row in rows
                ])  # fmt: skip
            return [row["id"] for row in rows]

        return await self.do(unit)

    async def slow_customs(self, count: int, **more: Any) -> list[int]:
        """Parcels the hub received over a day ago whose customs deadline has just passed."""
        at = to_micros(NOW - 24 * H - MINUTE)
        due: dict[str, Any] = {"due_at": to_micros(NOW - MINUTE)}
        due["due_milestone"] = MILESTONE["IMPORT_CUSTOMS_RELEASED"]
        return await self.parcels(
            count, milestone=MILESTONE["HUB_RECEIVED"], status_at=at, due_rule=RULE["D12"], **due, **more
        )

    async def promise_missed(self, count: int, **more: Any) -> list[int]:
        """Parcels without any scan whose promised date has just passed."""
        due: dict[str, Any] = {"due_at": to_micros(NOW - MINUTE), "due_milestone": MILESTONE["DELIVERED"]}
        return await self.parcels(count, promised_at=to_micros(NOW - MINUTE), due_rule=RULE["D24"], **due, **more)

    # ---- what happens ----

    async def land(self, linehaul_id: int) -> None:
        """The flight arrives: one row, and what ingest says of it, in one transaction."""
        await self.do(lambda conn: self._landed(conn, linehaul_id))

    def _landed(self, conn: Connection, linehaul_id: int) -> None:
        at = to_micros(self.now)
        conn.execute(update(linehaul).where(linehaul.c.id == linehaul_id).values(
            arrived_at=at, milestone=MILESTONE[LATE_ARRIVAL], status_at=at, late_since=None, late_rule=None,
            late_milestone=None, due_at=None,
        ))  # fmt: skip
        ended = LatenessEnded(subject_kind="linehaul", id=linehaul_id, rule="D06", milestone=LATE_ARRIVAL, at=self.now)
        observer(self.settings)(conn, [ended], self.now)

    async def release(self, parcels: Sequence[int], milestone: str = "IMPORT_CUSTOMS_RELEASED") -> None:
        """Customs let parcels go."""

        def unit(conn: Connection) -> None:
            for start in range(0, len(parcels), 1_000):
                some = parcels[start : start + 1_000]
                conn.execute(update(parcel).where(parcel.c.id.in_(some)).values(
                    milestone=MILESTONE[milestone], status_at=to_micros(self.now), due_at=None,
                ))  # fmt: skip
                conn.execute(delete(lateness).where(lateness.c.parcel_id.in_(some)))
                conn.execute(delete(parcel_due).where(parcel_due.c.parcel_id.in_(some)))
            observer(self.settings)(conn, [
                LatenessEnded(subject_kind="parcel", id=key, rule="D12", milestone=milestone, at=self.now)
                for key in parcels
            ], self.now)  # fmt: skip

        await self.do(unit)

    async def sweep(self) -> Swept:
        """One look of a sweeper that knows nothing but the store."""
        return await self.sweeper().tick()

    async def pass_time(self, length: timedelta, *, step: timedelta = 5 * MINUTE) -> None:
        """Let time go by, with a look now and then."""
        end = self.now + length
        while self.now < end:
            self.clock.advance(min(step, end - self.now))
            await self.sweep()

    async def become_told(self) -> list[Told]:
        """What the first messages of everything due now say."""
        await self.sweep()
        await self.pass_time(25 * MINUTE, step=MINUTE)
        return await self.told()

    async def told(self, name: str | None = None) -> list[Told]:
        """Messages since the last call, of everybody or of one."""
        rows = await self.store.read(lambda conn: conn.execute(
            select(outbox.c.id, outbox.c.conversation_id, outbox.c.cards, outbox.c.dedup_key)
            .where(outbox.c.id > self.seen).order_by(outbox.c.id)
        ).all())  # fmt: skip
        self.seen = max([self.seen, *(row.id for row in rows)])
        found = [
            Told(row.conversation_id, cards_from_json(row.cards), row.dedup_key, len(row.cards.encode()))
            for row in rows
        ]
        return [one for one in found if name is None or one.conversation_id == self.places[name]]

    async def episodes(self) -> list[Any]:
        return list(await self.store.read(lambda conn: conn.execute(select(alert).order_by(alert.c.id)).all()))

    async def groups(self) -> list[Any]:
        return list(
            await self.store.read(lambda conn: conn.execute(select(alert_group).order_by(alert_group.c.id)).all())
        )


async def make_world(store: Store, **more: Any) -> World:
    """Two partners, each with somebody; a desk."""
    world = World(store, **more)
    await world.partner("cainiao")
    await world.partner("jitu")
    await world.person("li", of="cainiao")
    await world.person("wang", of="jitu")
    await world.person("desk", language="en")
    return world


async def make_told_world(store: Store) -> World:
    """That world with a late flight and parcels of both partners on it, everybody told."""
    world = await make_world(store)
    flight = await world.late_flight()
    await world.parcels(40, of="cainiao", on=flight)
    await world.parcels(5, of="jitu", on=flight)
    for name in ("li", "wang", "desk"):
        await world.follow(name)
    assert len(await world.become_told()) == 3
    return world
