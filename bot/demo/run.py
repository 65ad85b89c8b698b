"""`parcelbridge demo`: make the world if it is not there, then serve it until told to stop."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, select

from bot.alerts import Scope
from bot.alerts.service import subscribe
from bot.app import Service
from bot.clock import MovableClock, SystemClock
from bot.contracts import ConversationAddress, InboundMessage, Sender
from bot.demo.control import Control, on_time
from bot.demo.people import ADAPTER, OPERATOR_CONTACT, PARTNER_CONTACT, SECOND_CONTACT, demo_settings
from bot.demo.routes import add_demo
from bot.demo.state import DemoState, load_state
from bot.demo.world import Line, World, world
from bot.people.service import arrive, find_talk
from bot.people.tables import conversation
from bot.settings import Settings
from bot.settings.load import check_settings
from bot.store import open_store
from bot.store.lock import ServiceLock
from bot.store.migrate import upgrade
from bot.store.schema import insert

CHUNK = 5_000
_DATABASE = "parcelbridge.db"


class Demo:
    """One demo on one folder."""

    def __init__(self, folder: Path, *, port: int, fresh: bool) -> None:
        self._folder = folder
        self._real = SystemClock()
        lock = ServiceLock(folder / _DATABASE)
        lock.acquire()  # nobody's world is taken away while it is shown
        try:
            state = self._take_up(fresh)
            raw = demo_settings(folder, port)
            (folder / "config.toml").write_text(_as_toml(raw), encoding="utf-8")
        finally:
            lock.release()
        self._clock = MovableClock(self._real.now() + state.ahead, running=True)
        self._world = world(state.seeded_at)
        settings: Settings = check_settings(raw, str(folder / "config.toml"))
        self.service = Service(settings, clock=self._clock, config_name="demo", prepare=self._prepare)

    def _take_up(self, fresh: bool) -> DemoState:
        """The world of an earlier start while it is fresh, else a new one."""
        now = self._real.now()
        state = None if fresh else load_state(self._folder)
        self.seeding = state is None or not state.is_fresh(now)
        if state is None or self.seeding:
            _forget(self._folder)
            state = DemoState(now, timedelta(0))
        return state

    async def bring_up(self) -> None:
        """Give the world of an earlier start this program's tables: nobody has a backup of a demo to make first."""
        store = open_store(self.service.settings.store.url.get_secret_value())
        try:
            await upgrade(store)
        finally:
            await store.close()

    async def _prepare(self, service: Service, app: web.Application) -> None:
        async def intake(lines: Sequence[Line]) -> object:
            return await service.rooms.ingest.take_objects(lines, partner=None, source="demo")

        if self.seeding:
            await self._seed(service, intake)
        control = Control(
            self._world, self._clock, self._folder, intake=intake, started_at=self._real.now
        )
        control.save()
        add_demo(app, control)

    async def _seed(self, service: Service, intake: Any) -> None:
        lines = list(self._world.feed())
        for start in range(0, len(lines), CHUNK):
            await intake(lines[start : start + CHUNK])
        now = self._clock.now()
        await service.rooms.store.write(lambda conn: _follow(conn, self._world, now))


def _follow(conn: Connection, made: World, now: datetime) -> None:
    """Everybody follows the flights and trains that are still to come and on time so far."""
    refs = tuple(haul.number for haul in on_time(made, made.now))
    for contact in (PARTNER_CONTACT, SECOND_CONTACT, OPERATOR_CONTACT):
        message = InboundMessage(
            message_id=f"seed-{contact}", conversation=ConversationAddress(adapter=ADAPTER, external_id=contact),
            sender=Sender(external_id=contact), sent_at=now,
        )
        conversation_id = _conversation(conn, message, now)
        arrive(conn, message, conversation_id, home=None)
        talk = find_talk(conn, message, conversation_id, home=None)
        if talk is not None:
            subscribe(conn, person=talk.person, conversation_id=conversation_id, scope=Scope(refs=refs), now=now)


def _conversation(conn: Connection, message: InboundMessage, now: datetime) -> int:
    address = message.conversation
    values = {"adapter": address.adapter, "external_id": address.external_id, "kind": address.kind, "created_at": now}
    conn.execute(insert(conn, conversation).values(values).on_conflict_do_nothing())
    place = (conversation.c.adapter == address.adapter) & (conversation.c.external_id == address.external_id)
    return int(conn.execute(select(conversation.c.id).where(place)).scalar_one())


def _forget(folder: Path) -> None:
    """Remove an older world."""
    for name in (_DATABASE, f"{_DATABASE}-wal", f"{_DATABASE}-shm"):
        (folder / name).unlink(missing_ok=True)


def _as_toml(raw: Mapping[str, Any]) -> str:
    """Settings as a file, so that one-shot commands can be used beside the demo."""
    parts = ["# Written by `parcelbridge demo`; changes are lost at its next start.\n"]
    for section, value in raw.items():
        if isinstance(value, Mapping):
            parts.append(f"[{section}]\n{_keys(value)}")
        else:
            parts += [f"[[{section}]]\n{_keys(entry)}" for entry in value]
    return "\n".join(parts)


def _keys(table: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
