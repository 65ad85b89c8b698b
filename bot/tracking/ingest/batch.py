"""One batch of rows, one transaction: events stored once, parcels and linehauls brought up to them."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, text

from bot.store.schema import from_micros
from bot.tracking.carriage import load_facts
from bot.tracking.codes import KIND, OFFLOADED, RULES, Precision, State
from bot.tracking.ingest.events import STATE, Memory, Stored, store_events
from bot.tracking.ingest.hauling import refresh
from bot.tracking.ingest.hauls import Hauls, apply_plan
from bot.tracking.ingest.judging import Standards, judge_parcel
from bot.tracking.ingest.links import Links
from bot.tracking.ingest.names import Lanes, Names
from bot.tracking.ingest.odd import count_odd
from bot.tracking.ingest.parcels import Parcels
from bot.tracking.ingest.rows import Counts, EventRow
from bot.tracking.lateness import LatenessEnded, LatenessObserver, RetimedObserver
from bot.tracking.oddities import QUARANTINED, UNKNOWN_CODE
from bot.tracking.parcelstate import ParcelState
from bot.tracking.snapshot import advance, settle
from bot.tracking.status import HALF_DAY, judge
from bot.tracking.tally import count_changes

LOCK = 7_201
"""Of PostgreSQL: replicas take in one batch at a time, as on SQLite, so that what they read stays true."""


def alone(conn: Connection) -> None:
    """Wait until no other replica changes parcels; until the end of the transaction."""
    if conn.dialect.name != "sqlite":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


class Batch:
    """Applies rows to the store; made anew for each transaction."""

    def __init__(
        self, conn: Connection, rows: Sequence[EventRow], *, standards: Standards, now: int, memory: Memory
    ) -> None:
        alone(conn)
        self._conn = conn
        self._rows = rows
        self._standards = standards
        self._now = now
        self._memory = memory
        self._names = Names(conn, rows)
        self._parcels = Parcels(conn, rows)
        self._hauls = Hauls(conn, rows, {number for row in rows for number in row.inside})
        self._links = Links(conn)
        self._touched: set[int] = set()
        """Linehauls with news."""
        self._retimed: set[int] = set()

    def apply(
        self, observers: Collection[LatenessObserver] = (), on_retimed: RetimedObserver | None = None
    ) -> Counts:
        """Store what is new; the caller commits."""
        told = [self._subject(row) for row in self._rows]
        self._adopt(self._parcels.give_keys())
        subjects = [one.final().id if isinstance(one, ParcelState) else -one for one in told]
        stored = store_events(self._conn, self._rows, subjects, names=self._names, memory=self._memory,
                              now=self._now)
        self._take_over(told, stored)
        self._touched |= self._links.write()
        self._links.apply_off_loads(self._parcels)
        ended = refresh(self._conn, self._hauls, self._parcels, self._touched, standards=self._standards,
                        now=self._now)
        ended += self._judge()
        self._hauls.write()
        self._parcels.write()
        count_changes(self._conn, self._parcels.by_id.values(), self._parcels.merged)
        self._names.heard(self._rows)
        ended += [one for gone in self._parcels.merged if (one := _gone(gone)) is not None]
        if ended:
            for observer in observers:
                observer(self._conn, ended, from_micros(self._now))
        if self._retimed and on_retimed is not None:
            on_retimed(self._conn, self._retimed, from_micros(self._now))
        new = sum(stored.new)
        odd = count_odd(self._conn, self._rows, stored, names=self._names, now=self._now)
        return Counts(
            read=len(self._rows), new=new, duplicate=len(self._rows) - new, unknown=odd[UNKNOWN_CODE],
            quarantined=odd[QUARANTINED],
        )

    # ---- what rows speak of ----

    def _subject(self, row: EventRow) -> ParcelState | int:
        """What the row's event is stored under; links are gathered on the way."""
        at = row.received if row.occurred is None else row.occurred
        source = self._names.sources[row.source]
        haul = self._hauls.of(row.linehaul, row, at) if row.linehaul is not None else None
        if row.number is None:
            assert haul is not None, "a row without parcel and linehaul"
            self._touched.add(haul.id)
            self._contents(row, haul.id, haul.kind, at, source)
            return haul.id
        assert row.partner is not None
        parcel = self._parcels.of(row, self._names.partners[row.partner], at)
        units = [self._hauls.of(unit, row, at) for unit in row.units]
        for unit in units:
            self._links.parcel(parcel, unit.id, unit.kind, at=at, source_id=source)
        if haul is not None:
            outermost = units[-1] if units else None
            if outermost is None:
                self._links.parcel(parcel, haul.id, haul.kind, at=at, source_id=source)
            else:
                self._links.haul(outermost.id, haul.id, source_id=source)
            if row.of_linehaul:
                self._touched.add(haul.id)
                return haul.id
        return parcel

    def _contents(self, row: EventRow, haul_id: int, kind: int, at: int, source: int) -> None:
        partner = self._names.partners[row.partner] if row.partner is not None else None
        for ref in row.contains:
            known = self._parcels.inside(ref.number, partner)
            if known is not None:
                self._links.parcel(known, haul_id, kind, at=None, source_id=source)
            else:
                self._links.haul(self._hauls.of(ref, row, at).id, haul_id, source_id=source)
        for number in row.inside:
            known, unit = self._parcels.inside(number, partner), self._hauls.named(number)
            if known is not None and unit is None:
                self._links.parcel(known, haul_id, kind, at=None, source_id=source)
            else:  # a parcel nobody had reported: it is found under this name when it comes
                self._links.haul((unit or self._hauls.unit(number, at)).id, haul_id, source_id=source)

    def _adopt(self, made: Sequence[ParcelState]) -> None:
        """New parcels that a manifest has named before."""
        if made:
            self._hauls.load_named([state.number for state in made])
            for state in made:
                unit = self._hauls.named(state.number)
                if unit is not None:
                    source = next(iter(self._names.sources.values()))
                    self._links.parcel(state, unit.id, KIND["bag"], at=None, source_id=source)

    # ---- what the new events change ----

    def _take_over(self, told: Sequence[ParcelState | int], stored: Stored) -> None:
        for row, subject, values, new in zip(self._rows, told, stored.values, stored.new, strict=True):
            if isinstance(subject, ParcelState):
                self._facts(row, subject.final(), new)
            if new:
                self._news(row, subject, counts=values[STATE] == State.VALID)
        for subject in stored.corrected:
            if subject > 0:
                for state in self._parcels.load([subject]):
                    state.judge_all = True

    def _news(self, row: EventRow, subject: ParcelState | int, *, counts: bool) -> None:
        at = row.received if row.occurred is None else row.occurred
        if row.plan and row.linehaul is not None:
            haul = self._hauls.of(row.linehaul, row, at)
            if apply_plan(haul, row.plan, row.received):
                self._retimed.add(haul.id)
            self._touched.add(haul.id)
        if counts and row.milestone == OFFLOADED:
            self._links.off_load(subject, at)
        if counts and isinstance(subject, ParcelState):
            subject.final().events.append((row.milestone, _order(row)))

    def _facts(self, row: EventRow, state: ParcelState, new: bool) -> None:
        if row.lane is not None and (new or state.lane_id is None):
            lane = self._names.lanes[row.lane]
            if lane != state.lane_id:
                state.lane_id, state.changed_rest = lane, True
        if row.promised is not None and (new or state.promised_at is None) and row.promised != state.promised_at:
            state.promised_at, state.changed_rest = row.promised, True

    def _judge(self) -> list[LatenessEnded]:
        """Own status, then what is due."""
        states = self._parcels.by_id.values()
        self._links.choose_again(states)
        whole = [state for state in states if state.judge_all or not _advance(state)]
        if whole:
            facts = load_facts(self._conn, [state.id for state in whole])
            for state in whole:
                settle(state, judge(facts.get(state.id, ())))
                state.changed = True
        changed = [state for state in states if state.changed or state.changed_rest or state.events]
        self._hauls.load({key for one in changed for key in (one.linehaul_id, one.unit_id) if key is not None})
        lanes = Lanes(self._conn, sorted({one.lane_id for one in changed if one.lane_id is not None}))
        ended = []
        for state in changed:
            one = judge_parcel(state, lanes.of(state.lane_id), self._hauls.carriers(state.linehaul_id, state.unit_id),
                               standards=self._standards, now=self._now)
            if one is not None:
                ended.append(one)
        return ended


def _advance(state: ParcelState) -> bool:
    """Take new events over one by one; False where that does not do."""
    for milestone, at in state.events:
        if not advance(state, milestone, at):
            return False
        state.changed = True
    return True


def _order(row: EventRow) -> int:
    if row.occurred is None:
        return row.received
    return row.occurred + HALF_DAY - 1 if row.precision == Precision.DAY else row.occurred


def _gone(state: ParcelState) -> LatenessEnded | None:
    """A late parcel that turned out to be another one is not late under its own key any more."""
    if state.late_rule is None:
        return None
    return LatenessEnded(subject_kind="parcel", id=state.id, rule=RULES[state.late_rule], milestone=None, at=None)
