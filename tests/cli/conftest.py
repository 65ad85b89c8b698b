"""Commands run as a user runs them, in a folder with a configuration; what is printed and how they end."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from bot.cli import main

CONFIG = """
[[partners]]
code = "CAINIAO"
name = "菜鸟"
[[partners]]
code = "JITU"
name = "集途"
[[adapters]]
name = "local"
type = "local"
[[contacts]]
name = "李娜"
partner = "CAINIAO"
addresses = { local = "lina" }
[[contacts]]
name = "Ops"
role = "operator"
addresses = { local = "ops" }
"""
FEED = """\
{"tracking_number": "LX123456785CN", "partner": "CAINIAO", "lane": "HGH-air-LGG-BE", "milestone": "COLLECTED", \
"occurred_at": "2026-11-20T10:00:00+08:00", "reported_at": "2026-11-20T10:05:00+08:00", "location": "Hangzhou"}
{"tracking_number": "LX987654326CN", "partner": "JITU", "lane": "HGH-air-LGG-BE", "milestone": "COLLECTED", \
"occurred_at": "2026-11-20T10:00:00+08:00", "reported_at": "2026-11-20T10:05:00+08:00", "location": "Ningbo"}
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """What went wrong: exactly one line."""
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.strip()


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `parcelbridge` with arguments in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PARCELBRIDGE_CONFIG", raising=False)
    Path("config.toml").write_text(CONFIG, encoding="utf-8")

    def call(*arguments: str, stdin: str = "") -> Ended:
        monkeypatch.setattr(sys, "argv", ["parcelbridge", *arguments])
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def loaded(run: Run, tmp_path: Path) -> Run:
    """The same with one parcel of each partner loaded."""
    (tmp_path / "feed.jsonl").write_text(FEED, encoding="utf-8")
    assert run("ingest", "feed.jsonl").code == 0
    return run
