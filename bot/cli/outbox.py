"""`outbox`: messages that wait, went out or died; send dead ones again, drop what shall not go out."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.main import app
from bot.cli.options import ConfigOption
from bot.errors import NotFound, ParcelbridgeError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from bot.outbox.admin import Listed, Replayed
    from bot.settings import Settings

outbox = typer.Typer(
    help="Messages on their way out: what waits, what died, sending again.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(outbox, name="outbox")

StateOption = Annotated[
    str | None,
    typer.Option("--state", metavar="S", help="ready, leased, sent, dead, dropped or bundled; without it, all."),
]
ReferenceArgument = Annotated[
    str | None, typer.Argument(metavar="[REF]", help="A message, as `outbox list` names it: O-12.")
]
ChannelOption = Annotated[
    str | None, typer.Option("--channel", metavar="C", help="All dead messages of an adapter instance, or of a type.")
]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="2h", help="With --channel: those that died within this time.")
]


@outbox.command("list")
def list_(state: StateOption = None, config: ConfigOption = None) -> None:
    """List the newest messages: reference, state, channel, conversation, kind, attempts, time, last error."""
    from bot.outbox.admin import MOST_LISTED

    found = asyncio.run(_list(state, config))
    for one in found:
        print("\t".join(_columns(one)))
    if len(found) == MOST_LISTED:
        print(f"only the newest {MOST_LISTED} are shown")
    elif not found:
        print("no messages" if state is None else f"no messages are {state}")


@outbox.command("replay")
def replay(
    reference: ReferenceArgument = None,
    channel: ChannelOption = None,
    since: SinceOption = None,
    config: ConfigOption = None,
) -> None:
    """Send one dead or dropped message again, or all that died in a channel lately."""
    if (reference is None) == (channel is None):
        raise UsageError("give either REF, or --channel C --since 2h")
    if (channel is None) != (since is None):
        raise UsageError("--channel and --since go together, such as: --channel dingtalk --since 2h")
    done = asyncio.run(_replay(reference, channel, since, config))
    for one in done:
        print(_told(one))
    if reference is None:
        print(f"{sum(one.skipped is None for one in done)} messages will be sent again")
    elif done and done[0].skipped is not None:
        raise ParcelbridgeError(f"{done[0].reference} was not sent again: {done[0].skipped}")


@outbox.command("drop")
def drop(
    reference: Annotated[str, typer.Argument(metavar="REF", help="A message that waits or is dead: O-12.")],
    config: ConfigOption = None,
) -> None:
    """Never send a message that waits or is dead."""
    print(f"{asyncio.run(_drop(reference, config))}: dropped")


@outbox.command("recall")
def recall(
    references: Annotated[list[str], typer.Argument(metavar="REF...", help="Messages that were sent: O-12 O-13.")],
    config: ConfigOption = None,
) -> None:
    """Take back messages people have, where their channel can (DingTalk: within 24 hours, and nobody is told)."""
    failed = asyncio.run(_recall(references, config))
    for reference, why in failed.items():
        print(f"{reference}: {f'not taken back: {why}' if why else 'taken back'}")
    if lost := [reference for reference, why in failed.items() if why]:
        raise ParcelbridgeError(f"not taken back: {', '.join(lost)}")


def _columns(one: "Listed") -> tuple[str, ...]:
    when = f"{one.created_at:%Y-%m-%d %H:%M} UTC"
    place, error = one.conversation.replace("\t", " "), (one.error or "-").replace("\n", " ").replace("\t", " ")
    return one.reference, one.state, one.adapter, place, one.kind, str(one.attempts), when, error


def _told(one: "Replayed") -> str:
    what = f"skipped: {one.skipped}" if one.skipped is not None else f"will be sent again as {one.new_reference}"
    return f"{one.reference}: {what}"


async def _list(state: str | None, config: Path | None) -> "list[Listed]":
    from bot.cli.opened import opened_store
    from bot.outbox.admin import find

    async with opened_store(config) as (_, store):
        return await store.read(lambda conn: find(conn, state=state))


async def _replay(
    reference: str | None, channel: str | None, since: str | None, config: Path | None
) -> "list[Replayed]":
    from bot.alerts.recheck import recheck_alerts
    from bot.cases.telling import recheck_request
    from bot.cli.opened import opened_store
    from bot.clock import SystemClock
    from bot.outbox import admin

    row_id = None if reference is None else admin.parse_reference(reference)
    length = None if since is None else _length(since)
    now = SystemClock().now()
    alerts = recheck_alerts(now)

    def recheck(conn: "Connection", row: "Row[Any]") -> str | None:
        """Nothing is sent again that is no longer true."""
        return alerts(conn, row) or recheck_request(conn, row)

    async with opened_store(config) as (settings, store):
        if row_id is not None:
            return [await store.write(lambda conn: admin.replay(conn, row_id, now=now, recheck=recheck))]
        names = _instances(settings, channel or "")
        begin = now - (length or timedelta(0))
        return await store.write(
            lambda conn: admin.replay_since(conn, names, since=begin, now=now, recheck=recheck)
        )


async def _drop(reference: str, config: Path | None) -> str:
    from bot.cli.opened import opened_store
    from bot.clock import SystemClock
    from bot.outbox import admin

    row_id = admin.parse_reference(reference)
    async with opened_store(config) as (_, store):
        await store.write(lambda conn: admin.drop(conn, row_id, now=SystemClock().now()))
    return admin.reference_of(row_id)


async def _recall(references: list[str], config: Path | None) -> dict[str, str]:
    """By reference: why it could not be taken back; empty where it was."""
    from bot.cli.channels import channels_at_hand
    from bot.contracts import NotDone, Recalls
    from bot.outbox import admin, afterwards

    row_ids = [admin.parse_reference(one) for one in references]
    failed: dict[str, str] = {}
    async with channels_at_hand(config) as channels:
        messages = await channels.store.read(lambda conn: afterwards.to_recall(conn, row_ids))
        for name in dict.fromkeys(one.delivered.conversation.adapter for one in messages):
            theirs = [one for one in messages if one.delivered.conversation.adapter == name]
            adapter = channels.adapter(name)
            if not isinstance(adapter, Recalls):
                raise ParcelbridgeError(f"{theirs[0].reference}: {name} cannot take a message back")
            try:
                lost = await adapter.recall([one.delivered for one in theirs], channels.host)
            except NotDone as error:
                raise ParcelbridgeError(f"{theirs[0].reference}: {error}") from None
            failed |= {one.reference: lost.get(one.delivered.provider_ref, "") for one in theirs}
            done = [one for one in theirs if not failed[one.reference]]
            await channels.store.write(partial(afterwards.mark_recalled, messages=done, now=channels.host.now()))
    return failed


def _length(since: str) -> timedelta:
    from bot.settings.duration import parse_duration

    try:
        return parse_duration(since)
    except ValueError as error:
        raise UsageError(f"--since {since!r}: {error}") from None


def _instances(settings: "Settings", channel: str) -> set[str]:
    """The adapter instances a channel means: the one of that name, or all of that type."""
    found = {raw["name"] for raw in settings.adapters if channel in (raw["name"], raw["type"])}
    if not found:
        raise NotFound(f"--channel {channel!r}: no adapter has that name or type; {_known(settings.adapters)}")
    return found


def _known(adapters: Iterable[dict[str, object]]) -> str:
    names = ", ".join(sorted(f"{raw['name']} ({raw['type']})" for raw in adapters))
    return f"configured: {names}" if names else "none is configured"
