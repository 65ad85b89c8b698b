"""The suite sees what it is for: a sound adapter passes each test, one with a seeded fault does not."""

import inspect
from typing import Any

import pytest

from bot.testing.conformance import AdapterContract, Stage
from bot.testing.contract.payloads import Spoiling
from tests.testing_kit.broken import staged
from tests.testing_kit.faults import FAULTS, Fault

SPOILT = [Spoiling(kind, step / 25, None, b"{") for kind in ("value", "drop") for step in range(25)]


async def run(stage: Stage, fault: Fault, **fixtures: Any) -> None:
    """The test of the suite that is to see the fault."""
    test = getattr(AdapterContract(), fault.seen_by)
    generated = getattr(getattr(AdapterContract, fault.seen_by), "hypothesis", None)
    body = generated.inner_test if generated else test
    wanted = {name: value for name, value in fixtures.items() if name in inspect.signature(body).parameters}
    if generated is None:
        await test(stage, **wanted, **fault.case)
        return
    for spoiling in SPOILT:
        await body(AdapterContract(), stage=stage, spoiling=spoiling, **wanted)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_sound_adapter_passes_and_a_broken_one_does_not(
    fault: Fault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(fault.platform) as stage:
        await run(stage, fault, caplog=caplog)
    caplog.clear()
    async with staged(fault.platform) as stage:
        with monkeypatch.context() as patch:
            fault.seed(stage, patch)
            with pytest.raises((AssertionError, ValueError, LookupError, AttributeError, TypeError, TimeoutError)):
                await run(stage, fault, caplog=caplog)
