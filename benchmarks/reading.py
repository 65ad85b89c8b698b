"""A list of 5,000 numbers and a photo of 12 megapixels: read beside the bare libraries, and answered by a service.

The answer to the list includes its workbook. Memory is the most the process held: the reading one's, and the service's.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from statistics import median

import openpyxl
import zxingcpp
from PIL import Image
from python_calamine import load_workbook

from benchmarks.parts.memory import peak_of
from benchmarks.parts.world import fill
from bot.app import Service
from bot.contracts import ChatAdapter, ChatFile
from bot.reading.model import Limits
from bot.reading.process import ReadingProcess
from bot.settings.load import check_settings
from bot.store import open_store
from bot.store.migrate import upgrade

ROWS, PARCELS, ROUNDS = 5_000, 50_000, 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measured(Path(folder)))


async def _measured(folder: Path) -> None:
    url = f"sqlite+aiosqlite:///{folder / 'world.db'}"
    raw = {
        "store": {"url": url}, "web": {"port": 0}, "partners": [{"code": "cainiao", "name": "Cainiao"}],
        "adapters": [{"name": "local", "type": "local"}],
        "contacts": [{"name": "Li Na", "partner": "cainiao", "addresses": {"local": "lina"}}],
    }
    store = open_store(url)
    await upgrade(store)
    await store.close()
    service = Service(check_settings(raw, "benchmark"))
    await service.start()
    names = fill(folder / "world.db", count=PARCELS)[:ROWS]
    sheet, label = _sheet(names), _label(names[0])
    await _answered(service, ChatFile("list.xlsx", sheet))
    await service.stop()
    await _read("list", sheet, _bare_list)
    await _read("photo", label, _bare_photo)


async def _read(what: str, content: bytes, bare: Callable[[bytes], object]) -> None:
    process = ReadingProcess(Limits())
    await process.read(content)  # it is up
    floor = [await _timed(lambda: asyncio.to_thread(bare, content)) for _ in range(ROUNDS)]
    ours = [await _timed(lambda: process.read(content)) for _ in range(ROUNDS)]
    peak = peak_of(process.pid)
    await process.close()
    times = median(one / other for one, other in zip(ours, floor, strict=True))
    print(f"{what}: bare library {median(floor):.3f} s, reading process {median(ours):.3f} s: {times:.1f} x; "
          f"it held {peak:.0f} MiB at the most")


async def _answered(service: Service, file: ChatFile) -> None:
    chat = service.rooms.adapters["local"]
    assert isinstance(chat, ChatAdapter)

    async def ask() -> None:
        exchange = await chat.ask("lina", "", (file,), wait_seconds=60)
        (card,) = exchange.replies[0].cards
        assert len(card.files) == 1
        assert f"{ROWS:,}" in card.title

    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the most it held is counted anew
    before, busy = peak_of(), time.process_time()
    first = await _timed(ask)
    busy = time.process_time() - busy
    print(f"{ROWS:,} numbers answered, with the workbook: {first:.2f} s, {busy:.2f} s of them the service's processor; "
          f"memory at the most {peak_of() - before:+.0f} MiB; the same again {await _timed(ask):.2f} s")


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


def _bare_list(content: bytes) -> object:
    return {row[1] for row in load_workbook(BytesIO(content)).get_sheet_by_index(0).iter_rows()}


def _bare_photo(content: bytes) -> object:
    return zxingcpp.read_barcodes(Image.open(BytesIO(content)).convert("L"))


def _sheet(numbers: list[str]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("发货")
    page.append(["订单号", "运单号", *(f"列 {at}" for at in range(8))])
    for at, number in enumerate(numbers):
        page.append([f"20261124{at:06d}", number, "比利时", 0.5, at, "Liège", "普货", "", "CN", at % 7])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _label(number: str) -> bytes:
    image = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.Code128), scale=5)
    height, width = image.shape
    code = Image.frombytes("L", (width, height), bytes(memoryview(image))).resize((width, 300))  # type: ignore[arg-type]
    photo = Image.effect_noise((4000, 3000), 20).point(lambda level: 150 + level // 2)
    photo.paste(code, (900, 1200))
    buffer = BytesIO()
    photo.rotate(8, Image.Resampling.BICUBIC, fillcolor=200).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
