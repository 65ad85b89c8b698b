"""Which messages told of an alert, so that their channels can be asked who has read them."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.alerts.refs import id_of
from bot.alerts.tables import alert_message


def messages_of(conn: Connection, ref: str) -> Sequence[int]:
    """Keys of the outbox's messages about an alert, the first one first."""
    wanted = (
        select(alert_message.c.outbox_id)
        .where(alert_message.c.group_id == id_of(ref), alert_message.c.outbox_id.is_not(None))
        .order_by(alert_message.c.id)
    )
    return conn.execute(wanted).scalars().all()
