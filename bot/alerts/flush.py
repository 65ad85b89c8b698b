"""Looking at a group whose time has come: who is told what, and when to look again. One transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select, update

from bot.alerts import episodes
from bot.alerts.attached import with_lists
from bot.alerts.cover import Cover
from bot.alerts.episodes import Timing
from bot.alerts.marks import mark_inhibited, mark_told, mark_untold
from bot.alerts.picture import Picture, load
from bot.alerts.quiet import QuietHours
from bot.alerts.readers import Reader, readers_of
from bot.alerts.showing import show_again
from bot.alerts.stands import stand_for, stands_of
from bot.alerts.tables import alert, alert_group, alert_held, alert_mute
from bot.alerts.telling import NotePush, Saying, about, known_of, record, saying, send, words_for
from bot.alerts.verdict import Verdict, judge
from bot.delays import Severity
from bot.store.schema import insert
from bot.tracking.affected import stage_of


@dataclass(frozen=True, slots=True)
class Desk:
    """How people are told: hours, pauses between messages, whose memory hears of it."""

    timing: Timing
    quiet: QuietHours | None = None
    note: NotePush | None = None
    attach: frozenset[str] = frozenset()
    """Adapters whose alerts carry the list of their parcels."""


@dataclass(slots=True)
class _Outcome:
    readers: Sequence[Reader]
    sayings: list[Saying] = field(default_factory=list)
    untold: defaultdict[Verdict, list[Cover]] = field(default_factory=lambda: defaultdict(list))
    muted: bool = False


def due_groups(conn: Connection, now: datetime, *, limit: int) -> Sequence[int]:
    """Groups to look at, the longest waiting first."""
    wanted = select(alert_group.c.id).where(alert_group.c.flush_at <= now).order_by(alert_group.c.flush_at)
    return conn.execute(wanted.limit(limit)).scalars().all()


def flush(conn: Connection, group_id: int, now: datetime, desk: Desk) -> int:
    """Tell what there is to tell; returns the number of messages. Does nothing when somebody else looked first."""
    if not _claim(conn, group_id, now):
        return 0
    _close_what_came(conn, group_id, now, desk)
    picture = load(conn, group_id, now)
    if picture is None:
        return 0
    if _explained(picture):
        mark_inhibited(picture)
        _look_again(picture, None, closed=None)
        return 0
    outcome = _judged(picture, desk)
    number = picture.group.flush_number + 1
    for said in outcome.sayings:
        _tell(conn, said, number, desk)
    show_again(picture, outcome.readers)
    mark_told(picture, [said.reader.cover for said in outcome.sayings if said.verdict is Verdict.ALERT], number)
    mark_untold(picture, outcome.untold)
    left = episodes.open_count(conn, group_id)
    _look_again(picture, _next_look(picture, outcome, left, desk), closed=None if left else now)
    return len(outcome.sayings)


def _claim(conn: Connection, group_id: int, now: datetime) -> bool:
    wanted = select(alert_group.c.id).where(alert_group.c.id == group_id, alert_group.c.flush_at <= now)
    return conn.execute(wanted.with_for_update(skip_locked=True)).first() is not None


def _close_what_came(conn: Connection, group_id: int, now: datetime, desk: Desk) -> None:
    """A linehaul that has come further by now, however it was told, is no longer late."""
    picture = load(conn, group_id, now)
    if picture is None or picture.episode is None or picture.haul is None:
        return
    if picture.haul.stage >= stage_of(picture.group.awaited):
        closed = {"of": picture.episode.id, "ended": picture.haul.status_at}
        episodes.close(conn, [closed], now, timing=desk.timing)


def _explained(picture: Picture) -> bool:
    """True for late parcels whose linehaul is late itself: one cause, one alert."""
    group = picture.group
    if group.of_linehaul or group.linehaul_id is None:
        return False
    cause = exists(select(alert.c.id).where(
        alert.c.subject_kind == "linehaul", alert.c.subject_id == group.linehaul_id, alert.c.state == "firing",
    ))  # fmt: skip
    return bool(picture.conn.execute(select(cause)).scalar_one())


def _judged(picture: Picture, desk: Desk) -> _Outcome:
    conn, outcome = picture.conn, _Outcome(readers_of(picture))
    stands, known = stands_of(conn, picture.group.id), known_of(conn, picture.group.id)
    for reader in outcome.readers:
        before = known.get(reader.conversation_id)
        stand = stand_for(stands, reader.side, picture.now)
        verdict = judge(picture, reader, before, stand)
        if verdict is Verdict.CLEAR and goes_on(picture, reader):
            verdict = Verdict.NOTHING
        if verdict in (Verdict.ALERT, Verdict.CLEAR):
            opens = desk.quiet.opens_at(picture.now, reader.zone) if desk.quiet is not None else None
            if opens is None or picture.severity(picture.count(reader.cover).oldest) is Severity.CRITICAL:
                outcome.sayings.append(saying(picture, reader, verdict, known=before, stand=stand))
                continue
            _hold(conn, picture.group.id, reader, opens)
            verdict = Verdict.QUIET if verdict is Verdict.ALERT else Verdict.NOTHING
        outcome.muted |= verdict is Verdict.MUTED
        outcome.untold[verdict].append(reader.cover)
    return outcome


def goes_on(picture: Picture, reader: Reader) -> bool:
    """Nothing is over when all of it is only late by another rule now, of which its own alert tells."""
    return picture.moved(reader.cover) >= picture.total(reader.cover)


def _hold(conn: Connection, group_id: int, reader: Reader, opens: datetime) -> None:
    values = {"conversation_id": reader.conversation_id, "group_id": group_id, "opens_at": opens}
    conn.execute(insert(conn, alert_held).values(values).on_conflict_do_update(
        index_elements=["conversation_id", "group_id"], set_={"opens_at": opens}
    ))  # fmt: skip


def _tell(conn: Connection, said: Saying, number: int, desk: Desk) -> None:
    now, conversation_id = said.picture.now, said.reader.conversation_id
    plain = [said.card(words) for words in words_for(said.reader, now)]
    cards = with_lists(plain, [said], now, through=desk.attach)
    key = f"grp:{said.picture.group.id}:{number}:{conversation_id}"
    row_id = send(conn, said.reader, cards, key=key, now=now, note=desk.note, about=about(said.view))
    record(conn, said, flush_number=number, kind=said.verdict.value, outbox_id=row_id, now=now)


def _next_look(picture: Picture, outcome: _Outcome, left: int, desk: Desk) -> datetime | None:
    """A late linehaul is looked at regularly, for its plan may move; parcels when something happens to them."""
    times = [picture.now + desk.timing.regroup_after] if left and picture.group.of_linehaul else []
    if outcome.muted:
        ends = select(alert_mute.c.until).where(alert_mute.c.until > picture.now, alert_mute.c.ended_at.is_(None))
        times += picture.conn.execute(ends.order_by(alert_mute.c.until).limit(1)).scalars()
    return min(times, default=None)


def _look_again(picture: Picture, at: datetime | None, *, closed: datetime | None) -> None:
    group = picture.group
    changes: dict[str, Any] = {"flush_at": at, "flush_number": group.flush_number + 1, "last_flush_at": picture.now}
    if closed is not None and group.closed_at is None:
        changes["closed_at"] = closed
    picture.conn.execute(update(alert_group).where(alert_group.c.id == group.id).values(changes))


