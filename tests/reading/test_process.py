"""The process that reads: it may die, hang or be stopped, and the next file is read all the same."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from zxingcpp import BarcodeFormat

from bot.reading.model import Limits, Trouble
from bot.reading.process import ReadingProcess
from tests.reading.makers import encoded, photo, workbook

LABEL = encoded(photo(("RB123456785GB", BarcodeFormat.Code128), size=(1000, 700), scale=3))
HUNGRY = (Path(__file__).parent / "data" / "hungry.xls").read_bytes()
"""Found by changing bytes of a good file at random: it claims a directory of gigabytes."""
LIST = workbook([["单号"], ["LX123456785CN"]])


@pytest.fixture
async def process() -> AsyncIterator[ReadingProcess]:
    made = ReadingProcess(Limits(max_seconds=10))
    yield made
    await made.close()


def pid(process: ReadingProcess) -> int:
    assert process.pid is not None
    return process.pid


async def test_files_of_every_kind_are_read_one_after_the_other(process: ReadingProcess) -> None:
    label, table, other = await asyncio.gather(*map(process.read, (LABEL, LIST, b"%PDF-1.7\n\x00")))
    assert label.codes[0].numbers == ("RB123456785GB",)
    assert table.sheets[0].columns[0].numbers == ("LX123456785CN",)
    assert other.trouble is Trouble.OTHER_KIND


async def test_a_process_that_died_is_replaced(process: ReadingProcess) -> None:
    await process.read(LIST)
    os.kill(pid(process), signal.SIGKILL)
    first = await process.read(LIST)
    assert first.trouble in (None, Trouble.DIED)  # the news of its death may come after the file
    assert (await process.read(LIST)).trouble is None


async def test_a_file_that_makes_the_library_ask_for_all_memory_there_is_ends_its_process_alone(
    process: ReadingProcess,
) -> None:
    assert (await process.read(HUNGRY)).trouble is Trouble.DIED
    assert (await process.read(LIST)).trouble is None


async def test_a_process_that_hangs_is_ended() -> None:
    process = ReadingProcess(Limits(max_seconds=1))
    await process.read(LIST)
    hanging = pid(process)
    os.kill(hanging, signal.SIGSTOP)
    assert (await process.read(LIST)).trouble is Trouble.DIED
    with pytest.raises(ProcessLookupError):
        os.kill(hanging, 0)
    assert (await process.read(LIST)).trouble is None
    await process.close()


async def test_who_stops_waiting_leaves_no_answer_behind(process: ReadingProcess) -> None:
    await process.read(LIST)
    task = asyncio.create_task(process.read(LABEL))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await process.read(LIST)).sheets[0].columns[0].numbers == ("LX123456785CN",)


async def test_our_secrets_are_not_where_strange_files_are_opened(
    process: ReadingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARCELBRIDGE__ADAPTERS__DINGTALK__CLIENT_SECRET", "geheim")
    await process.read(LIST)
    with open(f"/proc/{pid(process)}/environ", "rb") as file:  # noqa: PTH123 - not a path of ours
        assert b"geheim" not in file.read()
