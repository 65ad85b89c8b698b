"""Builds everything from settings; the only file that sees every room; start, drain, stop."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from bot.adapter_state import StoredState
from bot.alerts import listing
from bot.alerts.bundling import worded_bundle
from bot.alerts.showing import show_retimed
from bot.alerts.sweep import Sweeper, observer
from bot.background import Background
from bot.cases.broken import tell_broken
from bot.cases.desk import desk_from
from bot.cases.quota import QuotaWatch
from bot.cases.waiting import WaitingRequests
from bot.clock import Clock, SystemClock
from bot.contracts import Adapter, ChatAdapter, Language, NotStored
from bot.delays import Calendars, Standards
from bot.errors import ConfigError
from bot.host import Host
from bot.housekeeping import Housekeeping
from bot.inbox import Inbox
from bot.inbox.figures import outcome_of
from bot.inbox.workers import Workers
from bot.outbox import Sender
from bot.outbox.undelivered import mark_undelivered
from bot.people import PartnerScope
from bot.people.lookup import address_on
from bot.people.service import ContactEntry, PartnerEntry, take_over_contacts, take_over_partners
from bot.reading.model import Limits
from bot.reading.service import FileReader
from bot.registry import configured_instances
from bot.resolving import Resolving
from bot.settings import Settings
from bot.settling import Settling
from bot.skills.base import Estimator, Services
from bot.skills.handler import Conversationalist
from bot.skills.late import late_note
from bot.skills.memory import note_push
from bot.skills.parcels.sheet import parcel_sheets
from bot.skills.registry import SKILLS
from bot.stopping import Closer, Stop
from bot.store import Store, StoreError, open_store
from bot.store.lock import ServiceLock
from bot.store.migrate import require_current
from bot.store.open import sqlite_path
from bot.supervision import Supervision
from bot.tracking.ingest import Ingest
from bot.tracking.queries import find_parcels
from bot.tracking.views import ParcelView
from bot.watch import Watch
from bot.web import IntakeAnswer, ItemError, WebRooms, WebServer, build_web
from bot.web.pages import add_chat_page
from bot.web.rooms import ROOMS
from bot.workbook import Source, matching, numbers
from bot.workbook.making import Workbooks

if TYPE_CHECKING:
    from bot.outside.door import OutsideDoor

STOP_WORK, STOP_SENDING, STOP_PART = 4.2, 4.0, 0.4
"""Seconds each step of stopping may take at the most; with the store ten in all, when supervisors kill."""


class Rooms:
    """What turns a question into an answer, for some adapter instances: a service's, or a one-shot command's own."""

    def __init__(
        self, settings: Settings, store: Store, *, clock: Clock, adapters: Mapping[str, Adapter],
        homes: Mapping[str, str | None], language: Language | None = None, files: bool = True,
    ) -> None:  # fmt: skip
        self.store = store
        self.clock = clock
        self.adapters = adapters
        self.standards = make_standards(settings)
        self.ingest = make_ingest(settings, store, clock)
        services = make_services(settings, self.standards, adapters, files=files)
        self.workbooks = make_workbooks(store, clock, self.standards)
        self.file_reader = FileReader(adapters, Limits.model_validate(settings.files.model_dump()))
        self.desk = services.desk
        self.door = make_door(settings, store, clock)
        self.handler = Conversationalist(
            store, clock, services, skills=SKILLS, homes=homes,
            context_lasts=settings.understanding.context_lasts,
            questions_per_minute=settings.security.questions_per_minute, language=language, files=self.file_reader,
            door=self.door,
        )
        self.supervision = Supervision(adapters, clock)
        self._on_broken = tell_broken(services.desk, clock)
        self.sender = Sender(
            store, clock, adapters, bundle=worded_bundle(clock), late_note=late_note(clock),
            on_broken=self._on_broken, is_up=self.supervision.is_up,
        )
        self.supervision.on_change = self.sender.look
        self.workers = Workers(
            store, clock, Resolving(Settling(self.handler, adapters), adapters, clock), adapters=adapters,
            sender=self.sender, fallback=self.handler.apology,
        )
        self.inbox = Inbox(store, clock, self.workers)
        self._public_url = settings.web.public_url

    async def open(self, closer: Closer) -> None:
        """Let the adapters in; one that cannot start now is tried again and keeps nobody else waiting."""
        host = Host(
            self.clock, public_url=self._public_url, receive=self.inbox.receive_for_adapter,
            state=partial(StoredState, self.store, self.clock), undelivered=self._undelivered,
            files=self.workbooks.file,
        )
        closer.add("client session", STOP_PART, host.close)
        closer.add("file reader", STOP_PART, self.file_reader.close)
        if self.door is not None:
            closer.add("outside services", STOP_PART, self.door.close)
        closer.add("adapters", STOP_PART, self.supervision.stop)
        await self.supervision.start(host)

    async def _undelivered(
        self, adapter: str, message_id: str, *, created_at: datetime, reason: str, permanent: bool
    ) -> None:
        unit = partial(
            mark_undelivered, adapter=adapter, message_id=message_id, created_at=created_at, reason=reason,
            permanent=permanent, on_broken=self._on_broken,
        )
        try:
            await self.store.write(unit)
        except StoreError as error:
            raise NotStored(str(error)) from error

    async def work(self, closer: Closer, *beside: Stop) -> None:
        """Begin to answer, and with what earlier runs left behind; `beside` stops together with the workers."""
        closer.add("sender", STOP_SENDING, self.sender.stop)
        await self.sender.start()
        closer.add("workers", STOP_WORK, self.workers.stop, *beside)
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
        self._closer = Closer()
        self.rooms: Rooms
        self.web: WebServer

    async def start(self) -> None:
        """Start every part in order; when one fails, those that stand are stopped and its error is raised."""
        try:
            await self._start()
        except BaseException:  # a start that fails or is cancelled must leave its caller no lock, port or thread
            await self._closer.close()
            raise

    async def stop(self) -> bool:
        """Stop listening, finish what is begun, let messages land, close; what is left the next run takes up.

        Takes less than ten seconds. False when something did not end in time.
        """
        return not await self._closer.close()

    @property
    def address(self) -> str:
        """Where the web server listens."""
        return self.web.address

    async def _start(self) -> None:
        adapters, homes = create_adapters(self.settings, self._config_name)
        store = await self._open_store()
        self.rooms = rooms = Rooms(self.settings, store, clock=self.clock, adapters=adapters, homes=homes)
        gaps = {feed.name: feed.usual_gap for feed in self.settings.feeds}
        kept = rooms.supervision
        watch = Watch(
            store, self.clock, kept.health, rooms.workers, rooms.sender, gaps, kept.unwell_since,
            outside=dict if rooms.door is None else rooms.door.health,
        )
        app = build_web(self._web_rooms(watch))
        self.web = WebServer(app, host=self.settings.web.host, port=self.settings.web.port)
        await rooms.open(self._closer)
        if self._prepare is not None:
            await self._prepare(self, app)
        elif app[ROOMS].chat is not None:
            add_chat_page(app)
        beside = [Background(part.run) for part in (
            Sweeper(
                store, self.clock, self.settings.alerts, rooms.standards, note=note_push, attach=attaching(adapters)
            ),
            Housekeeping(store, self.clock, self.settings.retention.messages),
            WaitingRequests(store, self.clock, rooms.desk, note_push),
            QuotaWatch(store, self.clock, rooms.desk, adapters),
        )]
        await asyncio.to_thread(rooms.standards.prepare, self.clock.now())
        await rooms.work(self._closer, self.web.stop, *[one.stop for one in beside])
        for one in beside:
            one.start()
        await self.web.start()

    async def _open_store(self) -> Store:
        url = self.settings.store.url.get_secret_value()
        path = sqlite_path(url)
        if path is not None:
            lock = ServiceLock(path)
            lock.acquire()
            self._closer.add("lock", STOP_PART, lock.let_go)
        store = open_store(url)
        self._closer.add("store", STOP_PART * 2, store.close)
        await require_current(store)
        await take_over_people(store, self.settings)
        return store

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
            store=store, clock=self.clock, adapters=rooms.adapters, is_up=rooms.supervision.is_up, intake=intake,
            parcels=parcels, estimate=rooms.standards.estimate, chat_contact=chat_contact, outcome=outcome,
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


def make_ingest(settings: Settings, store: Store, clock: Clock) -> Ingest:
    """The way in for events, which tells the alerts when a lateness has ended or a linehaul was re-timed."""
    return Ingest(
        store, clock, standards=make_standards(settings), observers=(observer(settings.alerts),),
        on_retimed=show_retimed,
    )


def make_door(settings: Settings, store: Store, clock: Clock) -> "OutsideDoor | None":
    """The way to outside services; None, and nothing of it loaded, unless one is configured."""
    if not settings.asks_outside:
        return None
    from bot.outside.opening import open_door

    return open_door(settings, store, clock)


def make_workbooks(store: Store, clock: Clock, standards: Estimator) -> Workbooks:
    """What makes the files that answers and alerts name."""
    sources: Mapping[str, Source] = {
        listing.SOURCE: listing.alert_list, numbers.SOURCE: numbers.number_list,
        matching.SOURCE: matching.matching_list,
    }  # fmt: skip
    return Workbooks(store, clock, layouts=parcel_sheets(standards), sources=sources)


def attaching(adapters: Mapping[str, Adapter]) -> frozenset[str]:
    """Adapters whose alerts carry the whole list."""
    return frozenset(name for name, one in adapters.items() if one.capabilities.files_inside)


async def take_over_people(store: Store, settings: Settings) -> None:
    """Partners and contacts of the configuration, into the store."""
    partners = [PartnerEntry(p.code, p.name, p.language, p.time_zone, p.calendar) for p in settings.partners]
    contacts = [
        ContactEntry(c.name, c.role, c.partner, c.language, c.time_zone, tuple(c.addresses.items()))
        for c in settings.contacts
    ]
    await store.write(lambda conn: take_over_contacts(conn, contacts, take_over_partners(conn, partners)))


def make_services(
    settings: Settings, standards: Estimator, adapters: Mapping[str, Adapter] | None = None, *, files: bool = True
) -> Services:
    """What skills may call, as the settings want it; without `files` no answer names one (nobody could fetch it)."""
    channels = adapters or {}
    gaps = {feed.name: feed.usual_gap.total_seconds() for feed in settings.feeds}
    desk = desk_from(
        settings.cases, Calendars(settings.calendars.days_off, settings.calendars.working_days),
        adapters=[str(one["name"]) for one in settings.adapters],
        reply_only=[name for name, one in channels.items() if not one.capabilities.proactive],
        by_address=[name for name, one in channels.items() if one.capabilities.direct_by_address],
    )
    return Services(
        standards, settings.understanding.max_numbers, gaps, settings.alerts.ack_lasts, desk,
        takes_files=frozenset(name for name, one in channels.items() if files and one.capabilities.files),
        own_pages=frozenset(name for name, one in channels.items() if isinstance(one, ChatAdapter)),
    )
