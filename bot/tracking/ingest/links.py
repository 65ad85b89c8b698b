"""What a batch says is inside what: containment written at once, off-loads, and the shortcuts parcels keep of it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, false, or_, select, true

from bot.store.prepared import MakeInsert
from bot.tracking.carriage import Carriage, Parent
from bot.tracking.codes import KIND
from bot.tracking.ingest.parcels import Parcels
from bot.tracking.lists import NUMBERS, Bulk, ListQuery
from bot.tracking.parcelstate import ParcelState
from bot.tracking.tables import containment

_MOVEMENT, _CONSIGNMENT = KIND["movement"], KIND["consignment"]


def _linking(insert: MakeInsert) -> Any:
    made = insert(containment).values(
        subject=bindparam("subject"), linehaul_id=bindparam("linehaul_id"), valid_from=bindparam("valid_from"),
        off_loaded=false(), source_id=bindparam("source_id"),
    )
    old, new = containment.c.valid_from, made.excluded.valid_from
    later = or_(old.is_(None), new < old)
    return made.on_conflict_do_update(
        index_elements=["subject", "linehaul_id"], set_={"valid_from": case((later, new), else_=old)},
        where=and_(new.is_not(None), later),
    )


def _off_loading(insert: MakeInsert) -> Any:
    made = insert(containment).values(
        subject=bindparam("subject"), linehaul_id=bindparam("linehaul_id"), valid_to=bindparam("valid_to"),
        off_loaded=true(),
    )
    return made.on_conflict_do_update(
        index_elements=["subject", "linehaul_id"], set_={"valid_to": made.excluded.valid_to, "off_loaded": true()}
    )


_LINK = Bulk(("subject", "linehaul_id", "valid_from", "source_id"), _linking)
_OFF_LOAD = Bulk(("subject", "linehaul_id", "valid_to"), _off_loading)
_PARCELS_IN = ListQuery(NUMBERS, lambda wanted: select(containment.c.subject).join_from(
    wanted, containment, containment.c.linehaul_id == wanted.c.value).where(containment.c.subject > 0))

Inside = ParcelState | int
"""A parcel, or the key of a linehaul."""


class Links:
    """Gathers the containments of a batch."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._wanted: dict[tuple[Inside, int], tuple[int | None, int]] = {}
        self._off: dict[Inside, int] = {}

    def parcel(self, state: ParcelState, linehaul_id: int, kind: int, *, at: int | None, source_id: int) -> None:
        """A scan named what the parcel is in; `at` None: a manifest did."""
        on_board = kind in (_MOVEMENT, _CONSIGNMENT)
        current = state.linehaul_id if on_board else state.unit_id
        if current == linehaul_id:
            return
        if current is None:
            state.changed_rest = True
            if on_board:
                state.linehaul_id = linehaul_id
            else:
                state.unit_id = linehaul_id
        else:
            state.relink = True
        self._note(state, linehaul_id, at, source_id)

    def haul(self, inner: int, outer: int, *, source_id: int) -> None:
        """A linehaul is in another."""
        if inner != outer:
            self._note(inner, outer, None, source_id)

    def _note(self, inside: Inside, linehaul_id: int, at: int | None, source_id: int) -> None:
        known = self._wanted.get((inside, linehaul_id))
        if known is None or (at is not None and (known[0] is None or at < known[0])):
            self._wanted[(inside, linehaul_id)] = (at, source_id)

    def off_load(self, inside: Inside, at: int) -> None:
        """It was taken off the movement that was to carry it."""
        self._off[inside] = at

    def write(self) -> set[int]:
        """Store all; returns the linehauls whose carriers changed."""
        rows = [(_subject(inside), haul, at, source) for (inside, haul), (at, source) in self._wanted.items()]
        _LINK.run(self._conn, rows)
        changed = {inside for inside, _ in self._wanted if isinstance(inside, int)}
        return changed | {inside for inside in self._off if isinstance(inside, int)}

    def apply_off_loads(self, parcels: Parcels) -> None:
        """End the containment in the movements, for the unit and for the parcels in it."""
        if not self._off:
            return
        carriage = Carriage(self._conn, [_subject(inside) for inside in self._off])
        rows = []
        for inside, at in self._off.items():
            above = carriage.above(_subject(inside))
            rows += [(_subject(inside), one.linehaul_id, at) for one in above if one.kind == _MOVEMENT]
            if isinstance(inside, ParcelState):
                inside.relink = True
            else:
                for state in parcels.load(row[0] for row in _PARCELS_IN.all(self._conn, [inside])):
                    state.relink = True
        _OFF_LOAD.run(self._conn, list(dict.fromkeys(rows)))

    def choose_again(self, states: Iterable[ParcelState]) -> None:
        """Set the shortcuts of parcels that are, or were, in several."""
        wanted = [state for state in states if state.relink]
        if not wanted:
            return
        carriage = Carriage(self._conn, [state.id for state in wanted])
        for state in wanted:
            above = carriage.above(state.id)
            left_behind = {one.linehaul_id for one in above if one.off_loaded}
            direct = [one for one in carriage.parents[state.id] if not one.off_loaded]
            on_board = [one for one in direct if one.kind in (_MOVEMENT, _CONSIGNMENT)
                        and not _rides(carriage, one, left_behind)]
            units = [one for one in direct if one.kind not in (_MOVEMENT, _CONSIGNMENT)]
            chosen = (_latest(on_board), _latest(units))
            if chosen != (state.linehaul_id, state.unit_id):
                state.linehaul_id, state.unit_id = chosen
                state.changed_rest = True


def _rides(carriage: Carriage, parent: Parent, left_behind: set[int]) -> bool:
    """Whether it is, or is on, a movement the parcel was taken off."""
    return parent.linehaul_id in left_behind or any(
        one.linehaul_id in left_behind for one in carriage.above(-parent.linehaul_id)
    )


def _latest(parents: Iterable[Parent]) -> int | None:
    """The one named last; a consignment rather than the movement it is on; the smaller unit rather than the larger."""
    last = max(parents, key=lambda one: (one.valid_from or 0, one.kind, one.linehaul_id), default=None)
    return None if last is None else last.linehaul_id


def _subject(inside: Inside) -> int:
    return inside.final().id if isinstance(inside, ParcelState) else -inside
