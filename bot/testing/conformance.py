"""The behaviour every adapter shares. Subclass `AdapterContract`, give it a stage with your adapter, run pytest.

    class TestMine(AdapterContract):
        @pytest.fixture
        async def stage(self) -> AsyncIterator[Stage]:
            async with RecordingHost(MovableClock(WHEN)) as host, MyFakePlatform() as platform:
                stage = MyStage(ADAPTER, config, host, platform)
                await stage.adapter.start(host)
                yield stage
                await stage.adapter.stop()

It needs pytest, pytest-asyncio (`asyncio_mode = "auto"`) and hypothesis. What a stage has to offer is in
`bot.testing.contract.stage`; `CallbackStage` is the shorter way for a platform that calls us.
"""

from typing import Any

import pytest

pytest.register_assert_rewrite("bot.testing.contract")

from bot.testing.contract.editing import Editing  # noqa: E402 - after the line above, so that failures show values
from bot.testing.contract.life import Life  # noqa: E402
from bot.testing.contract.payloads import Payloads  # noqa: E402
from bot.testing.contract.receiving import Receiving  # noqa: E402
from bot.testing.contract.samples import HUGE, ODD, PIECES, RICH  # noqa: E402
from bot.testing.contract.sending import Sending  # noqa: E402
from bot.testing.contract.stage import CallbackStage, Stage, Trouble, body_of  # noqa: E402
from bot.testing.contract.troubles import Troubles  # noqa: E402

__all__ = [
    "HUGE", "ODD", "PIECES", "RICH", "AdapterContract", "CallbackStage", "Stage", "Trouble", "body_of",
]  # fmt: skip


class AdapterContract(Receiving, Payloads, Sending, Editing, Troubles, Life):
    """Tests of one adapter. The fixture `stage` yields a `Stage` whose adapter is started."""

    @pytest.fixture
    async def stage(self) -> Any:
        """Your stage; override it."""
        raise NotImplementedError("override the fixture `stage`")
