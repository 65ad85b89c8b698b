"""Which person a conversation of two is held with: its own id is of no use for writing there first."""

from collections import OrderedDict

from adapters.dingtalk.codec import staff_id
from bot.contracts import AdapterHost, AdapterState, ConversationKind, InboundMessage, NotStored

REMEMBERED = 10_000


class Persons:
    """Kept in the store, so that an alert reaches a person after a restart; known ones cost no look."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()

    async def note(self, message: InboundMessage, host: AdapterHost) -> None:
        """Remember whom a message of a direct conversation came from; the next message mends what could not be kept."""
        place = message.conversation
        if place.kind is not ConversationKind.DIRECT or message.sender.outsider:
            return
        person = staff_id(message.sender.external_id)
        if person is None or self._known.get(place.external_id) == person:
            return
        state = host.state(place.adapter)
        try:
            if await self.of(place.external_id, state) != person:
                await state.put(_key(place.external_id), person)
        except NotStored:
            return
        self._remember(place.external_id, person)

    async def of(self, conversation: str, state: AdapterState) -> str | None:
        """The person's staff id, None when nobody of ours has written there."""
        known = self._known.get(conversation)
        if known is not None:
            return known
        found = await state.get(_key(conversation))
        if found:
            self._remember(conversation, found)
        return found or None

    def _remember(self, conversation: str, person: str) -> None:
        self._known[conversation] = person
        self._known.move_to_end(conversation)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _key(conversation: str) -> str:
    return f"direct:{conversation}"
