"""Questions a second: signed callback, store of a million parcels, answer at a local sink; beside the bare floor."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.parts.load import CORP, ROBOT, SECRET, Driver, Result
from benchmarks.parts.world import fill

TOTAL, WARM_UP, ROUNDS = 6_400, 6_400, 3  # the warm-up meets everybody once: people are known afterwards
CONFIG = """
[store]
url = "sqlite+aiosqlite:///{store}"
[web]
port = {port}
[[partners]]
code = "cainiao"
name = "Cainiao"
[[adapters]]
name = "dingtalk"
type = "dingtalk"
mode = "http"
partner = "cainiao"
client_id = "{robot}"
client_secret = "{secret}"
robot_code = "{robot}"
corp_id = "{corp}"
monthly_messages = 10000000
oapi_base_url = "http://127.0.0.1:{sink}"
[logging]
level = "ERROR"
[security]
questions_per_minute = 1000000
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder)))


async def _run(folder: Path) -> None:
    store, config = folder / "store.db", folder / "config.toml"
    driver = Driver([])
    await driver.start_sink()
    ports = _free_port(), _free_port()
    values = {"store": store, "port": ports[0], "robot": ROBOT, "secret": SECRET, "corp": CORP}
    config.write_text(CONFIG.format(**values, sink=driver.sink_port))
    begun = time.perf_counter()
    ours = _start([sys.executable, "-m", "bot", "run", "--config", str(config)], ports[0])
    print(f"start of the service on an empty store: {time.perf_counter() - begun:.2f} s")
    print(f"idle memory: {psutil.Process(ours.pid).memory_info().rss / 2**20:.0f} MiB")
    _stop(ours)
    driver.numbers = fill(store)
    begun = time.perf_counter()
    ours = _start([sys.executable, "-m", "bot", "run", "--config", str(config)], ports[0])
    await driver.run(ports[0], 1, at_once=1)
    print(f"start to first reply with a million parcels: {time.perf_counter() - begun:.2f} s")
    floor = _start([sys.executable, "-m", "benchmarks.parts.floor", str(store), SECRET, str(ports[1])], ports[1])
    try:
        await driver.run(ports[0], WARM_UP)
        await driver.run(ports[1], WARM_UP)
        for _ in range(ROUNDS):
            _tell(await driver.run(ports[1], TOTAL), await driver.run(ports[0], TOTAL))
        print("a reply:", driver.result.sample.decode()[:300])
        print(f"memory under load: {psutil.Process(ours.pid).memory_info().rss / 2**20:.0f} MiB")
    finally:
        _stop(ours)
        _stop(floor)


def _tell(floor: Result, ours: Result) -> None:
    print(
        f"replies a second: floor {floor.per_second:.0f}, ours {ours.per_second:.0f}, "
        f"ratio {ours.per_second / floor.per_second:.2f}; p50 ours {ours.percentile(0.5) * 1e3:.0f} ms; "
        f"p99 floor {floor.percentile(0.99) * 1e3:.0f} ms, ours {ours.percentile(0.99) * 1e3:.0f} ms, "
        f"ratio {ours.percentile(0.99) / floor.percentile(0.99):.1f}"
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(command: list[str], port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command, env=os.environ)
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"{command[2]} stopped with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return process
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("it did not start")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(15)
