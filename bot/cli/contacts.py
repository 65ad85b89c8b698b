"""`contacts` and `partners`: people and who they belong to, beside the configuration."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from sqlalchemy import Connection

from bot.cli.main import app
from bot.cli.options import ConfigOption
from bot.errors import NotFound, ParcelbridgeError, UsageError

if TYPE_CHECKING:
    from bot.contracts import PersonKey

T = TypeVar("T")

contacts = typer.Typer(help="People and who they belong to.", no_args_is_help=True, rich_markup_mode=None)
partners = typer.Typer(help="Partners.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(contacts, name="contacts")
app.add_typer(partners, name="partners")


@contacts.command("list")
def list_contacts(config: ConfigOption = None) -> None:
    """List known people: name, role, partner, language, addresses. Strangers who wrote are left out."""
    from bot.people.service import list_contacts as query

    _show([(n, r, p or "-", lang or "as asked", a or "-") for n, r, p, lang, a in _run(config, query)],
          empty="no contacts; add [[contacts]] to the configuration, or: parcelbridge contacts add")


@contacts.command("add")
def add_contact(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    address: Annotated[list[str], typer.Option("--address", metavar="ADAPTER:ADDRESS", help="Where they write from.")],
    role: Annotated[str, typer.Option("--role", help="partner, operator, support or admin.")] = "partner",
    partner: Annotated[str, typer.Option("--partner", metavar="P", help="Code of their partner.")] = "",
    language: Annotated[str, typer.Option("--language", help="en, zh-Hans, zh-Hant or bilingual.")] = "",
    time_zone: Annotated[str, typer.Option("--time-zone", help="IANA name; else the partner's.")] = "",
    config: ConfigOption = None,
) -> None:
    """Add a person, or change the one who has an address already."""
    from bot.people.importing import ImportProblems, import_contacts

    fields = {"name": name, "role": role, "partner": partner, "language": language, "time_zone": time_zone,
              "addresses": ";".join(address)}
    known = _adapters(config)
    try:
        done = _run(config, lambda conn: import_contacts(conn, [("contacts add", fields)], adapters=known), write=True)
    except ImportProblems as error:
        raise UsageError(str(error)) from None
    print(f"{name}: {'added' if done.new else 'changed'}")


@contacts.command("find")
def find_contact(
    adapter: Annotated[str, typer.Argument(metavar="ADAPTER", help="Name of the adapter whose people are meant.")],
    phone: Annotated[str, typer.Option("--phone", help="Phone number as the platform has it.")] = "",
    id_: Annotated[str, typer.Option("--id", help="The platform's id, as in an address.")] = "",
    union_id: Annotated[str, typer.Option("--union-id", help="DingTalk: the unionid.")] = "",
    config: ConfigOption = None,
) -> None:
    """Ask a platform who somebody is: prints name and address for `contacts add` (DingTalk)."""
    keys: tuple[tuple[PersonKey, str], ...] = ("phone", phone), ("id", id_), ("union_id", union_id)
    given = [(by, value) for by, value in keys if value]
    if len(given) != 1:
        raise UsageError("contacts find: give one of --phone, --id, --union-id")
    print(asyncio.run(_find(adapter, *given[0], config)))


@contacts.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV: name, role, partner, language, time_zone, "
                                         "addresses.")],
    config: ConfigOption = None,
) -> None:
    """Add the people of a CSV file; when a line is wrong, every problem is named and nobody is added."""
    from bot.people.importing import import_contacts, read_contacts

    rows, known = read_contacts(file), _adapters(config)
    done = _run(config, lambda conn: import_contacts(conn, rows, adapters=known), write=True)
    print(f"{file}: added {done.new}, changed {done.refreshed}")


@partners.command("list")
def list_partners(config: ConfigOption = None) -> None:
    """List partners: code, name, language, time zone, number of contacts."""
    from bot.people.service import list_partners as query

    _show([(code, name, language, zone, str(count)) for code, name, language, zone, count in _run(config, query)],
          empty="no partners; add [[partners]] to the configuration")


async def _find(name: str, by: "PersonKey", value: str, config: Path | None) -> str:
    from bot.cli.channels import channels_at_hand
    from bot.contracts import FindsPeople, NotDone

    async with channels_at_hand(config) as channels:
        adapter = channels.adapter(name)
        if not isinstance(adapter, FindsPeople):
            raise ParcelbridgeError(f"{name}: its platform cannot be asked for people")
        try:
            person = await adapter.find_person(by, value, channels.host)
        except NotDone as error:
            raise ParcelbridgeError(f"{name}: {error}") from None
    if person is None:
        raise NotFound(f"{name}: the organisation has nobody with {by.replace('_', '-')} {value!r}")
    return f"{person.name}\t{name}:{person.external_id}"


def _adapters(config: Path | None) -> list[str]:
    """Names of the configured adapters: where people can be."""
    from bot.settings import load_settings

    return [str(adapter["name"]) for adapter in load_settings(config).adapters]


def _show(rows: Sequence[Sequence[str]], *, empty: str) -> None:
    for row in rows:
        print("\t".join(row))
    if not rows:
        print(empty)


def _run(config: Path | None, unit: Callable[[Connection], T], *, write: bool = False) -> T:
    return asyncio.run(_with_store(config, unit, write=write))


async def _with_store(config: Path | None, unit: Callable[[Connection], T], *, write: bool) -> T:
    from bot.app import take_over_people
    from bot.cli.opened import opened_store

    async with opened_store(config) as (settings, store):
        await take_over_people(store, settings)
        return await (store.write(unit) if write else store.read(unit))
