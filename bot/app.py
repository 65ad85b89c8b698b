"""Builds everything from settings; the only file that sees every room; start, drain, stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack

from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.contracts import Adapter, Language
from bot.delays import Calendars, Standards
from bot.errors import ConfigError
from bot.host import Host
from bot.inbox import Inbox
from bot.inbox.figures import outcome_of
from bot.inbox.workers import Workers
from bot.outbox import Sender
from bot.people import PartnerScope
from bot.people.lookup import address_on
from bot.people.service import ContactEntry, PartnerEntry, take_over_contacts, take_over_partners
from bot.registry import configured_instances
from bot.settings import Settings
from bot.skills.base import Services
from bot.skills.handler import Conversationalist
from bot.skills.registry import SKILLS
from bot.store import Store, open_store
from bot.store.lock import ServiceLock
from bot.store.migrate import require_current
from bot.store.open import sqlite_path
from bot.tracking.ingest import Ingest
from bot.tracking.queries import find_parcels
from bot.tracking.views import ParcelView
from bot.watch import Watch
from bot.web import IntakeAnswer, ItemError, WebRooms, WebServer, build_web

log = logging.getLogger(__name__)

STOP_SECONDS = 9.0
"""From the signal to the end; supervisors kill after ten."""


class Rooms:
    """What turns a question into an answer, for some adapter instances: a service's, or a one-shot command's own."""

    def __init__(
        self, settings: Settings, store: Store, *, clock: Clock, adapters: Mapping[str, Adapter],
        homes: Mapping[str, str | None], language: Language | None = None,
    ) -> None:  # fmt: skip
        self.store = store
        self.clock = clock
        self.adapters = adapters
        self.standards = make_standards(settings)
        self.ingest = Ingest(store, clock, standards=self.standards)
        self.handler = Conversationalist(
            store, clock, _services(settings, self.standards), skills=SKILLS, homes=homes,
            context_lasts=settings.understanding.context_lasts,
            questions_per_minute=settings.security.questions_per_minute, language=language,
        )
        self.sender = Sender(store, clock, adapters)
        self.workers = Workers(
            store, clock, self.handler, adapters=adapters, sender=self.sender, fallback=self.handler.apology
        )
        self.inbox = Inbox(store, clock, self.workers)
        self._public_url = settings.web.public_url

    async def open(self, stack: AsyncExitStack) -> Host:
        """Let the adapters in; what was opened is closed with the stack."""
        host = Host(self.clock, public_url=self._public_url, receive=self.inbox.receive_for_adapter)
        stack.push_async_callback(host.close)
        for adapter in self.adapters.values():
            stack.push_async_callback(adapter.stop)
            await adapter.start(host)
        return host

    async def work(self, stack: AsyncExitStack) -> None:
        """Begin to answer, and with what earlier runs left behind."""
        stack.push_async_callback(self.sender.stop)
        await self.sender.start()
        stack.push_async_callback(self.workers.stop)
        await self.workers.start()


Prepare = Callable[["Service", web.Application], Awaitable[None]]
"""Runs once the rooms stand and before anybody is answered: may load data and add pages."""


class Service:
    """The service: everything the configuration asks for, from `start` to `stop`."""

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, config_name: str = "configuration",
        prepare: Prepare | None = None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.clock = clock or SystemClock()
        self._config_name = config_name
        self._prepare = prepare
        self._stack = AsyncExitStack()
        self.rooms: Rooms
        self.web: WebServer

    async def start(self) -> None:
        """Start every part in order; when one fails, those that stand are stopped and its error is raised."""
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()

    async def stop(self) -> bool:
        """Stop listening, finish what is begun, let messages land, close; what is left the next run takes up.

        False when something did not end in time.
        """
        stack, self._stack = self._stack, AsyncExitStack()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await stack.aclose()
        except TimeoutError:
            log.warning("not everything ended within %s s; the rest is taken up by the next run", STOP_SECONDS)
            return False
        return True

    @property
    def address(self) -> str:
        """Where the web server listens."""
        return self.web.address

    async def _start(self, stack: AsyncExitStack) -> None:
        adapters, homes = create_adapters(self.settings, self._config_name)
        url = self.settings.store.url.get_secret_value()
        path = sqlite_path(url)
        if path is not None:
            lock = ServiceLock(path)
            lock.acquire()
            stack.callback(lock.release)
        store = open_store(url)
        stack.push_async_callback(store.close)
        await require_current(store)
        await take_over_people(store, self.settings)
        self.rooms = Rooms(self.settings, store, clock=self.clock, adapters=adapters, homes=homes)
        app = build_web(self._web_rooms(Watch(store, self.clock, adapters, self.rooms.workers, self.rooms.sender)))
        await self.rooms.open(stack)
        if self._prepare is not None:
            await self._prepare(self, app)
        await self.rooms.work(stack)
        self.web = WebServer(app, host=self.settings.web.host, port=self.settings.web.port)
        stack.push_async_callback(self.web.stop)
        await self.web.start()

    def _web_rooms(self, watch: Watch) -> WebRooms:
        rooms, store = self.rooms, self.rooms.store

        async def intake(objects: Sequence[object], *, partner: str | None, source: str) -> IntakeAnswer:
            counts, errors = await rooms.ingest.take_objects(objects, partner=partner, source=source)
            return IntakeAnswer(
                counts.read, counts.new, counts.duplicate, [ItemError(error.index, error.reason) for error in errors]
            )

        async def parcels(number: str, scope: PartnerScope) -> Sequence[ParcelView]:
            asked = "".join(number.split()).upper()
            found = await store.read(lambda conn: find_parcels(conn, [asked], scope, self.clock.now()))
            return found.get(asked, ())

        async def chat_contact(adapter: str, called: str) -> str:
            return await store.read(lambda conn: address_on(conn, adapter, called))

        async def outcome(inbox_id: int) -> str | None:
            return await store.read(lambda conn: outcome_of(conn, inbox_id))

        return WebRooms(
            store=store, clock=self.clock, adapters=rooms.adapters, intake=intake, parcels=parcels,
            estimate=rooms.standards.estimate, chat_contact=chat_contact, outcome=outcome,
            readiness=watch.readiness, figures=watch.figures, max_body=self.settings.web.max_body,
        )


def create_adapters(settings: Settings, where: str) -> tuple[dict[str, Adapter], dict[str, str | None]]:
    """The configured adapters and the partner each belongs to. Raises `ConfigError` naming the keys still needed."""
    instances = configured_instances(settings, where)
    needs = [
        f"{where}: adapters[{name}].{key}: is needed to run; add it, or remove the entry"
        for name, instance in instances.items()
        for key in instance.missing()
    ]
    if needs:
        raise ConfigError(needs)
    adapters = {name: instance.create() for name, instance in instances.items()}
    return adapters, {name: instance.config.partner for name, instance in instances.items()}


def make_standards(settings: Settings) -> Standards:
    """How lateness is judged."""
    return Standards(
        Calendars(settings.calendars.days_off, settings.calendars.working_days),
        air_grace=settings.delays.air_arrival_grace, rail_grace=settings.delays.rail_arrival_grace,
    )


async def take_over_people(store: Store, settings: Settings) -> None:
    """Partners and contacts of the configuration, into the store."""
    partners = [PartnerEntry(p.code, p.name, p.language, p.time_zone, p.calendar) for p in settings.partners]
    contacts = [
        ContactEntry(c.name, c.role, c.partner, c.language, c.time_zone, tuple(c.addresses.items()))
        for c in settings.contacts
    ]
    await store.write(lambda conn: take_over_contacts(conn, contacts, take_over_partners(conn, partners)))


def _services(settings: Settings, standards: Standards) -> Services:
    gaps = {feed.name: feed.usual_gap.total_seconds() for feed in settings.feeds}
    return Services(standards, settings.understanding.max_numbers, gaps)
