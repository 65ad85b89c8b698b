"""`alerts` and `subscriptions`: what the chat can do, for administrators."""

import asyncio
import csv
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from sqlalchemy import Connection

from bot.cli.alert_workbook import alert_workbook
from bot.cli.main import app
from bot.cli.options import ConfigOption, LanguageName
from bot.errors import ParcelbridgeError, UsageError

if TYPE_CHECKING:
    from bot.alerts import ActResult
    from bot.people import Person

T = TypeVar("T")

alerts = typer.Typer(help="Alerts: what is late, who was told, what was done.", no_args_is_help=True,
                     rich_markup_mode=None)  # fmt: skip
subscriptions = typer.Typer(help="Who follows what.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(alerts, name="alerts")
app.add_typer(subscriptions, name="subscriptions")

RefArgument = Annotated[str, typer.Argument(metavar="REF", help="A-1024.")]
NameOption = Annotated[str, typer.Option("--by", help="In whose name.")]


@alerts.command("list")
def list_alerts(
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest first.")] = 50,
    config: ConfigOption = None,
) -> None:
    """List open alerts: reference, severity, parcels still late, since when, what."""
    from bot.alerts import service
    from bot.cli.alert_text import summary
    from bot.people import EVERYTHING

    now = _now()
    views = _run(config, lambda conn: service.list_open(conn, EVERYTHING, now, limit=limit))
    for view in views:
        print(summary(view))
    if not views:
        print("no open alerts")


@alerts.command("show")
def show(
    ref: RefArgument,
    readers: Annotated[bool, typer.Option("--readers", help="Also ask the channels who has read it.")] = False,
    config: ConfigOption = None,
) -> None:
    """Show the whole life of an alert: what it is about, who was told, what was done, what was not told and why."""
    from bot.alerts import service
    from bot.cli.alert_text import life_lines

    now = _now()
    life = _run(config, lambda conn: service.show(conn, ref, now))
    if life is None:
        raise _unknown(ref)
    print("\n".join(life_lines(life)))
    if readers:
        from bot.cli.readers import reader_lines

        print("\n".join(asyncio.run(reader_lines(ref, config))))


@alerts.command("ack")
def acknowledge(
    ref: RefArgument,
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="30m, 4h, 1d; else as configured.")] = "",
    by: NameOption = "administrator",
    config: ConfigOption = None,
) -> None:
    """Take note of an alert: no repeated messages for a while, unless it gets worse."""
    from bot.alerts import service
    from bot.settings import load_settings

    now = _now()
    lasts = _length(length) if length else load_settings(config).alerts.ack_lasts
    _act(config, ref, lambda conn: service.acknowledge(conn, ref, person=_person(by), now=now, lasts=lasts))


@alerts.command("resolve")
def resolve(ref: RefArgument, by: NameOption = "administrator", config: ConfigOption = None) -> None:
    """Close an alert for everybody until there is new evidence."""
    from bot.alerts import service

    now = _now()
    _act(config, ref, lambda conn: service.resolve(conn, ref, person=_person(by), now=now))


@alerts.command("reopen")
def reopen(ref: RefArgument, by: NameOption = "administrator", config: ConfigOption = None) -> None:
    """Bring a resolved alert back, within 14 days."""
    from bot.alerts import service

    now = _now()
    _act(config, ref, lambda conn: service.reopen(conn, ref, person=_person(by), now=now))


