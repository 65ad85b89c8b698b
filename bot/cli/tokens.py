"""`token`: bearer tokens of programs that call the API."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.main import app
from bot.cli.options import ConfigOption
from bot.errors import NotFound

if TYPE_CHECKING:
    from bot.web.tokens import TokenRow

token = typer.Typer(help="Bearer tokens of programs.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(token, name="token")

RoleName = Literal["feed", "api", "console"]
RoleOption = Annotated[RoleName, typer.Option("--role", help="feed hands in events, api reads parcels and chats.")]
PartnerOption = Annotated[
    str | None, typer.Option("--partner", metavar="P", help="Code of the partner it belongs to; it sees only that.")
]


@token.command("new")
def new(role: RoleOption, partner: PartnerOption = None, config: ConfigOption = None) -> None:
    """Make a token, print it once, keep its hash."""
    print(asyncio.run(_new(role, partner, config)))
    if role == "api" and partner is None:
        print("without --partner this token sees no parcels and speaks for nobody", file=sys.stderr)


@token.command("list")
def list_(config: ConfigOption = None) -> None:
    """List tokens: id, role, partner, made, revoked. The secret part is not kept."""
    rows = asyncio.run(_list(config))
    if not rows:
        print("no tokens yet; make one with: parcelbridge token new --role api --partner CODE", file=sys.stderr)
    for row in rows:
        state = f"revoked {row.revoked_at:%Y-%m-%d %H:%M} UTC" if row.revoked_at else "open"
        print(f"{row.public_id}\t{row.role}\t{row.partner or '-'}\t{row.created_at:%Y-%m-%d %H:%M} UTC\t{state}")


@token.command("revoke")
def revoke(
    public_id: Annotated[str, typer.Argument(metavar="ID", help="The id that `token list` shows.")],
    config: ConfigOption = None,
) -> None:
    """Close a token for good."""
    asyncio.run(_revoke(public_id, config))
    print(f"{public_id}: revoked")


async def _new(role: RoleName, partner: str | None, config: Path | None) -> str:
    from bot.app import take_over_people
    from bot.cli.opened import opened_store
    from bot.clock import SystemClock
    from bot.people.service import partner_ids
    from bot.web.tokens import TokenRole, make_token

    async with opened_store(config) as (settings, store):
        await take_over_people(store, settings)
        known = await store.read(partner_ids)
        if partner is not None and partner not in known:
            names = ", ".join(sorted(known)) or "none"
            raise NotFound(f"--partner {partner!r}: is not a partner; add it to [[partners]]; known: {names}")
        partner_id = known[partner] if partner is not None else None
        now = SystemClock().now()
        return await store.write(lambda conn: make_token(conn, TokenRole(role), partner_id=partner_id, now=now))


async def _list(config: Path | None) -> "list[TokenRow]":
    from bot.cli.opened import opened_store
    from bot.web.tokens import list_tokens

    async with opened_store(config) as (_, store):
        return await store.read(list_tokens)


async def _revoke(public_id: str, config: Path | None) -> None:
    from bot.cli.opened import opened_store
    from bot.clock import SystemClock
    from bot.web.tokens import revoke_token

    now = SystemClock().now()
    async with opened_store(config) as (_, store):
        if not await store.write(lambda conn: revoke_token(conn, public_id, now)):
            raise NotFound(f"ID {public_id!r}: no open token has it; see: parcelbridge token list")
