"""Starting a demo: never at the cost of one that is running."""

from pathlib import Path

import pytest

from bot.demo.run import Demo
from bot.settings import load_settings
from bot.store import ServiceRunning
from bot.store.lock import ServiceLock


def test_a_demo_that_runs_keeps_its_world(tmp_path: Path) -> None:
    first = Demo(tmp_path, port=8080, fresh=True)
    assert first.seeding
    running = ServiceLock(tmp_path / "parcelbridge.db")
    running.acquire()
    (tmp_path / "parcelbridge.db").write_bytes(b"a world")
    with pytest.raises(ServiceRunning):
        Demo(tmp_path, port=8081, fresh=True)
    running.release()
    assert (tmp_path / "parcelbridge.db").read_bytes() == b"a world"
    assert "port = 8080" in (tmp_path / "config.toml").read_text(encoding="utf-8")


def test_the_configuration_it_writes_can_be_used_by_other_commands(tmp_path: Path) -> None:
    Demo(tmp_path, port=8080, fresh=True)
    settings = load_settings(tmp_path / "config.toml", {})
    assert [partner.code for partner in settings.partners] == ["cainiao", "jitu"]