@alerts.command("mute")
def mute(
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="How long: 30m, 4h, at most 7d.")],
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    number: Annotated[list[str] | None, typer.Option("--number", help="A parcel.")] = None,
    linehaul: Annotated[list[str] | None, typer.Option("--ref", help="A flight, train, waybill, container.")] = None,
    hub: Annotated[str | None, typer.Option("--hub", help="LGG or BRU.")] = None,
    mode: Annotated[str | None, typer.Option("--mode", help="air, rail or truck.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="Of destination, two letters.")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="All alerts.")] = False,
    conversation: Annotated[int | None, typer.Option("--conversation", metavar="ID", help="Else everybody's.")] = None,
    config: ConfigOption = None,
) -> None:
    """Push nothing about something for a while, to one conversation or to all; subscriptions stay."""
    from bot.alerts import Scope, service

    now, until = _now(), _now() + _length(length)
    if not reason.strip():
        raise UsageError("alerts mute: --reason is empty; say why, people will ask")
    try:
        scope = Scope(
            numbers=tuple(number or ()), refs=tuple(linehaul or ()), hub=hub and hub.upper(), mode=mode,
            country=country and country.upper(), everything=everything,
        )  # fmt: skip
    except ValueError:
        raise UsageError("alerts mute: say what: --number, --ref, --hub, --mode, --country or --everything") from None
    done = _run(config, lambda conn: service.mute(
        conn, person=_person("administrator"), conversation_id=conversation, scope=scope, until=until, reason=reason,
        now=now,
    ), write=True)  # fmt: skip
    if done.id is None:
        raise ParcelbridgeError(f"alerts mute: unknown: {', '.join(done.unknown)}")
    ignored = f"; unknown: {', '.join(done.unknown)}" if done.unknown else ""
    print(f"muted until {done.until:%Y-%m-%d %H:%M} UTC, open alerts covered: {done.covers_open}{ignored}")


@alerts.command("export")
def export(
    ref: RefArgument,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Else standard output.")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="As a workbook instead of CSV.")] = None,
    lang: Annotated[LanguageName, typer.Option("--lang", help="Language of the workbook.")] = "en",
    config: ConfigOption = None,
) -> None:
    """Write every parcel of an alert as CSV or as the workbook people get, those late still first."""
    from bot.alerts import service
    from bot.people import EVERYTHING

    if xlsx is not None:
        return _export_workbook(ref, xlsx, lang, config)
    now = _now()

    def unit(conn: Connection) -> list[tuple[object, ...]] | None:
        if service.find_alert(conn, ref, EVERYTHING, now) is None:
            return None
        return [
            (row.number, row.partner, row.country or "", row.milestone or "", row.late_since.isoformat(), row.open)
            for row in service.export_rows(conn, ref, EVERYTHING)
        ]

    rows = _run(config, unit)
    if rows is None:
        raise _unknown(ref)
    return _write(rows, out)


def _export_workbook(ref: str, out: Path, lang: LanguageName, config: Path | None) -> None:
    content = asyncio.run(alert_workbook(ref, language=lang, config=config))
    if content is None:
        raise _unknown(ref)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise ParcelbridgeError(f"{out}: cannot be written: {error.strerror}") from None
    print(f"{out}: {len(content)} bytes")


@subscriptions.command("list")
def list_subscriptions(config: ConfigOption = None) -> None:
    """List who follows what: conversation, scope, by whom, since when."""
    from bot.alerts import service
    from bot.cli.alert_text import scope_text

    found = _run(config, service.all_subscriptions)
    for place, view in found:
        print(f"{place}\t{scope_text(view.scope)}\t{view.by}\t{view.created_at:%Y-%m-%d %H:%M}")
    if not found:
        print("nobody follows anything yet")


def _write(rows: list[tuple[object, ...]], out: Path | None) -> None:
    heading = ("number", "partner", "country", "milestone", "late_since", "open")
    if out is None:
        csv.writer(sys.stdout).writerows([heading, *rows])
        return
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([heading, *rows])
    except OSError as error:
        raise ParcelbridgeError(f"{out}: cannot be written: {error.strerror}") from None
    print(f"{out}: {len(rows)} parcels")


def _act(config: Path | None, ref: str, act: Callable[[Connection], "ActResult"]) -> None:
    from bot.cli.alert_text import act_line

    done = _run(config, act, write=True)
    if done.kind == "unknown":
        raise _unknown(ref)
    line = act_line(ref, done)
    if done.kind == "closed":
        raise ParcelbridgeError(line)
    print(line)


def _unknown(ref: str) -> ParcelbridgeError:
    return ParcelbridgeError(f"{ref}: no such alert; see: parcelbridge alerts list")


def _person(name: str) -> "Person":
    from bot.people import EVERYTHING, Person, Role

    return Person(contact_id=0, name=name, role=Role.ADMIN, partner_id=None, scope=EVERYTHING, language="en",
                  time_zone="Europe/Brussels")  # fmt: skip


def _length(text: str) -> timedelta:
    from bot.settings.duration import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--for {text!r}: {error}") from None


def _now() -> datetime:
    from bot.clock import SystemClock

    return SystemClock().now()


def _run(config: Path | None, unit: Callable[[Connection], T], *, write: bool = False) -> T:
    return asyncio.run(_with_store(config, unit, write=write))


async def _with_store(config: Path | None, unit: Callable[[Connection], T], *, write: bool) -> T:
    from bot.cli.opened import opened_store

    async with opened_store(config) as (_, store):
        return await (store.write(unit) if write else store.read(unit))
