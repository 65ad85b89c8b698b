"""Store once, then the adapter may acknowledge."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.clock import Clock
from bot.contracts import ConversationAddress, InboundMessage, NotStored, Receipt, ReplyRoute
from bot.inbox import statements
from bot.inbox.clean import storable
from bot.inbox.item import InboxItem
from bot.store import INBOUND_PATIENCE_SECONDS, Store, StoreError, announce
from bot.tokens import Tokens

TOPIC = "inbox"
"""Announced when there is a message to work on."""
LEASE = timedelta(seconds=30)
KNOWN_CONVERSATIONS = 10_000
"""How many conversations' keys are kept in memory."""
ROUTE_GAIN = timedelta(minutes=5)
"""A reply route that is there already is written again when it lives longer by so much."""


@dataclass(frozen=True, slots=True)
class Leased:
    """An item this process may work on, until somebody else finds its lease ended."""

    item: InboxItem
    token: str


class Straight:
    """Where messages may go on without a claim of their own: the workers of this process."""

    def has_room(self) -> bool:
        """Whether one more message would be worked on at once."""
        return False

    def take(self, leased: Leased) -> None:
        """Work on a message that was stored as leased. Called after its commit."""


@dataclass(frozen=True, slots=True)
class _Stored:
    inbox_id: int
    conversation_id: int
    duplicate: bool
    leased: bool


@dataclass(frozen=True, slots=True)
class _Known:
    conversation_id: int
    title: str | None
    route: ReplyRoute | None
    """As it is stored."""


class Inbox:
    """The way in for adapters."""

    def __init__(
        self, store: Store, clock: Clock, workers: Straight | None = None, *, lease: timedelta = LEASE
    ) -> None:
        self._store = store
        self._clock = clock
        self._workers = workers or Straight()
        self._lease = lease
        self._tokens = Tokens()
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    async def receive(self, message: InboundMessage) -> Receipt:
        """Store a message; returns after the commit.

        Raises `StoreUnavailable` or another `StoreError` when it could not be stored: then it must not be
        acknowledged.
        """
        message, stored = storable(message)
        now = self._clock.now()
        token = self._tokens.new() if self._workers.has_room() else None
        known = self._known.get((message.conversation.adapter, message.conversation.external_id))
        unit = self._storing(message, stored, now, token=token, known=known)
        done = await self._store.write(unit, patience=INBOUND_PATIENCE_SECONDS, brief=True)
        self._remember(message, done.conversation_id, known)
        if done.leased and token is not None:
            item = InboxItem(done.inbox_id, done.conversation_id, message, now, 1)
            self._workers.take(Leased(item, token))
        return Receipt(done.inbox_id, done.duplicate)

    async def receive_for_adapter(self, message: InboundMessage) -> Receipt:
        """The same for `AdapterHost`. Raises `NotStored`."""
        try:
            return await self.receive(message)
        except StoreError as error:
            raise NotStored(str(error)) from error

    def _storing(
        self, message: InboundMessage, stored: str, now: datetime, *, token: str | None, known: _Known | None
    ) -> Callable[[Connection], _Stored]:
        def unit(conn: Connection) -> _Stored:
            conversation_id = _conversation(conn, message, known, now)
            here = {"conversation_id": conversation_id}
            first = not (statements.HAS_OPEN.first(conn, here) or (True,))[0]
            straight = first and token is not None
            values: dict[str, object] = {
                "adapter": message.conversation.adapter,
                "message_id": message.message_id,
                "conversation_id": conversation_id,
                "message": stored,
                "state": "leased" if straight else "ready",
                "attempts": 1 if straight else 0,
                "available_at": now + self._lease if straight else now,
                "lease_token": token if straight else None,
                "received_at": now,
                "backoff": 0.0,
            }
            row = statements.INSERT.first(conn, values)
            if row is None:
                return _Stored(self._find(conn, values), conversation_id, duplicate=True, leased=False)
            if first and not straight:  # others are taken up by whoever finishes the one before them
                announce(conn, TOPIC)
            return _Stored(int(row[0]), conversation_id, duplicate=False, leased=straight)

        return unit

    def _remember(self, message: InboundMessage, conversation_id: int, known: _Known | None) -> None:
        address = message.conversation
        key = (address.adapter, address.external_id)
        self._known[key] = _Known(conversation_id, address.title, _worth_keeping(message, known) or _route(known))
        self._known.move_to_end(key)
        if len(self._known) > KNOWN_CONVERSATIONS:
            self._known.popitem(last=False)

    @staticmethod
    def _find(conn: Connection, values: dict[str, object]) -> int:
        row = statements.FIND.first(conn, values)
        if row is None:
            raise LookupError(f"inbox row of {values['adapter']} vanished while it was looked up")
        return int(row[0])


def _conversation(conn: Connection, message: InboundMessage, known: _Known | None, now: datetime) -> int:
    """The conversation's key; its row is locked where rows are, so that keys of the inbox follow the commits."""
    address, route = message.conversation, _worth_keeping(message, known)
    if known is None or (address.title is not None and address.title != known.title):
        conversation_id = _ensure(conn, address, now)
    else:
        conversation_id = known.conversation_id
    values = {"conversation_id": conversation_id}
    if route is not None:
        there = statements.SET_ROUTE.run(conn, {
            **values, "route_url": route.url, "route_expires_at": route.expires_at
        }) > 0
    else:
        found = statements.LOCK_CONVERSATION.first(conn, values)
        there = found is not None
        if found is not None and found[0] is not None:  # who writes to us can be reached again
            statements.MEND.run(conn, values)
    return conversation_id if there else _ensure(conn, address, now)  # what we remembered has been deleted


def _route(known: _Known | None) -> ReplyRoute | None:
    return None if known is None else known.route


def _worth_keeping(message: InboundMessage, known: _Known | None) -> ReplyRoute | None:
    """The message's reply route, unless the one that is stored does as well."""
    route, stored = message.reply_route, _route(known)
    if route is None or stored is None or route.url != stored.url:
        return route
    return route if route.expires_at - stored.expires_at > ROUTE_GAIN else None


def _ensure(conn: Connection, address: ConversationAddress, now: datetime) -> int:
    row = statements.ENSURE_CONVERSATION.first(conn, {
        "adapter": address.adapter,
        "external_id": address.external_id,
        "kind": address.kind.value,
        "title": address.title,
        "created_at": now,
    })
    if row is None:
        raise LookupError(f"conversation of {address.adapter} could not be made")
    return int(row[0])
