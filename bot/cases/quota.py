"""The desk reads that a channel's month runs low, and that it is used up: once each, whichever process sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.cases.desk import Desk
from bot.cases.minutely import every_minute
from bot.cases.readers import desk_readers, meet_staff
from bot.clock import Clock
from bot.contracts import Adapter, Card, Field, Metered, Quota, Supply, Tone
from bot.outbox import MessageClass, OutgoingMessage, enqueue
from bot.store import Store
from bot.wording import Words

NOWHERE = 0
"""It is about no conversation."""


@dataclass(frozen=True, slots=True)
class QuotaWatch:
    """Looks once a minute; costs nothing while there is enough."""

    store: Store
    clock: Clock
    desk: Desk
    adapters: Mapping[str, Adapter]
    _told: set[tuple[str, str, str, Supply]] = field(default_factory=set)

    async def run(self) -> None:
        """Until cancelled."""
        await every_minute(self.clock, self.tick, failed="the desk could not be told of a quota")

    async def tick(self) -> None:
        """Tell what nobody was told yet; with nobody to tell, it is tried again."""
        for name, adapter in self.adapters.items():
            for quota in adapter.quotas() if isinstance(adapter, Metered) else ():
                seen = (name, quota.kind, quota.month, quota.supply)
                if quota.supply is not Supply.ENOUGH and seen not in self._told and await self._tell(name, quota):
                    self._told.add(seen)

    async def _tell(self, channel: str, quota: Quota) -> int:
        return await self.store.write(lambda conn: self._enqueue(conn, channel, quota))

    def _enqueue(self, conn: Connection, channel: str, quota: Quota) -> int:
        """How many conversations know of it now."""
        now = self.clock.now()
        meet_staff(conn, self.desk, now)
        readers = desk_readers(conn, self.desk, partner_id=None, not_here=NOWHERE, now=now)
        about = f"quota:{channel}:{quota.kind}:{quota.month}:{quota.supply}"
        for reader in readers:
            words = [Words(language, reader.zone, now) for language in reader.languages]
            enqueue(conn, OutgoingMessage(
                conversation_id=reader.conversation_id, queue="push", message_class=MessageClass.ALERT,
                cards=tuple(quota_card(each, channel, quota) for each in words),
                dedup_key=f"{about}:{reader.conversation_id}", language=reader.languages[0],
            ), now)  # fmt: skip
        return len(readers)


def quota_card(words: Words, channel: str, quota: Quota) -> Card:
    """What is used of how much, and what to do."""
    used = words.number(quota.used)
    if quota.limit:
        percent = 100 * quota.used // quota.limit
        used = words.say("cases.quota.used", used=used, limit=words.number(quota.limit), percent=percent)
    return Card(
        language=words.language, title=words.say(f"cases.quota.{quota.supply}.title", channel=channel),
        tone=Tone.WARNING, text=(words.say(f"cases.quota.{quota.supply}.now"),),
        fields=(Field(label=words.say(f"cases.quota.{quota.kind}"), value=used),), footer=words.when(words.now),
    )  # fmt: skip
