"""What the organisation may use in a calendar month: counted in our store, told to operators before it is gone."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.contracts import RUNS_LOW_AT, AdapterState, NotStored, Quota

log = logging.getLogger(__name__)

Kind = Literal["calls", "messages"]
CALLS: Final = "calls"
MESSAGES: Final = "messages"
REST = timedelta(minutes=10)
"""After the platform said that nothing is left, it is asked again so often: an extended plan counts at once."""
WRITE_EVERY = 10.0
"""Seconds; what was counted since is lost in a crash, and nothing else."""
REFRESH_TURNS = 30
LAST_WRITE_SECONDS = 0.2
KEEP = timedelta(days=100)
HOUR = timedelta(hours=1)
NEVER = datetime.min.replace(tzinfo=UTC)
MONTH = ZoneInfo("Asia/Shanghai")
"""The platform's months begin there."""


class Budget:
    """Counts for one instance; several processes add to the same counters."""

    def __init__(self, name: str, limits: Mapping[str, int]) -> None:
        self._name = name
        self._limits = limits
        self._new: Counter[tuple[str, str]] = Counter()
        """By kind and month: counted, not yet written."""
        self._known: dict[tuple[str, str], int] = {}
        self._warned: set[tuple[str, str, int]] = set()
        self._tight: set[str] = set()
        """Kinds of which 80 % are used."""
        self._gone: dict[str, tuple[str, datetime]] = {}
        """By kind: the month the platform says is used up, and until when it need not be asked."""
        self._month = ""
        self._hour = self._next_hour = NEVER
        self._state: AdapterState | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, state: AdapterState, now: datetime) -> None:
        """Take up the month where it was left, and write from now on."""
        self._state = state
        self._month = month_of(now)
        await self.write(refresh=True)
        self._task = asyncio.create_task(self._writing())

    async def stop(self) -> None:
        """Write what is left, if the store takes it at once."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITE_SECONDS):
                    await self.write()

    def count(self, kind: str, now: datetime) -> None:
        """One more, without waiting for the store."""
        if not self._hour <= now < self._next_hour:
            self._hour = now.replace(minute=0, second=0, microsecond=0)
            self._next_hour, self._month = self._hour + HOUR, month_of(now)
            self._warn_of_all()
        self._new[kind, self._month] += 1
        if self._limits.get(kind):
            self._warn(kind)

    def used(self, kind: str) -> int:
        """In the present month, as far as this process knows."""
        key = (kind, self._month)
        return self._known.get(key, 0) + self._new[key]

    def share(self, kind: str) -> float:
        """Part of the month's budget that is used; 0 where none is watched."""
        limit = self._limits.get(kind, 0)
        return self.used(kind) / limit if limit else 0.0

    def quotas(self) -> Sequence[Quota]:
        """See `Metered`."""
        kinds: tuple[Kind, ...] = (CALLS, MESSAGES)
        refused = {kind for kind, (month, _) in self._gone.items() if month == self._month}
        return [Quota(kind, self._month, self.used(kind), self._limits.get(kind, 0), kind in refused) for kind in kinds]

    def told(self, kind: str, now: datetime, *, gone: bool) -> None:
        """What the platform's answer says: that nothing is left, whatever we have counted, or that there is."""
        if not gone:
            if self._gone:
                self._gone.pop(kind, None)
            return
        if kind not in self._gone:
            log.error("dingtalk %s: the platform says that this month's quota of %s is used up", self._name, kind)
        self._gone[kind] = (month_of(now), now + REST)

    def rests(self, kind: str, now: datetime) -> bool:
        """True while asking would only be refused again."""
        if kind not in self._gone:
            return False
        month, until = self._gone[kind]
        return now < until and month_of(now) == month

    @property
    def is_low(self) -> bool:
        """True from 80 % on."""
        return bool(self._gone or self._tight)

    @property
    def problems(self) -> dict[str, str]:
        """For operators: `over budget` when the platform says so or we have counted it, `budget` from 80 % on."""
        over = [f"the platform says that this month's quota of {kind} is used up" for kind in self._gone]
        tight: list[str] = []
        for kind in self._limits:
            told = f"{self.used(kind)} of {self._limits[kind]} {kind} of this month are used"
            if (share := self.share(kind)) >= RUNS_LOW_AT:
                (over if share >= 1 else tight).append(told)
        found = {"over budget": "; ".join(over), "budget": "; ".join(tight)}
        return {name: told for name, told in found.items() if told}

    async def write(self, *, refresh: bool = False) -> None:
        """Add what was counted to the store's counters; what cannot be written now is kept for later.

        With `refresh` also look at what other processes have counted, though there is nothing to add.
        """
        if self._state is None:
            return
        watched = [(kind, self._month) for kind in self._limits if refresh or (kind, self._month) not in self._known]
        for key in dict.fromkeys([*self._new, *watched]):
            added = self._new.pop(key, 0)
            try:
                self._known[key] = await self._state.count(f"budget:{key[0]}:{key[1]}", added, until=_kept(key[1]))
            except NotStored:
                self._new[key] += added
        self._warn_of_all()

    async def _writing(self) -> None:
        for turn in count(1):
            await asyncio.sleep(WRITE_EVERY)
            await self.write(refresh=turn % REFRESH_TURNS == 0)

    def _warn_of_all(self) -> None:
        for kind in self._limits:
            self._warn(kind)

    def _warn(self, kind: str) -> None:
        """Once at 80 %, once when it is gone, each month."""
        share = self.share(kind)
        level = 100 if share >= 1 else 80 if share >= RUNS_LOW_AT else 0
        (self._tight.add if level else self._tight.discard)(kind)
        mark = (kind, self._month, level)
        if level and mark not in self._warned:
            self._warned.add(mark)
            tell = log.error if level == 100 else log.warning
            tell("dingtalk %s: %d of %d %s of this month are used", self._name, self.used(kind), self._limits[kind],
                 kind)


def month_of(now: datetime) -> str:
    """The calendar month as the platform counts it."""
    return f"{now.astimezone(MONTH):%Y-%m}"


def _kept(month: str) -> datetime:
    year, number = map(int, month.split("-"))
    return datetime(year, number, 1, tzinfo=MONTH) + KEEP
