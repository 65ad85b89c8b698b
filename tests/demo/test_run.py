"""Starting a demo: never at the cost of one that is running, and never in need of an administrator."""

from functools import partial
from pathlib import Path

import pytest

from bot.demo.run import Demo
from bot.settings import load_settings
from bot.store import ServiceRunning, open_store
from bot.store.lock import ServiceLock
from bot.store.migrate import schema_status
from tests.store.test_migrations import to


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


async def test_the_world_of_an_older_program_gets_the_tables_of_this_one(tmp_path: Path) -> None:
    demo = Demo(tmp_path, port=8080, fresh=True)
    store = open_store(f"sqlite+aiosqlite:///{tmp_path}/parcelbridge.db")
    await store.write(partial(to, "0008"))
    await demo.bring_up()
    assert (await schema_status(store)).is_current
    await store.close()
