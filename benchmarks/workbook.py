"""A workbook of 5,000 parcels out of a store of 100,000, and one of 12,000, beside a bare writer of the same cells."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks.parts.channel import in_turn, made
from benchmarks.parts.memory import peak_of
from benchmarks.parts.world import fill
from bot.app import make_workbooks
from bot.clock import MovableClock, SystemClock
from bot.delays import Standards
from bot.people import EVERYTHING
from bot.people.tables import partner
from bot.workbook import Request
from bot.workbook.making import FRESH_FOR, Workbooks

STORED, LISTS, ROUNDS = 100_000, (5_000, 12_000), 5
_TICK = 0.001


def main() -> None:
    in_turn(_measured)


async def _measured(folder: Path) -> None:
    store = await made(f"sqlite+aiosqlite:///{folder / 'bench.db'}")
    values = {"code": "cainiao", "name": "c", "language": "zh-Hans", "time_zone": "Asia/Shanghai", "calendar": "CN"}
    await store.write(lambda conn: conn.execute(partner.insert().values(values)))
    numbers = fill(folder / "bench.db", count=STORED)
    clock = MovableClock(SystemClock().now())
    maker = make_workbooks(store, clock, Standards())
    await _one(maker, clock, numbers[:200])  # what is made once for all is made
    for count in LISTS:
        before, times, bare, lags = peak_of(), [], [], []
        content = b""
        for _ in range(ROUNDS):
            seconds, lag, content = await _one(maker, clock, numbers[:count])
            times.append(seconds)
            lags.append(lag)
        grown = peak_of() - before
        rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
        bare = [_bare(rows) for _ in range(ROUNDS)]
        print(f"{count:,} parcels: {median(times):.2f} s, {len(content) / 1e6:.2f} MB, {len(rows[0])} columns; bare "
              f"writer of the same cells {median(bare):.2f} s, ratio {median(times) / median(bare):.2f}; "
              f"memory at the most {grown:+.0f} MiB; event loop late by at most {max(lags) * 1e3:.0f} ms")
    await store.close()


async def _one(maker: Workbooks, clock: MovableClock, numbers: Sequence[str]) -> tuple[float, float, bytes]:
    """Seconds, the worst lateness of the event loop meanwhile, the file."""
    clock.advance(2 * FRESH_FOR)
    request = Request(source="numbers", asked={"numbers": list(numbers)}, scope=EVERYTHING, language="zh-Hans",
                      zone="Asia/Shanghai", name="list.xlsx", asked_at=clock.now())  # fmt: skip
    begun = time.perf_counter()
    content, lag = await _watched(lambda: maker.content(request))
    assert content is not None
    return time.perf_counter() - begun, lag, content


async def _watched(make: Callable[[], Awaitable[bytes | None]]) -> tuple[bytes | None, float]:
    worst = 0.0

    async def tick() -> None:
        nonlocal worst
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK)
            worst = max(worst, time.perf_counter() - before - _TICK)

    ticking = asyncio.ensure_future(tick())
    try:
        return await make(), worst
    finally:
        ticking.cancel()


def _bare(rows: Sequence[Sequence[Any]]) -> float:
    """The same cells through the library alone, without looking anything up."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(f"{folder}/bare.xlsx", {"constant_memory": True, "tmpdir": folder})
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(at, place, cell)
                elif isinstance(cell, float | int):
                    sheet.write_number(at, place, cell)
                else:
                    sheet.write_datetime(at, place, cell, day)
        book.close()
    return time.perf_counter() - begun
