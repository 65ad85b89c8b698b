"""`cases`: what people want a person for, and how far it is."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from sqlalchemy import Connection

from bot.cli.main import app
from bot.cli.options import ConfigOption
from bot.errors import NotFound, UsageError

if TYPE_CHECKING:
    from bot.cases import RequestView, Told

T = TypeVar("T")
LISTED = 200
STATES = ("open", "taken", "closed", "all")

cases = typer.Typer(help="Requests for a person.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(cases, name="cases")


@cases.command("list")
def list_cases(
    state: Annotated[str, typer.Option("--state", help="open, taken, closed or all.")] = "open",
    config: ConfigOption = None,
) -> None:
    """List requests, newest first: reference, state, kind, partner, person, when, what about."""
    from bot.cases import RequestState
    from bot.cases.service import list_requests

    if state not in STATES:
        raise UsageError(f"--state {state}: no such state; use one of {', '.join(STATES)}")
    wanted = None if state == "all" else RequestState(state)
    found = _read(config, lambda conn: list_requests(conn, state=wanted, limit=LISTED))
    for view in found:
        line = (view.ref, view.state, view.kind, view.partner or "-", view.person, f"{view.updated_at:%Y-%m-%d %H:%MZ}")
        print("\t".join([*line, " ".join(view.about) or "-"]))
    if not found:
        print("no requests" if state == "all" else f"no {state} requests")


@cases.command("show")
def show_case(
    ref: Annotated[str, typer.Argument(metavar="REF", help="C-204")], config: ConfigOption = None
) -> None:
    """Show a request with the person's own words."""
    from bot.cases.telling import told_of

    view, told = _find(config, ref), _read(config, lambda conn: told_of(conn, ref))
    print(f"{view.ref}: {view.kind}, {view.state}\nby: {view.person} ({view.partner or 'operator'})")
    print(f"asked: {view.created_at:%Y-%m-%d %H:%MZ}  last change: {view.updated_at:%Y-%m-%d %H:%MZ}")
    print(f"about: {' '.join(view.about) or '-'}\nwith: {view.assignee or 'nobody yet'}")
    print(f"told: {', '.join(map(_told, told)) or 'nobody; see [cases] desk in the configuration'}\n\n{view.text}")


@cases.command("close")
def close_case(
    ref: Annotated[str, typer.Argument(metavar="REF", help="C-204")], config: ConfigOption = None
) -> None:
    """Close a request that has been dealt with."""
    from bot.cases import RequestState
    from bot.cases.service import set_state
    from bot.clock import SystemClock

    now = SystemClock().now()
    before = _read(config, lambda conn: set_state(conn, ref, None, RequestState.CLOSED, now=now), write=True)
    if before is None:
        raise NotFound(_unknown(ref))
    print(f"{before.ref}: {'was closed already' if before.state is RequestState.CLOSED else 'closed'}")


def _find(config: Path | None, ref: str) -> "RequestView":
    from bot.cases.service import find_request

    view = _read(config, lambda conn: find_request(conn, ref, None))
    if view is None:
        raise NotFound(_unknown(ref))
    return view


def _told(told: "Told") -> str:
    if told.failed:
        return f"{told.name} (not delivered; see: parcelbridge outbox list --state dead)"
    return f"{told.name} ({f'{told.at:%Y-%m-%d %H:%MZ}' if told.at is not None else 'on its way'})"


def _unknown(ref: str) -> str:
    return f"{ref}: no such request; see: parcelbridge cases list --state all"


def _read(config: Path | None, unit: Callable[[Connection], T], *, write: bool = False) -> T:
    return asyncio.run(_with_store(config, unit, write=write))


async def _with_store(config: Path | None, unit: Callable[[Connection], T], *, write: bool) -> T:
    from bot.cli.opened import opened_store

    async with opened_store(config) as (_, store):
        return await (store.write(unit) if write else store.read(unit))
