"""Files that go with a message: each a message of its own behind it; what has arrived is not sent again."""

import logging
from datetime import timedelta

from adapters.dingtalk.api_send import ApiSender
from adapters.dingtalk.msgparam import FILE_TYPES, file_type
from bot.contracts import AdapterHost, DeliveryOutcome, File, NotStored, OutboundMessage, Refused, Retry, Sent

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 20 * 1024 * 1024
KEEP = timedelta(days=2)
"""Longer than any message is tried."""


def files_of(message: OutboundMessage) -> tuple[File, ...]:
    """The message's files, each once."""
    return tuple({file.reference: file for card in message.cards for file in card.files}.values())


class Enclosed:
    """Remembers how much of a message has arrived when the rest has to wait for another attempt."""

    def __init__(self, api: ApiSender, adapter: str) -> None:
        self._api = api
        self._adapter = adapter

    async def arrived(self, message: OutboundMessage, host: AdapterHost) -> int:
        """How many parts earlier attempts delivered: 0 nothing, 1 the text, 2 the first file too, and so on."""
        if message.attempt == 1:
            return 0
        try:
            return int(await host.state(self._adapter).get(_key(message)) or 0)
        except NotStored:
            return 0

    async def send(
        self, message: OutboundMessage, host: AdapterHost, *, arrived: int, text: Sent
    ) -> DeliveryOutcome:
        """Send the files that are missing; `arrived` counts the text. A refused one is told to operators and left."""
        for number, file in enumerate(files_of(message), 1):
            if number < arrived:
                continue
            outcome = await self._one(message, file, host)
            if isinstance(outcome, Refused):
                log.error("dingtalk %s: a file was not sent: %s", self._adapter, outcome.reason)
            elif not isinstance(outcome, Sent):
                await self._remember(message, number, host)
                return outcome
        return text

    async def _one(self, message: OutboundMessage, file: File, host: AdapterHost) -> DeliveryOutcome:
        if file_type(file.name) not in FILE_TYPES:
            return Refused(f"{file.name!r} is no kind of file the platform takes ({', '.join(sorted(FILE_TYPES))})")
        try:
            found = await host.file(file.reference)
        except NotStored as error:
            return Retry(f"{file.name!r} cannot be made now: {error}", "store")
        if found is None:
            return Refused(f"{file.name!r} is not there any more")
        if len(found.content) > MAX_FILE_BYTES:
            return Refused(f"{file.name!r} has {len(found.content)} bytes, the platform takes {MAX_FILE_BYTES}")
        return await self._api.send_file(message, host, name=file.name, content=found.content)

    async def _remember(self, message: OutboundMessage, arrived: int, host: AdapterHost) -> None:
        try:
            await host.state(self._adapter).put(_key(message), str(arrived), until=host.now() + KEEP)
        except NotStored:
            log.warning("dingtalk %s: parts of a message may arrive twice", self._adapter)


def _key(message: OutboundMessage) -> str:
    return f"parts:{message.message_id}"
