"""What came of the files of a message: the numbers that count, and where they were found."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

from sqlalchemy import Connection

from bot.contracts import NotFetched
from bot.inbox import InboxItem, NotYet
from bot.people import Person
from bot.reading.model import Code, Column, Sheet, Trouble
from bot.reading.service import FileReader, Read
from bot.tracking.queries import known_numbers

SAMPLE: Final = 50
"""Numbers of a column that are looked for in the store, where several columns may be meant."""
NEARLY_AS_MANY: Final = 0.8
UNKNOWN_CODES: Final = 5
"""Codes nobody knows that are named, where a picture holds no others."""

PATIENCE: Final = timedelta(minutes=2)
"""So long a platform that does not give a file now is asked again; then the person is asked to send it once more."""
LEAST_WAIT: Final = timedelta(seconds=1)

Known = Callable[[Sequence[str]], Collection[str]]
"""Those of some numbers that name parcels the person may see."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Picked:
    """The column of a table that was taken, and those that were not."""

    sheet: str
    column: Column
    others: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One file."""

    name: str
    kind: Literal["table", "picture", "other"]
    trouble: Trouble | None = None
    numbers: tuple[str, ...] = ()
    picked: tuple[Picked, ...] = ()
    hidden: tuple[str, ...] = ()
    logo: bool = False
    """A small picture without a code: nobody meant it to be read."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """All files of a message."""

    sources: tuple[Source, ...]
    numbers: tuple[str, ...]
    """Each once, in the order of the files and of the rows in them."""
    repeated: int
    """Rows with a number that had been there before."""
    left: int
    """Numbers beyond what is taken from one message."""


def enclosed_in(reads: Iterable[Read], known: Known, *, most: int) -> Enclosed:
    """Choose among what was read; `most` numbers are taken altogether."""
    sources = tuple(_source(read, known) for read in reads)
    given = [number for source in sources for number in source.numbers]
    numbers = tuple(dict.fromkeys(given))
    columns = [picked.column for source in sources for picked in source.picked]
    return Enclosed(
        sources, numbers[:most],
        repeated=len(given) - len(numbers) + sum(column.repeated for column in columns),
        left=len(numbers[most:]) + sum(column.left for column in columns),
    )  # fmt: skip


def enclose(conn: Connection, reads: Iterable[Read], person: Person, *, most: int) -> Enclosed:
    """What the files hold, as far as it matters to the person."""
    return enclosed_in(reads, lambda numbers: known_numbers(conn, numbers, person.scope), most=most)


async def read_files(files: FileReader, item: InboxItem, now: datetime) -> tuple[Read, ...]:
    """Every file of a message, read. Raises `NotYet` while the platform does not give one."""
    age = now - item.received_at
    try:
        return await files.read(item.message, patient=age < PATIENCE)
    except NotFetched as why:
        raise NotYet(f"a file was not fetched: {why}", wait=max(age / 2, LEAST_WAIT)) from None


def _source(read: Read, known: Known) -> Source:
    reading = read.reading
    if reading.kind == "picture":
        numbers = _of_codes(reading.codes, known)
        logo = reading.small and reading.trouble is Trouble.NO_CODE
        return Source(read.name, "picture", reading.trouble, numbers, logo=logo)
    picked = tuple(_picked(sheet, known) for sheet in reading.sheets)
    numbers = tuple(number for one in picked for number in one.column.numbers)
    trouble = reading.trouble or (None if numbers or any(one.column.lost for one in picked) else Trouble.NO_NUMBERS)
    return Source(read.name, reading.kind, trouble, numbers, picked, reading.hidden)


def _of_codes(codes: Sequence[Code], known: Known) -> tuple[str, ...]:
    """Numbers of a known form, and those parcels have; where there are neither, what is there all the same."""
    others = _once(number for code in codes if not code.shaped for number in code.numbers)
    there = known(others) if others else ()
    counting = _once(number for code in codes for number in code.numbers if code.shaped or number in there)
    return counting or others[:UNKNOWN_CODES]


def _picked(sheet: Sheet, known: Known) -> Picked:
    """The column whose numbers we know; of several the one whose heading and form speak for it, the leftmost."""
    if len(sheet.columns) == 1:
        return Picked(sheet.name, sheet.columns[0], ())
    found = [len(known(column.numbers[:SAMPLE])) for column in sheet.columns]
    enough = max(found) * NEARLY_AS_MANY
    taken = next(column for column, count in zip(sheet.columns, found, strict=True) if count >= enough)
    return Picked(sheet.name, taken, tuple(column for column in sheet.columns if column is not taken))


def _once(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))
