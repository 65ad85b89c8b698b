"""Store once, then the adapter may acknowledge."""

import logging
from collections import OrderedDict
from collections.abc import Generator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from bot.clock import Clock
from bot.contracts import ConversationAddress, InboundMessage, NotStored, Receipt, ReplyRoute
from bot.inbox import statements
from bot.inbox.clean import storable
from bot.inbox.item import InboxItem
from bot.inbox.straight import Closed, Leased, Straight
from bot.store import INBOUND_PATIENCE_SECONDS, Store, StoreError, announce
from bot.tokens import Tokens

log = logging.getLogger(__name__)

TOPIC = "inbox"
"""Announced when there is a message to work on."""
LEASE = timedelta(seconds=30)
KNOWN_CONVERSATIONS = 10_000
"""How many conversations' keys are kept in memory."""
ROUTE_GAIN = timedelta(minutes=5)
"""A reply route that is there already is written again when it lives longer by so much."""


class _Stored(NamedTuple):
    inbox_id: int
    conversation_id: int
    duplicate: bool
    leased: Leased | None = None
    """To be worked on by this process now."""
    closed: Closed | None = None
    """Answered in the same transaction."""


class _Known(NamedTuple):
    conversation_id: int
    title: str | None
    route: ReplyRoute | None
    """As it is stored."""


class _Arrived(NamedTuple):
    message: InboundMessage
    stored: str
    """As JSON."""
    at: datetime
    token: str | None
    """Of the lease, where one of our workers has room."""
    known: _Known | None


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
        known = self._known.get((message.conversation.adapter, message.conversation.external_id))
        try:
            done = await self._store_it(message, stored, known, at_once=known is not None)
        except StoreError:
            raise
        except Exception:  # a defect in answering must not keep the message from being stored
            log.exception("inbox: a message of %s is not answered at once", message.conversation.adapter)
            done = await self._store_it(message, stored, known, at_once=False)
        self._remember(message, done.conversation_id, known)
        if done.closed is not None:
            self._workers.closed(done.closed)
        elif done.leased is not None:
            self._workers.take(done.leased)
        return Receipt(done.inbox_id, done.duplicate)

    async def receive_for_adapter(self, message: InboundMessage) -> Receipt:
        """The same for `AdapterHost`. Raises `NotStored`."""
        try:
            return await self.receive(message)
        except StoreError as error:
            raise NotStored(str(error)) from error

    async def _store_it(
        self, message: InboundMessage, stored: str, known: _Known | None, *, at_once: bool
    ) -> _Stored:
        now = self._clock.now()
        token = self._tokens.new() if self._workers.has_room() else None
        arrived = _Arrived(message, stored, now, token, known)
        if at_once and token is not None:
            together = partial(self._storing_and_answering, arrived=arrived)
            return await self._store.write_in_parts(together, patience=INBOUND_PATIENCE_SECONDS)
        unit = partial(self._storing, arrived=arrived)
        return await self._store.write(unit, patience=INBOUND_PATIENCE_SECONDS, brief=True)

    def _storing_and_answering(self, conn: Connection, arrived: _Arrived) -> Generator[None, None, _Stored]:
        """An ordinary question costs one transaction: what is quickly answered is closed where it is stored."""
        done = self._storing(conn, arrived)
        if done.leased is None:
            return done
        yield
        answer = yield from self._workers.answer_at_once(conn, done.leased.item)
        if answer is None:
            return done._replace(leased=done.leased._replace(item=done.leased.item._replace(takes_longer=True)))
        yield
        return done._replace(closed=self._workers.close(conn, done.leased, answer))

    def _storing(self, conn: Connection, arrived: _Arrived) -> _Stored:
        message, stored, now, token, known = arrived
        conversation_id = _conversation(conn, message, known, now)
        here = {"conversation_id": conversation_id}
        first = not (statements.HAS_OPEN.first(conn, here) or (True,))[0]
        lease = token if first else None
        values: dict[str, object] = {
            "adapter": message.conversation.adapter,
            "message_id": message.message_id,
            "conversation_id": conversation_id,
            "message": stored,
            "state": "leased" if lease else "ready",
            "attempts": 1 if lease else 0,
            "available_at": now + self._lease if lease else now,
            "lease_token": lease,
            "received_at": now,
            "backoff": 0.0,
        }
        row = statements.INSERT.first(conn, values)
        if row is None:
            return _Stored(self._find(conn, values), conversation_id, duplicate=True)
        if first and not lease:  # others are taken up by whoever finishes the one before them
            announce(conn, TOPIC)
        item = InboxItem(int(row[0]), conversation_id, message, now, 1)
        leased = Leased(item, lease) if lease else None
        return _Stored(item.id, conversation_id, duplicate=False, leased=leased)

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
