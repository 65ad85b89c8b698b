"""The list of numbers somebody asked about: `ask_for_numbers` when answering, `number_list` when it is made."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from bot.contracts import File
from bot.people import PartnerScope
from bot.tracking.queries import find_parcels
from bot.understanding.numbers import canonical
from bot.wording import Words
from bot.workbook.model import Item, Listing, Request
from bot.workbook.names import list_name
from bot.workbook.requests import ask_for

SOURCE = "numbers"


def ask_for_numbers(conn: Connection, numbers: Iterable[str], *, scope: PartnerScope, words: Words) -> File:
    """A workbook with one row a number, in the order given; each number once. Inside a unit that writes.

    The file goes into `Card.files`; it is made when the message is sent, so it tells what is known then.
    """
    request = Request(
        source=SOURCE, asked={"numbers": list(dict.fromkeys(numbers))}, scope=scope, language=words.language,
        zone=words.zone.key, name=list_name(words), asked_at=words.now,
    )  # fmt: skip
    return ask_for(conn, request)


def number_list(conn: Connection, request: Request, words: Words) -> Listing:  # noqa: ARG001 - the numbers are all
    """See `Source`. A number nobody knows keeps its row, so that the list can be laid beside the one sent in."""

    def items(conn: Connection, numbers: Sequence[str]) -> list[Item]:
        found = find_parcels(conn, numbers, request.scope, words.now)
        return [Item(number, found[number][0]) if number in found else _not_found(number) for number in numbers]

    return Listing(tuple(request.asked["numbers"]), items)


def _not_found(number: str) -> Item:
    read = canonical(number)
    return Item(number, mistyped=read is not None and not read.valid)
