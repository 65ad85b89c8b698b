"""What understanding a message costs beside a plain regular-expression scan of the same text, and how it grows."""

import json
import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.understanding import Turn, reading, understand

MESSAGES = Path(__file__).parents[1] / "tests" / "understanding" / "data"
FILES = ("dev.jsonl", "own.jsonl", "tuning.jsonl", "voices.jsonl")
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
SCAN = re.compile(
    r"[A-Z]{2}[0-9]{9}[A-Z]{2}|LP[0-9]{14}|3S[A-Z]{4}[0-9]{9}|323[0-9]{21}|[0-9]{3}-?[0-9]{8}"
    r"|在哪|到哪|状态|轨迹|什么时候|预计|为什么|延误|订阅|取消|静音|收到|工单|人工|破损|丢|签收|发票|模板|英文|帮助|你好|谢谢"
    r"|where|status|history|when|eta|why|late|delay|subscribe|stop|mute|noted|case|agent|damaged|lost|pod|invoice",
    re.IGNORECASE,
)
"""The floor: numbers and one word for each intent, in one pass."""
ROUNDS = 3
MEDIAN_MS, P99_MS = 1.0, 5.0
SIZES = (25_000, 50_000, 100_000)
GROWTH = 8.0
"""Four times the text may take so much longer: 4 is linear, 16 quadratic, the rest is room for a busy machine."""
WORST = {
    "one letter": "a",
    "digits": "1",
    "blanks and digits": "1 ",
    "Chinese": "在哪里",
    "words": "where is it ",
    "numbers": "LX123456785CN ",
    "mistyped numbers": "LX123456789CN,",
    "waybills in groups": "157-1234 5675 ",
    "opening brackets": "((((",
    "spoken digits": "一二三四 ",
    "spoken English digits": "one two double ",
    "homophones": "包果再那里",
    "line ends": "\n \n",
    "mentions": "@a @b ",
    "joined emoji": "\U0001f468\u200d",
    "combining marks": "e\u0301\u0323",
}


def main() -> None:
    """Print the figures."""
    items = [json.loads(line) for name in FILES for line in (MESSAGES / name).read_text("utf-8").splitlines()]
    inputs = [(i["text"], [Turn(t["role"], t["text"]) for t in i.get("context", ())]) for i in items]
    for text, context in inputs:  # what a running service has met before: words corrected, not whole messages
        understand(text, context=context, now=NOW)
    _told([_best(partial(_fresh, *one)) for one in inputs], [_best(partial(SCAN.findall, text)) for text, _ in inputs])
    for name, unit in WORST.items():
        _grown(name, unit)


def _fresh(text: str, context: list[Turn]) -> None:
    reading.forget()
    understand(text, context=context, now=NOW)


def _grown(name: str, unit: str) -> None:
    times = [_best(partial(understand, unit * (size // len(unit)), now=NOW)) for size in SIZES]
    growth = times[-1] / times[0]
    shown = ", ".join(f"{size // 1000}k {took * 1000:.1f} ms" for size, took in zip(SIZES, times, strict=True))
    judged = "" if growth < GROWTH else "  NOT LINEAR"
    print(f"{name:<22} {shown}; x{growth:.1f} for four times the text{judged}")


def _best(call: Callable[[], object]) -> float:
    """The best of some rounds: what the call costs, not what the neighbours on the machine cost."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return min(times)


def _ms(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1] * 1000


def _told(ours: list[float], floor: list[float]) -> None:
    print(f"{len(ours)} messages, none of them known")
    for percent in (50, 90, 99):
        mine, scan = _ms(ours, percent), _ms(floor, percent)
        print(f"  {percent} in 100 within {mine:.3f} ms; scan {scan:.4f} ms; ratio {mine / scan:.0f}")
    held = _ms(ours, 50) < MEDIAN_MS and _ms(ours, 99) < P99_MS
    print(f"  slowest {max(ours) * 1000:.2f} ms")
    print(f"  median under {MEDIAN_MS:g} ms and 99 in 100 under {P99_MS:g} ms: {'yes' if held else 'NO'}")


if __name__ == "__main__":
    main()
