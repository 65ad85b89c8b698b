"""The linehauls of a batch: found by what feeds call them, made where they are new, dated when the date is known."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, func, select

from bot.store.prepared import Prepared
from bot.store.schema import from_micros
from bot.tracking.codes import ARRIVED, DEPARTED, KIND
from bot.tracking.haulstate import COLUMNS, HAUL_COLUMNS, UPDATE, HaulState
from bot.tracking.ingest.rows import EventRow
from bot.tracking.lists import NUMBERS, TEXTS, Bulk, ListQuery
from bot.tracking.naming import lane_parts
from bot.tracking.refs import Ref, is_rail
from bot.tracking.tables import linehaul

HOUR = 3_600_000_000
CHINA = 8 * HOUR
"""Departures are dated by Chinese clocks unless the feed names the date."""
SAME_RUN = {"air": 6 * 24 * HOUR, "rail": 40 * 24 * HOUR}
"""A movement named without its date is the one of that number nearest within this time."""
SAME_DEPARTURE = 6 * HOUR
LATE_DEPARTURE = 36 * HOUR
"""A departure belongs to the run that should have left up to so long before and has not."""

_BY_NUMBER = ListQuery(TEXTS, lambda wanted: select(*HAUL_COLUMNS).join_from(
    wanted, linehaul, linehaul.c.number == wanted.c.value))
_BY_ID = ListQuery(NUMBERS, lambda wanted: select(*HAUL_COLUMNS).join_from(
    wanted, linehaul, linehaul.c.id == wanted.c.value))
_INSERT = Bulk(COLUMNS, lambda insert: insert(linehaul).values({name: bindparam(name) for name in COLUMNS}))
_LAST_ID = Prepared(lambda _: select(func.max(linehaul.c.id)))
_NEXT_ID = Prepared(lambda _: select(func.nextval(func.pg_get_serial_sequence("linehaul", "id"))))


class Hauls:
    """Linehauls by number and by key."""

    def __init__(self, conn: Connection, rows: Iterable[EventRow], numbers: Iterable[str] = ()) -> None:
        self._conn = conn
        self.by_id: dict[int, HaulState] = {}
        self._known: dict[str, list[HaulState]] = {}
        self._found: dict[tuple[Ref, int, bool, int | None], HaulState] = {}
        wanted = {ref.number for row in rows for ref in _refs(row)}
        for columns in _BY_NUMBER.all(conn, sorted(wanted.union(numbers))):
            self.keep(HaulState(columns))
        self._last_id: int | None = None

    def keep(self, state: HaulState) -> None:
        """Know a linehaul."""
        self.by_id[state.id] = state
        self._known.setdefault(state.number, []).append(state)

    def load(self, ids: Iterable[int]) -> list[HaulState]:
        """Linehauls by key; those the batch knows already are the same objects."""
        wanted = set(ids)
        for columns in _BY_ID.all(self._conn, sorted(wanted - self.by_id.keys())):
            self.keep(HaulState(columns))
        return [self.by_id[key] for key in wanted if key in self.by_id]

    def carriers(self, linehaul_id: int | None, unit_id: int | None) -> tuple[HaulState | None, HaulState | None]:
        """Two loaded linehauls by key."""
        return (
            None if linehaul_id is None else self.by_id.get(linehaul_id),
            None if unit_id is None else self.by_id.get(unit_id),
        )

    def load_named(self, numbers: Iterable[str]) -> None:
        """Linehauls by number."""
        for columns in _BY_NUMBER.all(self._conn, sorted(set(numbers) - self._known.keys())):
            self.keep(HaulState(columns))

    def unit(self, number: str, at: int) -> HaulState:
        """A unit under a number of no known shape."""
        self.load_named([number])
        return self.named(number) or self._make(Ref("bag", number), at, None)

    def named(self, number: str) -> HaulState | None:
        """A unit by its number, as a manifest may have named a parcel nobody knew yet."""
        return next((one for one in self._known.get(number, ()) if one.kind == KIND["bag"]), None)

    def of(self, ref: Ref, row: EventRow, at: int) -> HaulState:
        """The linehaul a row names, made when it is new."""
        departs = _departure(row, at) if ref.kind == "movement" else None
        memo = (ref, at // (6 * HOUR), row.milestone < DEPARTED, departs)
        state = self._found.get(memo)
        if state is None:
            state = self._find(ref, row, at, departs) or self._make(ref, at, departs)
            self._found[memo] = state
        if row.lane is not None:
            self._describe(state, row.lane)
        return state

    def _find(self, ref: Ref, row: EventRow, at: int, departs: int | None) -> HaulState | None:
        known = self._known.get(ref.number, ())
        if ref.kind != "movement":
            kind = KIND[ref.kind]
            return next((one for one in known if one.kind == kind), None) or next(
                (one for one in known if one.kind != KIND["movement"]), None)
        movements = [one for one in known if one.kind == KIND["movement"]]
        exact = next((one for one in movements if ref.date is not None and one.key == ref.key), None)
        if exact is not None:
            return exact
        if ref.date is not None:
            return self._dated(_nearest(movements, at, SAME_RUN[_mode(ref)], only_guessed=True), ref.key)
        if departs is not None:
            state = _leaving(movements, departs, _key(ref, departs), planned=DEPARTED in row.plan)
            return self._dated(state or _nearest(movements, at, SAME_RUN[_mode(ref)], only_guessed=True),
                               _key(ref, departs))
        return _boarded(movements, at, row.milestone, SAME_RUN[_mode(ref)])

    def _dated(self, state: HaulState | None, key: str) -> HaulState | None:
        """The date of a departure that was guessed so far is known now."""
        if state is not None and not state.dated:
            state.key, state.dated, state.changed = key, True, True
        return state

    def _make(self, ref: Ref, at: int, departs: int | None) -> HaulState:
        named = ref.kind != "movement" or ref.date is not None
        key = ref.key if named else _key(ref, at if departs is None else departs)
        dated = named or departs is not None
        state = HaulState.new(ref, id=self._next_id(), key=key, dated=dated, seen=at)
        _INSERT.run(self._conn, [state.row()])
        self.keep(state)
        return state

    def _next_id(self) -> int:
        if self._conn.dialect.name != "sqlite":
            row = _NEXT_ID.first(self._conn, {})
            assert row is not None
            return int(row[0])
        if self._last_id is None:  # the only writer, so the next keys are free
            last = _LAST_ID.first(self._conn, {})
            self._last_id = (last[0] or 0) if last is not None else 0
        self._last_id += 1
        return self._last_id

    def _describe(self, state: HaulState, lane: str) -> None:
        """Fill in what a lane's name says of what travels on it."""
        parts = lane_parts(lane)
        if state.origin is None and parts.origin is not None:
            state.origin, state.changed = parts.origin, True
        if state.hub is None and parts.hub is not None:
            state.hub, state.changed = parts.hub, True
        if parts.mode is not None and parts.mode != state.mode and state.origin is None:
            state.mode, state.changed = parts.mode, True

    def write(self) -> None:
        """Write back what changed."""
        UPDATE.run(self._conn, [one.values() for one in self.by_id.values() if one.changed])


