"""The parcels of a batch: found by any of their numbers, made where they are new, written back."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, func, select

from bot.store.prepared import Prepared
from bot.tracking.codes import Role
from bot.tracking.ingest.merge import merge_parcels
from bot.tracking.ingest.rows import EventRow
from bot.tracking.lists import NUMBERS, TEXTS, Bulk, ListQuery
from bot.tracking.parcelstate import (
    INSERT,
    MARK_LATE,
    PARCEL_COLUMNS,
    QUEUE,
    UNMARK_LATE,
    UPDATE_SNAPSHOT,
    UPDATE_WHOLE,
    ParcelState,
)
from bot.tracking.tables import lateness, parcel, parcel_alias

_DAY = 86_400_000_000
REUSED_AFTER = 365 * _DAY
"""A number seen again so long after its parcel's last status names a new parcel."""
BEFORE_ANNOUNCEMENT = 30 * _DAY
"""An event so much older than everything known of a parcel belongs to an earlier life of its number."""

_BY_NUMBER = ListQuery(TEXTS, lambda wanted: select(parcel_alias.c.number, *PARCEL_COLUMNS).select_from(
    wanted.join(parcel_alias, parcel_alias.c.number == wanted.c.value)
    .join(parcel, parcel.c.id == parcel_alias.c.parcel_id)
    .outerjoin(lateness, lateness.c.parcel_id == parcel.c.id)))
_BY_ID = ListQuery(NUMBERS, lambda wanted: select(*PARCEL_COLUMNS).select_from(
    wanted.join(parcel, parcel.c.id == wanted.c.value).outerjoin(lateness, lateness.c.parcel_id == parcel.c.id)))
_ALIAS = Bulk(("number", "parcel_id", "role"), lambda insert: insert(parcel_alias).values(
    number=bindparam("number"), parcel_id=bindparam("parcel_id"), role=bindparam("role")).on_conflict_do_nothing())
_LAST_ID = Prepared(lambda _: select(func.max(parcel.c.id)))
_SEQUENCE = func.pg_get_serial_sequence("parcel", "id")
_NEXT_IDS = Prepared(lambda _: select(func.nextval(_SEQUENCE)).select_from(
    func.generate_series(1, bindparam("wanted")).alias("ids")))


