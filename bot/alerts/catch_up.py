"""The end of quiet hours: what was held is looked at again, and what is left is told in one message."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.alerts.attached import with_lists
from bot.alerts.cards import catch_up_card
from bot.alerts.flush import Desk, goes_on
from bot.alerts.marks import mark_told
from bot.alerts.picture import load
from bot.alerts.readers import readers_of
from bot.alerts.stands import stand_for, stands_of
from bot.alerts.tables import alert_group, alert_held
from bot.alerts.telling import Saying, about, known_of, record, saying, send, words_for
from bot.alerts.verdict import Verdict, judge


def opening(conn: Connection, now: datetime, *, limit: int) -> Sequence[int]:
    """Conversations whose quiet hours have ended with something held."""
    wanted = select(alert_held.c.conversation_id).where(alert_held.c.opens_at <= now).distinct().limit(limit)
    return conn.execute(wanted).scalars().all()


def open_window(conn: Connection, conversation_id: int, now: datetime, desk: Desk) -> int:
    """Tell a conversation what was held for it and still holds; returns the number of messages, 0 or 1."""
    held = conn.execute(
        select(alert_held.c.group_id)
        .where(alert_held.c.conversation_id == conversation_id, alert_held.c.opens_at <= now)
        .order_by(alert_held.c.group_id).with_for_update(skip_locked=True)
    ).scalars().all()  # fmt: skip
    sayings: list[Saying] = []
    passed = 0
    for group_id in held:
        verdict, said = _saying(conn, group_id, conversation_id, now)
        passed += verdict is Verdict.NOTHING
        if said is not None:
            sayings.append(said)
    mine = (alert_held.c.conversation_id == conversation_id, alert_held.c.group_id.in_(held))
    again = desk.quiet.opens_at(now, sayings[0].reader.zone) if sayings and desk.quiet is not None else None
    if again is not None:  # nobody looked while the window was open: the next one is meant
        conn.execute(update(alert_held).where(*mine).values(opens_at=again))
        return 0
    conn.execute(delete(alert_held).where(*mine))
    if sayings:
        _tell(conn, sayings, passed, now, desk)
    return 1 if sayings else 0


def _saying(
    conn: Connection, group_id: int, conversation_id: int, now: datetime
) -> tuple[Verdict | None, Saying | None]:
    picture = load(conn, group_id, now)
    readers = readers_of(picture, only=[conversation_id]) if picture is not None else ()
    if picture is None or not readers:
        return None, None
    reader = readers[0]
    known = known_of(conn, group_id).get(conversation_id)
    stand = stand_for(stands_of(conn, group_id), reader.side, now)
    verdict = judge(picture, reader, known, stand)
    if verdict not in (Verdict.ALERT, Verdict.CLEAR) or (verdict is Verdict.CLEAR and goes_on(picture, reader)):
        return verdict, None
    return verdict, saying(picture, reader, verdict, known=known, stand=stand)


def _tell(conn: Connection, sayings: Sequence[Saying], passed: int, now: datetime, desk: Desk) -> None:
    reader = sayings[0].reader
    first = sayings[0].picture.group
    alone = len(sayings) == 1 and not passed
    if alone:
        cards = [sayings[0].card(words) for words in words_for(reader, now)]
    else:
        views = [(said.verdict, said.view) for said in sayings]
        open_now = [view for verdict, view in views if verdict is Verdict.ALERT]
        over = [view for verdict, view in views if verdict is Verdict.CLEAR]
        cards = [catch_up_card(words, open_now, over, passed=passed) for words in words_for(reader, now)]
    key = f"grp:{first.id}:{first.flush_number + 1}:{reader.conversation_id}"
    names = " ".join(about(said.view) for said in sayings)
    told = with_lists(cards, sayings, now, through=desk.attach)
    row_id = send(conn, reader, told, key=key, now=now, note=desk.note, about=names)
    for said in sayings:
        number = said.picture.group.flush_number + 1
        kind = said.verdict.value if alone else "catch_up"
        record(conn, said, flush_number=number, kind=kind, outbox_id=row_id, now=now)
        if said.verdict is Verdict.ALERT:
            mark_told(said.picture, [said.reader.cover], number)
        conn.execute(update(alert_group).where(alert_group.c.id == said.picture.group.id).values(flush_number=number))