def apply_plan(state: HaulState, plan: Mapping[int, int], told: int) -> bool:
    """The plan reported first stays the plan; the one reported last is what is expected now. True: at another time."""
    departure, arrival = plan.get(DEPARTED), plan.get(ARRIVED)
    if departure is not None and (state.planned_departure is None or told < (state.plan_from or told)):
        state.planned_departure, state.changed = departure, True
    if arrival is None:
        return False
    before = state.expected_arrival
    expected = state.expected_arrival if state.expected_arrival is not None else state.planned_arrival
    if state.plan_to is None or told >= state.plan_to:
        expected, state.plan_to = arrival, told
    if state.plan_from is None or told < state.plan_from:
        state.planned_arrival, state.plan_from = arrival, told
    state.expected_arrival = expected if expected != state.planned_arrival else None
    state.told_at = state.plan_to if state.expected_arrival is not None else None
    state.changed = True
    return state.expected_arrival != before


def _refs(row: EventRow) -> Sequence[Ref]:
    if row.linehaul is None:
        return (*row.units, *row.contains)
    return (row.linehaul, *row.units, *row.contains)


def _mode(ref: Ref) -> str:
    return "rail" if is_rail(ref) else "air"


def _departure(row: EventRow, at: int) -> int | None:
    """When the movement leaves, if this row is about that."""
    planned = row.plan.get(DEPARTED)
    if planned is not None:
        return planned
    return at if row.milestone == DEPARTED and row.occurred is not None else None


def _key(ref: Ref, departs: int) -> str:
    return f"{ref.number}/{from_micros(departs + CHINA).date().isoformat()}"


def _leaves(state: HaulState) -> int:
    return state.departed_at or state.planned_departure or state.noon or state.first_seen


def _nearest(known: Iterable[HaulState], at: int, within: int, *, only_guessed: bool = False) -> HaulState | None:
    near = [one for one in known if abs(_leaves(one) - at) <= within and not (only_guessed and one.dated)]
    return min(near, key=lambda one: (abs(_leaves(one) - at), one.id), default=None)


def _leaving(known: Sequence[HaulState], departs: int, key: str, *, planned: bool) -> HaulState | None:
    """The run a departure, planned or real, belongs to."""
    dated = [one for one in known if one.dated]
    if not planned:
        waiting = [one for one in dated if one.departed_at is None
                   and departs - LATE_DEPARTURE <= _leaves(one) <= departs + SAME_DEPARTURE]
        if waiting:
            return max(waiting, key=lambda one: (_leaves(one), one.id))
    return next((one for one in dated if one.key == key), None) or _nearest(dated, departs, SAME_DEPARTURE)


def _boarded(known: Iterable[HaulState], at: int, milestone: int, within: int) -> HaulState | None:
    """Before the departure scans the next to leave is meant, afterwards the last that left."""
    near = [one for one in known if abs(_leaves(one) - at) <= within]
    before = milestone < DEPARTED
    fitting = [one for one in near if (_leaves(one) >= at - 6 * HOUR if before else _leaves(one) <= at)]
    return min(fitting or near, key=lambda one: (abs(_leaves(one) - at), one.id), default=None)

