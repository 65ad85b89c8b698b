"""What a message asks about: parcels found, numbers nobody knows, numbers mistyped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from bot.people import PartnerScope
from bot.skills.base import Ask
from bot.tracking.queries import find_parcels, is_known
from bot.tracking.views import ParcelView
from bot.understanding.numbers import FoundNumber, canonical, corrections, is_parcel_kind, is_unit_kind

_CORRECTED = 3
"""Of so many mistyped numbers we look for the right one; a longer list is asked to be checked."""


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A number whose check digit is wrong, and the numbers of the reader's own parcels one slip away from it."""

    number: str
    suggestions: tuple[str, ...] = ()


class Asked(NamedTuple):
    """What became of the numbers of a message, each list in the order they were given."""

    found: tuple[tuple[str, tuple[ParcelView, ...]], ...] = ()
    """Number asked, its parcels: the latest life of the number first."""
    unknown: tuple[str, ...] = ()
    """Not there, or not theirs: nobody can tell which."""
    mistyped: tuple[Mistyped, ...] = ()
    refs: tuple[str, ...] = ()
    """Flights, trains, containers, waybills."""
    given: int = 0
    left: int = 0
    """Numbers beyond what one message may ask about."""
    looked_at: tuple[str, ...] = ()
    """Those of the message that were, in its order, the mistyped ones too."""

    @property
    def views(self) -> tuple[ParcelView, ...]:
        """The latest parcel of every number found."""
        return tuple(parcels[0] for _, parcels in self.found)

    @property
    def nothing(self) -> bool:
        """True when the message names nothing."""
        return not (self.given or self.refs)


def look_up(ask: Ask, conn: Connection) -> Asked:
    """Find what the slots name, within the reader's scope."""
    numbers = tuple(dict.fromkeys(_strings(ask.slots.get("numbers")) or parcels_named(ask)))
    looked_at = numbers[: ask.services.max_numbers]
    readings = {found.value: found for found in ask.understanding.numbers}
    wrong = {number: bad for number in looked_at if (bad := _mistyped(number, readings.get(number)))}
    right = [number for number in looked_at if number not in wrong]
    found = find_parcels(conn, right, ask.person.scope, ask.now)
    return Asked(
        found=tuple([(number, found[number]) for number in right if number in found]),
        unknown=tuple([number for number in right if number not in found]),
        mistyped=tuple(_with_suggestions(conn, list(wrong.values()), ask.person.scope)) if wrong else (),
        refs=tuple(dict.fromkeys(_strings(ask.slots.get("refs")) or _units_named(ask))),
        given=len(numbers),
        left=len(numbers) - len(looked_at),
        looked_at=looked_at,
    )


def parcels_named(ask: Ask) -> tuple[str, ...]:
    """Parcel numbers of the text itself, also where the intent has no slot for them."""
    return tuple([found.value for found in ask.understanding.numbers if is_parcel_kind(found.kind)])


def _units_named(ask: Ask) -> tuple[str, ...]:
    """Air pallets, bags and despatches: they carry parcels as linehauls do."""
    found = ask.understanding.numbers
    return tuple([one.value for one in found if is_unit_kind(one.kind) and not is_parcel_kind(one.kind)])


def _strings(value: object) -> tuple[str, ...]:
    """A slot as a list; slots may hold one value or several."""
    if isinstance(value, str):
        return (value,)
    return tuple([str(one) for one in value]) if isinstance(value, list | tuple) else ()


def _mistyped(number: str, found: FoundNumber | None) -> FoundNumber | None:
    found = found or canonical(number)
    return found if found is not None and not found.valid else None


def _with_suggestions(conn: Connection, wrong: Sequence[FoundNumber], scope: PartnerScope) -> Iterable[Mistyped]:
    """Suggest only what exists in the reader's scope: a suggestion must not tell of anybody else's parcel."""
    for place, found in enumerate(wrong):
        candidates = corrections(found, found.kind) if place < _CORRECTED else ()
        yield Mistyped(found.value, tuple(one for one in candidates if is_known(conn, one, scope))[:_CORRECTED])
