"""Marks on episodes: told, or the one reason why not."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select, update

from bot.alerts.cover import EPISODES, Cover
from bot.alerts.picture import FLAPS, Picture
from bot.alerts.tables import alert
from bot.alerts.verdict import REASONS, Verdict


def mark_told(picture: Picture, covers: Sequence[Cover], flush_number: int) -> None:
    """Somebody was told of the open episodes these covers hold."""
    for cover in dict.fromkeys(covers):
        picture.conn.execute(
            update(alert).where(*_untold(picture), _covered(picture, cover))
            .values(told_flush=flush_number, suppression=None)
        )  # fmt: skip


def mark_untold(picture: Picture, covers: Mapping[Verdict, Sequence[Cover]]) -> None:
    """Give every open episode nobody was told of its one reason as of now."""
    conn = picture.conn
    conn.execute(update(alert).where(*_untold(picture)).values(suppression=None))
    unexplained = (*_untold(picture), alert.c.suppression.is_(None))
    conn.execute(update(alert).where(*unexplained, alert.c.flap_count >= FLAPS).values(suppression="flapping"))
    for reason in REASONS:
        for cover in dict.fromkeys(covers.get(reason, ())):
            covered = _covered(picture, cover, muted=reason is not Verdict.MUTED)
            conn.execute(update(alert).where(*unexplained, covered).values(suppression=reason.value))
    conn.execute(update(alert).where(*unexplained).values(suppression="no_subscriber"))


def mark_inhibited(picture: Picture) -> None:
    """What carries these parcels is late itself: its alert explains them."""
    picture.conn.execute(update(alert).where(*_untold(picture)).values(suppression="inhibited"))


def _untold(picture: Picture) -> tuple[ColumnElement[bool], ...]:
    return alert.c.group_id == picture.group.id, alert.c.state == "firing", alert.c.told_flush.is_(None)


def _covered(picture: Picture, cover: Cover, *, muted: bool = True) -> ColumnElement[bool]:
    if not picture.group.of_linehaul:
        return cover.clause(EPISODES, muted=muted)
    members = picture.members().subquery()
    return select(members.c.parcel_id).where(cover.clause(members, muted=muted)).exists()
