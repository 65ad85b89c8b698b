"""How much a service may be asked in a month: counted in the store before each question, by all processes together."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update

from bot.outside.tables import outside_use
from bot.store.prepared import MakeInsert, Prepared


def _begin(make: MakeInsert) -> Any:
    values = {"service": bindparam("service_"), "month": bindparam("month_"), "requests": 0, "characters": 0}
    return make(outside_use).values(values).on_conflict_do_nothing()


_BEGIN = Prepared(_begin)
_SPEND = (
    update(outside_use)
    .where(
        outside_use.c.service == bindparam("service_"), outside_use.c.month == bindparam("month_"),
        outside_use.c.requests < bindparam("most_requests"),
        outside_use.c.characters + bindparam("more") <= bindparam("most_characters"),
    )
    .values(requests=outside_use.c.requests + 1, characters=outside_use.c.characters + bindparam("more"))
)


@dataclass(frozen=True, slots=True)
class Budget:
    """What one service may be asked in a calendar month (UTC)."""

    service: str
    requests: int
    characters: int

    def spend(self, conn: Connection, characters: int, now: datetime) -> bool:
        """Count one question; False, and nothing counted, where it would be one too many."""
        here = {"service_": self.service, "month_": f"{now.astimezone(UTC):%Y-%m}"}
        _BEGIN.run(conn, here)
        limits = {"more": characters, "most_requests": self.requests, "most_characters": self.characters}
        return conn.execute(_SPEND, here | limits).rowcount == 1
