"""What a wish is about, row by row: resolved once to parcels and linehauls the person may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.alerts.model import Scope
from bot.people import EVERYTHING, PartnerScope
from bot.tracking.affected import known_refs, parcels_by_number


@dataclass(frozen=True, slots=True)
class Target:
    """One row of a wish."""

    number: str | None = None
    parcel_id: int | None = None
    partner_id: int | None = None
    """Of the parcel."""
    ref: str | None = None
    hub: str | None = None
    mode: str | None = None
    country: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "number": self.number, "parcel_id": self.parcel_id, "ref": self.ref, "hub": self.hub, "mode": self.mode,
            "country": self.country,
        }  # fmt: skip

    def key(self, partner_id: int | None) -> str:
        """The same for the same thing."""
        if self.parcel_id is not None:
            return f"parcel:{self.parcel_id}"
        what = f"ref:{self.ref}" if self.ref is not None else f"{self.hub or ''}|{self.mode or ''}|{self.country or ''}"
        return f"{what}@{partner_id or ''}"


@dataclass(frozen=True, slots=True)
class Found:
    """What of a scope is known to a person."""

    targets: tuple[Target, ...]
    unknown: tuple[str, ...]


def resolve_scope(conn: Connection, scope: Scope, visible: PartnerScope) -> Found:
    """Look up numbers and references within what may be seen."""
    parcels = parcels_by_number(conn, scope.numbers, visible)
    refs = known_refs(conn, scope.refs, visible)
    targets = [
        Target(number=number, parcel_id=parcel_id, partner_id=partner_id)
        for number in dict.fromkeys(scope.numbers) for parcel_id, partner_id in parcels.get(number, ())
    ]  # fmt: skip
    targets += [Target(ref=ref) for ref in dict.fromkeys(refs.values())]
    if scope.narrows:
        targets.append(Target(hub=scope.hub, mode=scope.mode, country=scope.country))
    elif scope.everything:
        targets.append(Target())
    unknown = [number for number in scope.numbers if number not in parcels]
    unknown += [ref for ref in scope.refs if ref not in refs]
    return Found(tuple(targets), tuple(dict.fromkeys(unknown)))


def scope_of_rows(rows: Iterable[Any]) -> Scope:
    """The scope that stored rows of one wish make up."""
    known: Sequence[Any] = list(rows)
    narrow = next((row for row in known if row.parcel_id is None and row.ref is None), None)
    numbers = dict.fromkeys(row.number for row in known if row.parcel_id is not None)
    refs = dict.fromkeys(row.ref for row in known if row.ref is not None)
    hub, mode, country = (narrow.hub, narrow.mode, narrow.country) if narrow is not None else (None, None, None)
    everything = narrow is not None and hub is None and mode is None and country is None
    return Scope(
        numbers=tuple(numbers), refs=tuple(refs), hub=hub, mode=mode, country=country, everything=everything
    )


def rows_named_by(conn: Connection, rows: Iterable[Any], scope: Scope) -> list[Any]:
    """The stored rows of wishes that a scope names."""
    # Whoever wished about a linehaul was allowed to see it, so its names may be looked up without a scope.
    refs = {*scope.refs, *known_refs(conn, scope.refs, EVERYTHING).values()}
    narrow = (scope.hub, scope.mode, scope.country) if scope.narrows else None
    return [
        row for row in rows
        if (row.number in scope.numbers if row.parcel_id is not None
            else row.ref in refs if row.ref is not None
            else (row.hub, row.mode, row.country) == narrow)
    ]  # fmt: skip
