"""Traps through the whole pipeline: an answer each time, nothing changed, and nothing of another partner told."""

from datetime import timedelta

from sqlalchemy import Connection, func, select

from bot.alerts.tables import alert_mute, alert_subscription
from bot.cases.tables import request
from bot.people.tables import contact
from bot.store import Store
from bot.tracking.tables import event
from tests.skills.stage import stage
from tests.skills.test_list_dialogues import scan
from tests.understanding.traps import ALL, OURS, THEIRS

_CHANGED_BY_PEOPLE = (alert_subscription, alert_mute, event)


def _state(conn: Connection) -> tuple[object, ...]:
    """Everything a trap might want to change, except requests to the desk that ask for a person."""
    rows = [tuple(sorted(map(str, conn.execute(select(table))))) for table in _CHANGED_BY_PEOPLE]
    languages = tuple(conn.execute(select(contact.c.id, contact.c.language).order_by(contact.c.id)).all())
    reports = conn.execute(select(func.count()).where(request.c.kind != "handoff")).scalar_one()
    return (*rows, languages, reports)


async def test_a_trap_is_answered_and_changes_nothing(sqlite_store: Store) -> None:
    async with stage(sqlite_store) as talk:
        await talk.load(scan(OURS, "HUB_RECEIVED"), scan(THEIRS, "HUB_RECEIVED", "yanwen"))
        await talk.say("li", f"关注 {OURS}")
        before = await sqlite_store.read(_state)
        for text in ALL:
            talk.clock.advance(timedelta(minutes=1))  # no quota is the reason for silence
            heard = await talk.say("li", text)
            assert heard.messages, text
            heard.keeps_quiet_about("Yanwen", "Traceback", "Wang Wei")
            assert await sqlite_store.read(_state) == before, text
            await talk.say("li", "LX123456785CN")  # whatever was asked back is not answered
