"""A group as it stands within one unit: its parcels, counted once for each cover, and what a reader sees of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, cast, exists, false, func, null, select

from bot.alerts.cover import EPISODES, Cover, Part
from bot.alerts.lateness import Behind, behind
from bot.alerts.model import AlertRow, AlertState, AlertView
from bot.alerts.refs import ref_of
from bot.alerts.tables import alert, alert_group
from bot.delays import Severity, severity_of
from bot.people.tables import partner
from bot.store.schema import Instant
from bot.tracking.affected import HaulFacts, Unit, haul_facts, parcels_on, places_of, stage_of, units_on

WORST = 10
"""Parcels shown in a message; the rest is counted."""
FLAPS = 3
"""So many times late and not late within a day: no longer pushed."""


class Facet(NamedTuple):
    """Values parcels of the group have in common."""

    partner_id: int
    hub: str | None
    mode: str | None
    country: str | None


class Count(NamedTuple):
    """How many are late still, and since when the first of them is."""

    open: int
    oldest: datetime | None


@dataclass
class Picture:
    """One group within one unit."""

    conn: Connection
    group: Any
    now: datetime
    _counts: dict[tuple[Cover, bool], Count] = field(default_factory=dict)

    @cached_property
    def haul(self) -> HaulFacts | None:
        """The linehaul it is about, or that carries its parcels."""
        return None if self.group.linehaul_id is None else haul_facts(self.conn, self.group.linehaul_id)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The linehaul and everything in it, by name."""
        return () if self.group.linehaul_id is None else units_on(self.conn, self.group.linehaul_id)

    @cached_property
    def episode(self) -> Any:
        """The episode of a late linehaul; None when it is over or the group is about parcels."""
        if not self.group.of_linehaul:
            return None
        return self.conn.execute(
            select(alert).where(alert.c.group_id == self.group.id, alert.c.state == "firing")
        ).first()

    def members(self, *, whole: bool = False) -> Select[Any]:
        """Its parcels that are late, or all it ever had: parcel_id, partner_id, number, hub, mode, country, since."""
        if self.group.of_linehaul:
            awaiting = None if whole else self.group.awaited
            hub, mode = (self.haul.hub, self.haul.mode) if self.haul is not None else (None, None)
            carried = parcels_on(self.group.linehaul_id, awaiting=awaiting, hub=hub, mode=mode)
            never = cast(null(), Instant)
            carried = carried.add_columns(never.label("late_since"), never.label("closed_at"))
            return carried if whole or self._pushed else carried.where(false())
        rows: Select[Any] = select(
            alert.c.subject_id.label("parcel_id"), alert.c.partner_id, alert.c.number, alert.c.hub, alert.c.mode,
            alert.c.country, alert.c.late_since, alert.c.closed_at,
        ).where(alert.c.group_id == self.group.id)  # fmt: skip
        return rows if whole else rows.where(alert.c.state == "firing", alert.c.flap_count < FLAPS)

    @property
    def _pushed(self) -> bool:
        return self.episode is not None and self.episode.flap_count < FLAPS

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """The combinations of partner, hub, mode and country among all it ever had."""
        rows = self.members(whole=True).subquery()
        named = (rows.c.partner_id, rows.c.hub, rows.c.mode, rows.c.country)
        return tuple(Facet(*row) for row in self.conn.execute(select(*named).distinct()))

    def part_of_ref(self, ref: str, partner_id: int | None) -> Part | None:
        """What a reference means within this group; None: nothing of it."""
        unit = next((unit for unit in self.units if ref in (unit.number, unit.key)), None)
        if unit is None:
            return None
        return Part(partner_id, unit_id=None if unit.id == self.group.linehaul_id else unit.id)

    def count(self, cover: Cover, *, muted: bool = True) -> Count:
        """Late parcels of a cover."""
        known = self._counts.get((cover, muted))
        if known is None:
            rows = self.members().subquery()
            found = self.conn.execute(
                select(func.count(), func.min(rows.c.late_since)).where(cover.clause(rows, muted=muted))
            ).one()
            known = self._counts[cover, muted] = Count(found[0], self._since(found[1]))
        return known

    def _since(self, value: Any) -> datetime | None:
        if self.group.of_linehaul:
            return self.episode.late_since if self.episode is not None else None
        since: datetime | None = value
        return since

    def total(self, cover: Cover) -> int:
        """All of a cover that were ever part of it."""
        rows = self.members(whole=True).subquery()
        found: int = self.conn.execute(
            select(func.count()).select_from(rows).where(cover.clause(rows))
        ).scalar_one()
        return found

    def moved(self, cover: Cover) -> int:
        """Of a cover, those that left it only because they are late by another rule now."""
        if self.group.of_linehaul:
            gone = exists(select(alert.c.id).where(alert.c.group_id == self.group.id, alert.c.moved.is_(True)))
            return self.total(cover) if self.conn.execute(select(gone)).scalar_one() else 0
        found: int = self.conn.execute(
            select(func.count()).select_from(alert)
            .where(alert.c.group_id == self.group.id, alert.c.moved.is_(True), cover.clause(EPISODES))
        ).scalar_one()  # fmt: skip
        return found

    def behind(self, oldest: datetime | None) -> Behind:
        """How late at worst."""
        leaving = self.group.of_linehaul and self.group.awaited == "LINEHAUL_DEPARTED"
        haul = self.haul if self.group.of_linehaul else None
        return behind(haul, leaving=leaving, oldest=oldest or self.group.opened_at, now=self.now)

    def severity(self, oldest: datetime | None) -> Severity:
        """How bad it is."""
        return severity_of(self.group.rule, self.behind(oldest).by)

    def rows(self, cover: Cover, *, whole: bool = False, limit: int | None = None) -> Sequence[Any]:
        """Parcels of a cover, late longest first."""
        rows = self.members(whole=whole).subquery()
        wanted = (
            select(rows, partner.c.code).join(partner, partner.c.id == rows.c.partner_id).where(cover.clause(rows))
        ).order_by(rows.c.late_since, rows.c.number)
        return self.conn.execute(wanted if limit is None else wanted.limit(limit)).all()

    def worst(self, cover: Cover) -> tuple[AlertRow, ...]:
        """The parcels a message shows, with where they are."""
        rows = self.rows(cover, limit=WORST)
        places = places_of(self.conn, [row.parcel_id for row in rows])
        since = self.episode.late_since if self.episode is not None else self.group.opened_at
        return tuple(
            AlertRow(row.number, row.late_since or since, row.country, places.get(row.parcel_id), True, row.code)
            for row in rows
        )

    def view(self, cover: Cover, *, total: int | None = None) -> AlertView:
        """The group as readers of a cover see it."""
        group, haul, count = self.group, self.haul, self.count(cover)
        late = self.behind(count.oldest)
        state: AlertState = "open" if group.closed_at is None and count.open else "cleared"
        ever = self.total(cover) if total is None else total
        return AlertView(
            ref=ref_of(group.id), rule=group.rule, severity=severity_of(group.rule, late.by), state=state,
            awaited=group.awaited, linehaul=haul.key if haul else None, linehaul_id=group.linehaul_id,
            linehaul_number=haul.number if haul else None, mode=(haul.mode if haul else None) or group.mode,
            origin=haul.origin if haul else None, hub=(haul.hub if haul else None) or group.hub, day=group.local_day,
            opened_at=group.opened_at, late_since=late.since, late_by=late.by, expected_at=late.expected,
            ended_at=self._ended(), open_count=count.open, total=ever,
            moved=0 if count.open else self.moved(cover), worst=self.worst(cover),
        )  # fmt: skip

    def _ended(self) -> datetime | None:
        haul, group = self.haul, self.group
        if not group.of_linehaul or haul is None:
            closed: datetime | None = group.closed_at
            return closed
        done = haul.departed_at if group.awaited == "LINEHAUL_DEPARTED" else haul.arrived_at
        return done if haul.stage >= stage_of(group.awaited) else None


def load(conn: Connection, group_id: int, now: datetime) -> Picture | None:
    """The group of an id; None when there is none."""
    row = conn.execute(select(alert_group).where(alert_group.c.id == group_id)).first()
    return None if row is None else Picture(conn, row, now)
