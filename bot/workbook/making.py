"""From a request to the file, when a message is sent: pages read in units of their own, rows written on a thread."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.clock import Clock
from bot.contracts import FetchedFile, NotStored
from bot.store import Store, StoreError
from bot.wording import Words
from bot.workbook.model import MEDIA_TYPE, Item, Layout, Listing, Request, Source
from bot.workbook.names import sheet_name
from bot.workbook.requests import find_request
from bot.workbook.writer import MAX_ROWS, WorkbookWriter

PAGE = 200
"""Rows read at once: short enough that nobody waits for the thread or connection they take."""
FRESH_FOR = timedelta(minutes=1)
"""So long the same list is not made anew: an alert goes to many mailboxes at the same moment."""
KEPT = 4

Layouts = Callable[[Words, bool], Layout]
"""Makes the layout for a reader's words; the flag says that the reader sees several partners' parcels."""


@dataclass(frozen=True, slots=True)
class _Made:
    request: Request
    at: datetime
    content: bytes = field(repr=False)


class Workbooks:
    """Makes the files that cards name. One at a time: a storm of mails must not take every processor."""

    def __init__(self, store: Store, clock: Clock, *, layouts: Layouts, sources: Mapping[str, Source]) -> None:
        self._store = store
        self._clock = clock
        self._layouts = layouts
        self._sources = sources
        self._one = asyncio.Lock()
        self._made: tuple[_Made, ...] = ()

    async def file(self, reference: str) -> FetchedFile | None:
        """The file behind a reference, as things are now; None when it is not there (any more).

        Raises `NotStored` when the store, or the disk, cannot now.
        """
        try:
            request = await self._store.read(lambda conn: find_request(conn, reference), brief=True)
            content = None if request is None else await self.content(request)
        except (StoreError, OSError) as error:
            raise NotStored(str(error)) from error
        return None if request is None or content is None else FetchedFile(request.name, content, MEDIA_TYPE)

    async def content(self, request: Request) -> bytes | None:
        """The workbook that was asked for; None when there is no such list any more."""
        async with self._one:
            now = self._clock.now()
            self._made = tuple(made for made in self._made if now - made.at < FRESH_FOR)
            for made in self._made:
                if made.request == request and made.at >= request.asked_at:  # what is older may have changed since
                    return made.content
            content = await self._make(request, now)
            if content is not None:
                self._made = (_Made(request, now, content), *self._made)[:KEPT]
            return content

    async def _make(self, request: Request, now: datetime) -> bytes | None:
        words = Words(request.language, ZoneInfo(request.zone), now)
        source = self._sources.get(request.source)
        if source is None:  # of another release
            return None
        listing = await self._store.read(lambda conn: source(conn, request, words))
        if listing is None:
            return None
        layout = self._layouts(words, request.scope.partner_ids is None)
        with TemporaryDirectory(prefix="parcelbridge-") as folder:
            path = Path(folder) / "list.xlsx"
            sheet, about = map(sheet_name, layout.sheets())
            with WorkbookWriter(path, layout.columns, sheet=sheet, zone=words.zone, now=now) as book:
                await self._fill(book, listing, layout)
                await asyncio.to_thread(book.finish, about, layout.about(listing, book.rows))
            return await asyncio.to_thread(path.read_bytes)

    async def _fill(self, book: WorkbookWriter, listing: Listing, layout: Layout) -> None:
        keys = listing.keys[:MAX_ROWS]
        for start in range(0, len(keys), PAGE):
            page = keys[start : start + PAGE]
            items = await self._store.read(partial(_page, listing, page))
            await asyncio.to_thread(_add, book, layout, items)


def _page(listing: Listing, keys: Sequence[Any], conn: Connection) -> Sequence[Item]:
    return listing.items(conn, keys)


def _add(book: WorkbookWriter, layout: Layout, items: Sequence[Item]) -> None:
    book.add(map(layout.row, items))
