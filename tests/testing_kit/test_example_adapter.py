"""The example of the documentation: built as its own distribution, installed, found, tested. Nothing is fetched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "how-to" / "write-an-adapter"
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
CONFIG = """
[[adapters]]
name = "team-chat"
type = "webhook"
post_url = "https://chat.example/messages"
token = "a-token"
signing_secret = "a-secret"
"""


def python(*arguments: str, cwd: Path, site: Path | None = None) -> str:
    """Run this interpreter, with what was installed into `site`; its output."""
    environment = dict(os.environ) | ({"PYTHONPATH": str(site)} if site else {})
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example installed in it, from its wheel."""
    folder = tmp_path_factory.mktemp("example")
    source = folder / "source"
    shutil.copytree(EXAMPLE, source)  # building leaves nothing in the checkout
    offline = ("--no-deps", "--no-index")
    python(*PIP, "wheel", *offline, "--no-build-isolation", "--wheel-dir", str(folder), str(source), cwd=folder)
    (wheel,) = folder.glob("parcelbridge_webhook-*.whl")
    python(*PIP, "install", *offline, "--target", str(folder / "site"), str(wheel), cwd=folder)
    return folder / "site"


def test_it_is_found_through_its_entry_point(site: Path, tmp_path: Path) -> None:
    listed = python("-m", "bot", "adapters", cwd=tmp_path, site=site)
    assert "webhook\tparcelbridge-webhook 0.1.0\tany chat that speaks plain JSON" in listed
    assert "dingtalk\t" in listed


def test_an_entry_of_its_type_can_be_configured(site: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    told = python("-m", "bot", "check-config", "config.toml", cwd=tmp_path, site=site)
    assert "adapter team-chat (webhook): ready" in told
    assert "a-secret" not in told


def test_its_own_tests_pass_with_the_shipped_suite(site: Path, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")
    shutil.copy(EXAMPLE / "pyproject.toml", tmp_path)
    quiet = ("-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'bt'}")
    told = python("-m", "pytest", *quiet, cwd=tmp_path, site=site)
    assert " passed" in told
    assert "skipped" not in told
