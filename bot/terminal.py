"""The person at the terminal: the whole pipeline in this process, on a chat of its own, beside a running service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.app import Rooms, take_over_people
from bot.clock import SystemClock
from bot.contracts import ChatAdapter, ChatEntry, Exchange, Language
from bot.errors import NotFound, ParcelbridgeError
from bot.inbox.figures import outcome_of
from bot.people import Origin
from bot.people.lookup import Match, find_contacts, give_address
from bot.people.service import ContactEntry, put_contact
from bot.registry import create_single
from bot.settings import Settings
from bot.stopping import Closer
from bot.store import Store

ADAPTER = "terminal"
"""Name of the adapter instance; only its rows are worked on here."""
ADMINISTRATOR = "administrator"
WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Terminal:
    """One person's conversation with the service."""

    store: Store
    chat: ChatAdapter
    contact: str
    """External id on the terminal's adapter."""

    async def ask(self, text: str) -> Exchange:
        """Say something and wait for the answer. Raises what is wrong with it."""
        try:
            return await self.chat.ask(self.contact, text, wait_seconds=WAIT_SECONDS)
        except ValueError as error:
            raise ParcelbridgeError(str(error)) from None

    async def outcome(self, exchange: Exchange) -> str | None:
        """What the message was taken for, as JSON text."""
        return await self.store.read(lambda conn: outcome_of(conn, exchange.inbox_id))

    def follow(self) -> AsyncIterator[ChatEntry]:
        """Every line of the conversation in this process."""
        return self.chat.follow(self.contact)


@asynccontextmanager
async def open_terminal(
    settings: Settings, store: Store, *, speaker: str | None = None, language: Language | None = None
) -> AsyncIterator[Terminal]:
    """The pipeline for one speaker: a contact by name or address, else an administrator, who sees everything."""
    await take_over_people(store, settings)
    contact = await store.write(lambda conn: _speaker(conn, speaker))
    adapter = create_single("local", ADAPTER)
    if not isinstance(adapter, ChatAdapter):
        raise ParcelbridgeError("the installed adapter type 'local' is no chat; reinstall parcelbridge")
    rooms = Rooms(
        settings, store, clock=SystemClock(), adapters={ADAPTER: adapter}, homes={ADAPTER: None}, language=language,
        files=False,
    )
    closer = Closer()
    try:
        await rooms.open(closer)
        await rooms.work(closer)
        yield Terminal(store, adapter, contact)
    finally:
        await closer.close()


def _speaker(conn: Connection, called: str | None) -> str:
    if called is None:
        entry = ContactEntry(ADMINISTRATOR, "admin", addresses=((ADAPTER, ADMINISTRATOR),))
        put_contact(conn, entry, {}, origin=Origin.IMPORT)
        return ADMINISTRATOR
    match = _only(called, find_contacts(conn, called, not_on=ADAPTER))
    address = f"contact-{match.contact_id}"
    give_address(conn, match.contact_id, adapter=ADAPTER, external_id=address)
    return address


def _only(called: str, found: tuple[Match, ...]) -> Match:
    if not found:
        raise NotFound(f"--as {called!r}: nobody goes by this name or address; see: parcelbridge contacts list")
    if len(found) > 1:
        names = ", ".join(f"{match.name} ({match.role})" for match in found)
        raise NotFound(f"--as {called!r}: {len(found)} contacts go by it: {names}; give an address instead")
    return found[0]
