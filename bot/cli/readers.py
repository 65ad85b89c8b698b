"""Who has read the messages of an alert, as their channels tell: lines for administrators."""

from collections.abc import Sequence
from pathlib import Path

from bot.alerts.receipts import messages_of
from bot.cli.channels import Channels, channels_at_hand
from bot.contracts import NotDone, Readers, TellsReaders
from bot.errors import ParcelbridgeError
from bot.outbox.afterwards import SentMessage, Unnamed, named_by, sent_messages


async def reader_lines(ref: str, config: Path | None) -> Sequence[str]:
    """A line for every message that went out about an alert."""
    async with channels_at_hand(config) as channels:
        found = await channels.store.read(lambda conn: sent_messages(conn, messages_of(conn, ref)))
        lines = [await _line(one, channels) for one in found]
    return lines or ["read  no message about it has gone out"]


async def _line(one: SentMessage | Unnamed, channels: Channels) -> str:
    if isinstance(one, Unnamed):
        return f"read  {one.adapter}: {one.conversation}  not known: {named_by(one)}"
    place = one.delivered.conversation
    return f"read  {one.reference}  {place.adapter}: {place.title or place.external_id}  {await _told(one, channels)}"


async def _told(one: SentMessage, channels: Channels) -> str:
    try:
        adapter = channels.adapter(one.delivered.conversation.adapter)
        if not isinstance(adapter, TellsReaders):
            return "not known: this channel does not tell"
        return _said(await adapter.readers(one.delivered, channels.host))
    except (NotDone, ParcelbridgeError) as error:  # of the other messages it may be known
        return f"not known: {error}"


def _said(readers: Readers) -> str:
    read = f"by {', '.join(readers.read)}" if readers.read else "by nobody yet"
    return f"{read}; not by {', '.join(readers.unread)}" if readers.unread else read