class Parcels:
    """Parcels by number and partner, and by key."""

    def __init__(self, conn: Connection, rows: Iterable[EventRow]) -> None:
        self._conn = conn
        self.by_id: dict[int, ParcelState] = {}
        self.merged: list[ParcelState] = []
        """Parcels that turned out to be another one; they are gone from the store."""
        self._known: dict[str, list[ParcelState]] = {}
        self._new: list[ParcelState] = []
        self._aliases: dict[tuple[str, ParcelState], int] = {}
        numbers: set[str] = set()
        for row in rows:
            if row.number is not None:
                numbers.add(row.number)
            numbers.update(number for _, number in row.aliases)
            numbers.update(row.inside)
        for number, *columns in _BY_NUMBER.all(conn, sorted(numbers)):
            self._known.setdefault(number, []).append(self._state(columns))

    def _state(self, columns: Sequence[object]) -> ParcelState:
        key = columns[0]
        assert isinstance(key, int)
        state = self.by_id.get(key)
        if state is None:
            state = self.by_id[key] = ParcelState(columns)
        return state

    def load(self, ids: Iterable[int]) -> list[ParcelState]:
        """Parcels by key; those the batch knows already are the same objects."""
        wanted = set(ids)
        unknown = sorted(wanted - self.by_id.keys())
        for columns in _BY_ID.all(self._conn, unknown):
            self._state(columns)
        return [self.by_id[key] for key in wanted if key in self.by_id]

    def inside(self, number: str, partner_id: int | None) -> ParcelState | None:
        """The latest parcel of a number, of a partner when one is named."""
        found = [one for one in self._known.get(number, ()) if partner_id in (None, one.partner_id)]
        return max(found, key=lambda one: one.first_seen, default=None)

    def of(self, row: EventRow, partner_id: int, at: int) -> ParcelState:
        """The parcel a row speaks of, made when it is new."""
        assert row.number is not None
        state = self._living(row.number, partner_id, at)
        for role, number in row.aliases:
            other = self._living(number, partner_id, at)
            if state is None:
                state = other
            elif other is not None and other is not state:
                state = self._merge(state, other)
            if state is not None and other is None:
                self._alias(state, number, role)
        if state is None:
            state = self._make(row.number, partner_id, at)
            for role, number in row.aliases:
                self._alias(state, number, role)
        elif state not in self._known.get(row.number, ()):
            self._alias(state, row.number, Role.OTHER)
        if at < state.first_seen:
            state.first_seen = at
            state.changed = state.changed_rest = True
        return state

    def _living(self, number: str, partner_id: int, at: int) -> ParcelState | None:
        """The parcel that bore the number then."""
        found: ParcelState | None = None
        for one in self._known.get(number, ()):
            if one.partner_id != partner_id or at < one.first_seen - BEFORE_ANNOUNCEMENT:
                continue
            if at > max(one.first_seen, one.status_at or 0) + REUSED_AFTER:
                continue
            if found is None or one.first_seen > found.first_seen:
                found = one
        return found

    def _make(self, number: str, partner_id: int, at: int) -> ParcelState:
        state = ParcelState.new(partner_id, number, at)
        self._new.append(state)
        self._alias(state, number, Role.MAIN)
        return state

    def _alias(self, state: ParcelState, number: str, role: int) -> None:
        self._known.setdefault(number, []).append(state)
        self._aliases[(number, state)] = role

    def _merge(self, first: ParcelState, second: ParcelState) -> ParcelState:
        """Two parcels are one: the one known longer stays."""
        kept, gone = sorted((first, second), key=lambda one: (one.is_new, one.first_seen, one.id))
        merge_parcels(self._conn, kept, gone)
        self.by_id.pop(gone.id, None)
        gone.merged_into = kept
        self.merged.append(gone)
        for number, states in self._known.items():
            if gone in states:
                self._known[number] = [one for one in states if one not in (gone, kept)] + [kept]
        return kept

    def give_keys(self) -> list[ParcelState]:
        """Number the new parcels, which `write` inserts; returns them."""
        self._new = [state for state in self._new if state.merged_into is None]
        for state, key in zip(self._new, self._keys(len(self._new)), strict=True):
            state.id = key
            self.by_id[key] = state
        return self._new

    def _keys(self, count: int) -> Sequence[int]:
        if not count:
            return ()
        if self._conn.dialect.name == "sqlite":  # the only writer, so the next keys are free
            last = _LAST_ID.first(self._conn, {})
            start = (last[0] or 0) if last is not None else 0
            return range(start + 1, start + 1 + count)
        return [row[0] for row in _NEXT_IDS.all(self._conn, {"wanted": count})]

    def write(self) -> None:
        """Insert what is new, write back what changed."""
        INSERT.run(self._conn, [state.row() for state in self._new])
        _ALIAS.run(self._conn, [
            (number, state.final().id, role if state.merged_into is None else Role.OTHER)
            for (number, state), role in self._aliases.items()
        ])
        changed = [one for one in self.by_id.values() if (one.changed or one.changed_rest) and not one.is_new]
        UPDATE_SNAPSHOT.run(self._conn, [one.snapshot_values() for one in changed if not one.changed_rest])
        UPDATE_WHOLE.run(self._conn, [one.whole_values() for one in changed if one.changed_rest])
        self._write_lateness(changed)
        QUEUE.run(self._conn, sorted(
            (one.due_at, one.id) for one in (*self._new, *changed) if one.due_at not in (None, one.queued_at)
        ))

    def _write_lateness(self, changed: Sequence[ParcelState]) -> None:
        """No ingest makes a parcel late, but it may end a lateness, or change what is due after it."""
        late = [one for one in changed if one.was_late]
        MARK_LATE.run(self._conn, [one.late_values() for one in late if one.late_since is not None])
        UNMARK_LATE.run(self._conn, [(one.id,) for one in late if one.late_since is None])
