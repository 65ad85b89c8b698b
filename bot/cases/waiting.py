"""Requests nobody could be told of are passed on as soon as somebody of the desk can be reached."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.cases.desk import Desk
from bot.cases.minutely import every_minute
from bot.cases.service import Opened, untold_requests
from bot.cases.telling import NotePush, tell_desk
from bot.clock import Clock
from bot.store import Store

AT_ONCE = 20
"""Requests of one turn; the rest waits for the next."""


@dataclass(frozen=True, slots=True)
class WaitingRequests:
    """Looks once a minute; costs what is open."""

    store: Store
    clock: Clock
    desk: Desk
    note: NotePush | None = None

    async def run(self) -> None:
        """Until cancelled."""
        await every_minute(self.clock, self.tick, failed="requests that wait could not be looked at")

    async def tick(self) -> int:
        """Tell what can be told now; how many requests that were."""
        now = self.clock.now()
        if not await self.store.read(lambda conn: untold_requests(conn, limit=1)):
            return 0
        return await self.store.write(lambda conn: self._tell(conn, now))

    def _tell(self, conn: Connection, now: datetime) -> int:
        waiting = untold_requests(conn, limit=AT_ONCE)
        told = [tell_desk(conn, Opened(view, created=True), self.desk, now=now, note=self.note) for view in waiting]
        return sum(map(bool, told))
