"""Looking at alerts: one, all that are open, who knows, every parcel, the whole life. Always within a scope."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, and_, func, or_, select

from bot.alerts.acts import see
from bot.alerts.cover import cover_of_scope
from bot.alerts.listing import still_late
from bot.alerts.model import Act, AlertRow, AlertView, Life, Told, Who
from bot.alerts.picture import load
from bot.alerts.refs import id_of, ref_of
from bot.alerts.stands import OPERATORS
from bot.alerts.tables import alert, alert_act, alert_group, alert_message
from bot.people import EVERYTHING, PartnerScope
from bot.people.tables import contact, conversation
from bot.tracking.affected import places_of

_PAGE = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Rows do not depend on the present."""


def find_alert(conn: Connection, ref: str, scope: PartnerScope, now: datetime) -> AlertView | None:
    """An alert as the scope may see it; None: unknown, or without parcels of the scope."""
    seen = see(conn, ref, scope, now)
    return None if seen is None else seen[1]


def list_open(conn: Connection, scope: PartnerScope, now: datetime, *, limit: int = 20) -> tuple[AlertView, ...]:
    """Open alerts of the scope, newest first."""
    found: list[AlertView] = []
    wanted = select(alert_group.c.id).where(alert_group.c.closed_at.is_(None)).order_by(alert_group.c.id.desc())
    for group_id in conn.execute(wanted).scalars().all():
        view = find_alert(conn, ref_of(group_id), scope, now)
        if view is not None and view.state == "open":
            found.append(view)
        if len(found) == limit:
            break
    return tuple(found)


def who(conn: Connection, ref: str, scope: PartnerScope, now: datetime) -> Who | None:
    """Who was told and who did what; None: unknown in this scope."""
    seen = see(conn, ref, scope, now)
    if seen is None:
        return None
    picture, view = seen
    return Who(view, _acts(conn, picture.group.id, scope), _told(conn, picture.group.id, scope))


def export_rows(conn: Connection, ref: str, scope: PartnerScope) -> Iterator[AlertRow]:
    """Every parcel of an alert in the scope, those late still first; none when it is unknown."""
    group_id = id_of(ref)
    picture = load(conn, group_id, _EPOCH) if group_id is not None else None
    if picture is None:
        return
    rows = picture.rows(cover_of_scope(scope), whole=True)
    late = still_late(picture)
    since = picture.episode.late_since if picture.episode is not None else picture.group.opened_at
    for start in range(0, len(rows), _PAGE):
        page = rows[start : start + _PAGE]
        places = places_of(conn, [row.parcel_id for row in page])
        for row in page:
            yield AlertRow(
                row.number, row.late_since or since, row.country, places.get(row.parcel_id), late(row), row.code
            )


def show(conn: Connection, ref: str, now: datetime) -> Life | None:
    """Everything about an alert, for administrators."""
    seen = see(conn, ref, EVERYTHING, now)
    if seen is None:
        return None
    picture, view = seen
    group_id = picture.group.id
    counted = conn.execute(
        select(alert.c.suppression, func.count())
        .where(alert.c.group_id == group_id, alert.c.told_flush.is_(None))
        .group_by(alert.c.suppression).order_by(func.count().desc())
    ).all()  # fmt: skip
    return Life(
        view, _acts(conn, group_id, EVERYTHING), _told(conn, group_id, EVERYTHING),
        tuple((row[0], row[1]) for row in counted if row[0] is not None),
        untold=sum(row[1] for row in counted if row[0] is None),
    )  # fmt: skip


def _acts(conn: Connection, group_id: int, scope: PartnerScope) -> tuple[Act, ...]:
    wanted = select(alert_act).where(alert_act.c.group_id == group_id).order_by(alert_act.c.id)
    if scope.partner_ids is not None:
        wanted = wanted.where(alert_act.c.side.in_([OPERATORS, *sorted(scope.partner_ids)]))
    return tuple(Act(row.act, row.by, row.at, row.detail) for row in conn.execute(wanted))


def _told(conn: Connection, group_id: int, scope: PartnerScope) -> tuple[Told, ...]:
    owner = and_(contact.c.id == conversation.c.contact_id, conversation.c.kind == "direct")
    wanted = (
        select(alert_message, conversation.c.adapter, conversation.c.title, contact.c.name)
        .select_from(alert_message.join(conversation).outerjoin(contact, owner))
        .where(alert_message.c.group_id == group_id)
        .order_by(alert_message.c.id)
    )
    if scope.partner_ids is not None:
        partners: Sequence[int] = sorted(scope.partner_ids)
        wanted = wanted.where(or_(conversation.c.partner_id.in_(partners), contact.c.partner_id.in_(partners)))
    return tuple(
        Told(row.conversation_id, f"{row.adapter}: {row.name or row.title or row.conversation_id}", row.at, row.kind,
             row.open_count)
        for row in conn.execute(wanted)
    )  # fmt: skip
