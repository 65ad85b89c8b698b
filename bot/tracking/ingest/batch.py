"""One batch of rows, one transaction: events stored once, parcels and linehauls brought up to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, tuple_, update

from bot.delays import Standards
from bot.store.schema import insert, to_micros
from bot.tracking.codes import MILESTONE, QUALITY, REASON, Role, State
from bot.tracking.ingest.hauls import Hauls, apply_plan, off_load, refresh
from bot.tracking.ingest.identity import event_key, key_of_id
from bot.tracking.ingest.lookups import REUSE_MICROS, Names, chunks, find_parcels_of, make_parcels, seen_at
from bot.tracking.ingest.parcels import Parcels
from bot.tracking.ingest.rows import Counts, EventRow, parse_ref
from bot.tracking.lateness import LatenessObserver
from bot.tracking.tables import event, parcel_alias, source

SKEW_ALLOWED = timedelta(minutes=10)
_AFTER_ALL = 1 << 62


@dataclass(slots=True)
class Batch:
    """Applies rows to the store; made anew for each transaction."""

    conn: Connection
    names: Names
    standards: Standards
    now: datetime
    observers: Sequence[LatenessObserver] = ()
    touched_parcels: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    whole: set[int] = field(default_factory=set)
    """Parcels whose events must all be read again: something was corrected or taken back."""
    touched_hauls: dict[int, datetime | None] = field(default_factory=dict)
    """With the instant at which a new arrival time was told, if one was."""
    _facts: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What rows say of a parcel besides events: lane, promise, linehaul."""

    def apply(self, rows: Sequence[EventRow]) -> Counts:
        """Store what is new; the caller commits."""
        self.names.load(self.conn, rows)
        hauls = Hauls(self.conn, rows, self.names.sources)
        keys = self._parcels(rows)
        subjects = [self._subject(row, keys, hauls) for row in rows]
        new = self._events(rows, subjects)
        ended = [one for key, told_at in self.touched_hauls.items() for one in refresh(
            self.conn, key, standards=self.standards, told_at=told_at)]
        ended += Parcels(self.conn, self.standards).refresh(self.touched_parcels, self.whole, self._facts)
        for observer in self.observers:
            if ended:
                observer(self.conn, ended, self.now)
        self._heard(rows)
        return Counts(read=len(rows), new=new, duplicate=len(rows) - new)

    def _parcels(self, rows: Sequence[EventRow]) -> dict[tuple[str, int], int]:
        wanted: dict[tuple[str, int], EventRow] = {}
        for row in rows:
            if row.number is not None and row.partner is not None:
                wanted.setdefault((row.number, self.names.partners[row.partner]), row)
        found = find_parcels_of(self.conn, {number for number, _ in wanted})
        keys, new = {}, []
        for pair, row in wanted.items():
            known = found.get(pair)
            if known is None or seen_at(row) - known.first_seen > REUSE_MICROS:
                new.append((*pair, seen_at(row)))
            else:
                keys[pair] = int(known.id)
        keys |= make_parcels(self.conn, new)
        self._aliases(rows, keys)
        return keys

    def _aliases(self, rows: Sequence[EventRow], keys: dict[tuple[str, int], int]) -> None:
        values = [
            {"number": other, "parcel_id": keys[(row.number, self.names.partners[row.partner])], "role": Role.OTHER}
            for row in rows if row.number and row.partner for other in row.aliases
        ]
        if values:
            self.conn.execute(insert(self.conn, parcel_alias).on_conflict_do_nothing(), values)

    def _subject(self, row: EventRow, keys: dict[tuple[str, int], int], hauls: Hauls) -> int:
        """What the row's event is stored under; links are made on the way."""
        haul = hauls.id_of(row.linehaul, row) if row.linehaul is not None else None
        inner = [hauls.id_of(unit, row) for unit in row.units]
        parcel_id = None
        if row.number is not None and row.partner is not None:
            parcel_id = keys[(row.number, self.names.partners[row.partner])]
            self._say(parcel_id, row, inner[-1] if inner else haul)
            for unit in inner or ([haul] if haul else []):
                hauls.link(parcel_id, unit, row.source)
            if inner and haul is not None and inner[-1] != haul:
                hauls.link(-inner[-1], haul, row.source)
                self.touched_hauls.setdefault(inner[-1], None)
        if haul is not None and (parcel_id is None or row.of_linehaul):
            self._haul(haul, row, hauls)
            return -haul
        if parcel_id is None:
            raise LookupError("a row without parcel and linehaul")
        return parcel_id

    def _haul(self, haul: int, row: EventRow, hauls: Hauls) -> None:
        hauls.note_lane(haul, row.lane if row.number is None else None)
        for text in row.contains:
            inside = hauls.id_of(parse_ref(text), row)
            hauls.link(-inside, haul, row.source)
        self.touched_hauls.setdefault(haul, None)

    def _say(self, parcel_id: int, row: EventRow, carried_by: int | None) -> None:
        facts = self._facts.setdefault(parcel_id, {})
        if row.lane:
            facts["lane_id"] = self.names.lanes[row.lane]
        if row.promised is not None:
            facts["promised_at"] = to_micros(row.promised)
        if carried_by is not None:
            facts["linehaul_id"] = carried_by
        self.touched_parcels.setdefault(parcel_id, [])

    # ---- events ----

    def _events(self, rows: Sequence[EventRow], subjects: Sequence[int]) -> int:
        keyed = [(subject, event_key(row)) for row, subject in zip(rows, subjects, strict=True)]
        existing = self._existing(keyed)
        fresh: dict[tuple[int, int], dict[str, Any]] = {}
        new = 0
        for row, (subject, key) in zip(rows, keyed, strict=True):
            values = self._values(row, subject, key)
            before = existing.get((subject, key)) or fresh.get((subject, key))
            if before is not None and not self._corrects(before, values, row):
                continue
            new += 1
            if before is not None:
                self._supersede(before, subject, key, fresh)
            fresh[(subject, key)] = values
            existing.pop((subject, key), None)
            self._touch(subject, values, row)
        if fresh:
            self.conn.execute(event.insert(), list(fresh.values()))
        for row, subject in zip(rows, subjects, strict=True):
            if row.voids is not None:
                self._void(row, subject)
        return new

    def _existing(self, keyed: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
        found: dict[tuple[int, int], dict[str, Any]] = {}
        for part in chunks(set(keyed)):
            rows = self.conn.execute(
                select(event.c.id, event.c.subject, event.c.key, event.c.milestone, event.c.occurred_at,
                       event.c.location, event.c.reason)
                .where(tuple_(event.c.subject, event.c.key).in_(part))
            )
            found.update({(row.subject, row.key): dict(row._mapping) for row in rows})
        return found

    @staticmethod
    def _corrects(before: dict[str, Any], values: dict[str, Any], row: EventRow) -> bool:
        """The same source id with other content is a newer version; the same content is a duplicate."""
        names = ("milestone", "occurred_at", "location", "reason")
        return row.event_id is not None and any(before[name] != values[name] for name in names)

    def _supersede(
        self, before: dict[str, Any], subject: int, key: int, fresh: dict[tuple[int, int], dict[str, Any]]
    ) -> None:
        """Keep the older version, under a key of its own, out of count."""
        self.whole.add(subject)
        if "id" not in before:
            older = fresh.pop((subject, key)) | {"state": State.SUPERSEDED, "key": -key}
            self.conn.execute(insert(self.conn, event).on_conflict_do_nothing(), older)
            return
        changed = {"state": State.SUPERSEDED, "key": -before["id"]}
        self.conn.execute(update(event).where(event.c.id == before["id"]).values(changed))

    def _void(self, row: EventRow, subject: int) -> None:
        key = key_of_id(row.source, row.voids or "")
        done = self.conn.execute(
            update(event).where(event.c.subject == subject, event.c.key == key).values(state=State.VOIDED)
        )
        if done.rowcount:
            self.whole.add(subject)

    def _values(self, row: EventRow, subject: int, key: int) -> dict[str, Any]:
        ahead = timedelta(0) if row.occurred is None else row.occurred - row.received
        quality = QUALITY["clock_skew"] if timedelta(0) < ahead <= SKEW_ALLOWED else 0
        return {
            "subject": subject, "key": key, "milestone": MILESTONE[row.milestone],
            "occurred_at": None if row.occurred is None else to_micros(row.occurred),
            "received_at": to_micros(row.received), "precision": row.precision,
            "state": State.QUARANTINED if ahead > SKEW_ALLOWED else State.VALID, "quality": quality,
            "source_id": self.names.sources[row.source], "reason": REASON.get(row.reason or ""),
            "location": row.location, "operator": row.operator, "zone": row.zone, "code": row.code, "note": row.note,
            "pieces": row.pieces, "pieces_total": row.pieces_total,
        }

    def _touch(self, subject: int, values: dict[str, Any], row: EventRow) -> None:
        if subject > 0:
            self.touched_parcels.setdefault(subject, []).append(values)
            return
        self.touched_hauls.setdefault(-subject, None)
        if row.plan:
            apply_plan(self.conn, -subject, row.plan)
            self.touched_hauls[-subject] = row.received
        if row.milestone == "EXC_OFFLOADED":
            off_load(self.conn, -subject, values["occurred_at"])

    def _heard(self, rows: Sequence[EventRow]) -> None:
        last: dict[int, int] = {}
        for row in rows:
            key = self.names.sources[row.source]
            last[key] = max(last.get(key, 0), to_micros(row.received))
        for key, at in last.items():
            newer = (source.c.last_received_at.is_(None)) | (source.c.last_received_at < at)
            self.conn.execute(update(source).where(source.c.id == key, newer).values(last_received_at=at))
