"""Live checks of everything a configuration names; nothing is changed by them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Literal

from aiohttp import ClientError
from sqlalchemy import text

from bot.adapter_state import StoredState
from bot.clock import SystemClock
from bot.contracts import AdapterState, InboundMessage, NotStored, Receipt
from bot.host import Host
from bot.logs import redact
from bot.registry import Instance, configured_instances
from bot.settings import Settings
from bot.store import Store, StoreError, open_store
from bot.store.migrate import schema_status
from bot.store.open import sqlite_path
from bot.tracking.oddities import fix, oddities, told

SKEW_ALLOWED = timedelta(seconds=30)
"""More than this, and signatures, quiet hours and promises go wrong sooner or later."""
CHECK_SECONDS = 15.0
ODD_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing stands; `note` is worth knowing and no fault."""

    verdict: Literal["ok", "note", "FAILED"]
    about: str
    detail: str
    fix: str = ""


async def examine(settings: Settings, where: str) -> list[Finding]:
    """Every check, in the order in which things depend on each other."""
    instances = configured_instances(settings, where)
    findings = [Finding("ok", "configuration", f"{where}: valid")]
    kept = [finding async for finding in _store(settings)]
    findings += kept
    there = any(finding.about == "migrations" and finding.verdict == "ok" for finding in kept)
    async with _host(settings, with_state=there) as host:
        findings += await asyncio.gather(*(_adapter(name, instance, host) for name, instance in instances.items()))
        findings += [finding async for finding in _clocks(instances, host)]
    findings += [finding async for finding in _outside(settings)]
    if not instances:
        findings.append(Finding("note", "adapters", "none is configured", "add an [[adapters]] entry"))
    return findings


@asynccontextmanager
async def _host(settings: Settings, *, with_state: bool) -> AsyncIterator[Host]:
    """What adapters get for a check: their notes, where the store has them, and nobody to hand a message to."""
    clock = SystemClock()
    store = open_store(settings.store.url.get_secret_value()) if with_state else None
    state = _no_state if store is None else partial(StoredState, store, clock)
    host = Host(clock, public_url=settings.web.public_url, receive=_no_messages, state=state)
    try:
        yield host
    finally:
        await host.close()
        if store is not None:
            await store.close()


async def _store(settings: Settings) -> AsyncIterator[Finding]:
    url = settings.store.url.get_secret_value()
    path = sqlite_path(url)
    if path is not None and not path.exists():
        yield Finding("note", "store", f"{path}: there is no file yet", "the first `parcelbridge run` makes it")
        return
    try:
        store = open_store(url)
    except (StoreError, OSError) as error:
        yield Finding("FAILED", "store", str(error))
        return
    try:
        started = time.perf_counter()
        await store.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one())
        took = (time.perf_counter() - started) * 1000
        yield Finding("ok", "store", f"{path or 'PostgreSQL'}: answered in {took:.0f} ms")
        migrations = await _migrations(store)
        yield migrations
        if migrations.verdict == "ok":
            for one in await store.read(lambda conn: oddities(conn, SystemClock().now(), within=ODD_WITHIN)):
                yield Finding("note", f"feed {one.source}", f"{told(one)} (7 days)", fix(one))
        if store.dialect == "postgresql":
            yield await _database_clock(store)
    except StoreError as error:
        yield Finding("FAILED", "store", str(error))
    finally:
        await store.close()


async def _migrations(store: Store) -> Finding:
    status = await schema_status(store)
    if status.is_current:
        return Finding("ok", "migrations", f"at revision {status.head}")
    if status.current is None:
        return Finding("note", "migrations", "there are no tables yet", "the first `parcelbridge run` makes them")
    if not status.known:
        return Finding("FAILED", "migrations", f"revision {status.current} is newer than this program ({status.head})",
                       "install the newer Parcelbridge")
    return Finding("FAILED", "migrations", f"at revision {status.current}, this program needs {status.head}",
                   "run: parcelbridge db upgrade")


async def _adapter(name: str, instance: Instance, host: Host) -> Finding:
    about = f"adapter {name}"
    missing = instance.missing()
    if missing:
        return Finding("FAILED", about, f"still needs {', '.join(missing)}", "add what is missing to its entry")
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            health = await instance.create().check(host)
    except TimeoutError:
        return Finding("FAILED", about, f"no answer within {CHECK_SECONDS:.0f} s", "check the network")
    except Exception as error:  # noqa: BLE001 - one adapter's defect must not hide how the others stand
        return Finding("FAILED", about, redact(f"the check itself failed: {type(error).__name__}: {error}"),
                       "a defect of the adapter: tell who made it")
    return Finding("ok" if health.ok else "FAILED", about, health.detail or health.state)


async def _clocks(instances: dict[str, Instance], host: Host) -> AsyncIterator[Finding]:
    """This machine's clock beside that of every platform host the configuration names."""
    hosts = {
        value: name
        for name, instance in instances.items()
        for key, value in instance.config
        if key.endswith("base_url") and isinstance(value, str)
    }
    for address, name in hosts.items():
        try:
            before = host.now()
            async with host.session.head(address, allow_redirects=False) as response:
                theirs = parsedate_to_datetime(response.headers["Date"])
        except (ClientError, TimeoutError, KeyError, ValueError):
            yield Finding("note", "clock", f"{address} ({name}) did not tell its time")
            continue
        yield _skew(theirs - before, f"{address} ({name})")
    if not hosts:
        yield Finding("note", "clock", f"{host.now():%Y-%m-%d %H:%M:%S} UTC; nothing to compare it with")


async def _database_clock(store: Store) -> Finding:
    now = SystemClock().now()
    theirs: datetime = await store.read(lambda conn: conn.execute(text("SELECT now()")).scalar_one())
    return _skew(theirs - now, "the database")


def _skew(difference: timedelta, whose: str) -> Finding:
    seconds = difference.total_seconds()
    if abs(difference) <= SKEW_ALLOWED:
        return Finding("ok", "clock", f"within {SKEW_ALLOWED.seconds} s of {whose}")
    word = "behind" if seconds > 0 else "ahead of"
    return Finding("FAILED", "clock", f"{abs(seconds):.0f} s {word} {whose}", "synchronise this machine's clock (NTP)")


async def _outside(settings: Settings) -> AsyncIterator[Finding]:
    """One made-up question to each outside service, where there are any."""
    if not settings.asks_outside:
        return
    from bot.outside.opening import check, keys_in_the_clear

    for url in keys_in_the_clear(settings):
        yield Finding("note", "outside", f"{url}: the key travels unencrypted", "use https")
    async for name, health in check(settings):
        yield Finding("ok" if health.ok else "FAILED", f"outside {name}", health.detail)


async def _no_messages(message: InboundMessage) -> Receipt:
    raise NotStored(f"a check of {message.conversation.adapter} stores nothing")


def _no_state(adapter: str) -> AdapterState:
    raise NotStored(f"a check of {adapter} keeps nothing")
