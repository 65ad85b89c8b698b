"""Messages to persons: the same message to several of them, sent at about the same time, is one metered call."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from adapters.dingtalk.api_answers import Answered, refusal_of
from adapters.dingtalk.values import items, text_of
from bot.contracts import AdapterHost, DeliveryOutcome, Refused, Retry, Sent

MOST = 20
"""Persons in one call."""
GATHER_SECONDS = 0.05
FLOW_CONTROLLED = timedelta(minutes=1)

Call = Callable[[AdapterHost, list[str], str, str], Awaitable[Answered | DeliveryOutcome]]
"""Makes the call for these persons with this `msgKey` and `msgParam`; an outcome when there was no answer."""
Batch = dict[str, asyncio.Future[DeliveryOutcome]]
"""By person: who waits to hear."""


class DirectBatches:
    """Gathers for a moment, calls once, and tells each sender what became of its own person."""

    def __init__(self, call: Call, *, gather: float = GATHER_SECONDS) -> None:
        self._call = call
        self._gather = gather
        self._filling: dict[tuple[str, str], Batch] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, host: AdapterHost, person: str, *, key: str, param: str) -> DeliveryOutcome:
        """Send to one person, together with others who are to get the same."""
        batch = self._filling.get((key, param))
        if batch is None or person in batch or len(batch) >= MOST:
            batch = {}
            self._filling[key, param] = batch
            task = asyncio.create_task(self._send_soon(host, batch, key=key, param=param))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        batch[person] = asyncio.get_running_loop().create_future()
        return await batch[person]

    async def _send_soon(self, host: AdapterHost, batch: Batch, *, key: str, param: str) -> None:
        await asyncio.sleep(self._gather)
        if self._filling.get((key, param)) is batch:
            del self._filling[key, param]
        wanted = {person: told for person, told in batch.items() if not told.done()}  # some may have given up
        if not wanted:
            return
        try:
            answered = await self._call(host, list(wanted), key, param)
        except BaseException as error:
            for told in wanted.values():
                if not told.done():
                    told.set_exception(error)
            raise
        for person, told in wanted.items():
            if not told.done():
                told.set_result(_outcome(answered, person))


def _outcome(answered: Answered | DeliveryOutcome, person: str) -> DeliveryOutcome:
    """200 does not mean that everybody got it: the lists inside say who did not."""
    if not isinstance(answered, Answered):
        return answered
    if not answered.is_done:
        return refusal_of(answered)
    if person in items(answered.body.get("invalidStaffIdList")):
        return Refused("the person is not in the organisation any more", "invalidStaffId", destination_broken=True)
    if person in items(answered.body.get("flowControlledStaffIdList")):
        return Retry("too many messages to this person", "flowControlled", after=FLOW_CONTROLLED)
    if person in items(answered.body.get("filteredStaffIdList")):
        return Refused("the platform does not deliver to this person", "filtered", destination_broken=True)
    return Sent(text_of(answered.body.get("processQueryKey"), 500) or None)
