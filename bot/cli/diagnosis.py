"""`doctor`: live checks, a line each; the first word says how it stands."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.main import EXIT_FAILED, app
from bot.cli.options import ConfigOption

if TYPE_CHECKING:
    from bot.doctor import Finding


@app.command("doctor")
def doctor(config: ConfigOption = None) -> None:
    """Check store, migrations, clock and each adapter's credentials and reachability. Changes nothing."""
    findings = asyncio.run(_examine(config))
    width = max(len(finding.about) for finding in findings)
    for finding in findings:
        fix = f"; {finding.fix}" if finding.fix else ""
        print(f"{finding.verdict:<6}  {finding.about:<{width}}  {finding.detail}{fix}")
    if any(finding.verdict == "FAILED" for finding in findings):
        raise SystemExit(EXIT_FAILED)


async def _examine(config: Path | None) -> "Sequence[Finding]":
    from bot.doctor import examine
    from bot.settings import load_settings
    from bot.settings.load import config_path

    return await examine(load_settings(config), str(config_path(config, os.environ)))
