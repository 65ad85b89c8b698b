"""Run by hand: every fault against the whole suite, and which tests see it. Takes some minutes.

    python -m tests.testing_kit.mutations
"""

import sys
from collections import defaultdict
from pathlib import Path

import pytest

SOUND = "TestSound_"


class Recorder:
    """Counts what failed, by class."""

    def __init__(self) -> None:
        self.failed: defaultdict[str, set[str]] = defaultdict(set)
        self.passed: defaultdict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest for each phase of each test."""
        _, name, test = report.nodeid.split("::", 2)
        if report.failed:
            self.failed[name].add(test.partition("[")[0])
        elif report.when == "call":
            self.passed[name] += 1


def main() -> int:
    """0 when every fault was caught and the sound adapters passed."""
    seen = Recorder()
    module = str(Path(__file__).with_name("broken.py"))
    quiet = ["-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "--capture=fd", "-rN"]
    pytest.main([module, *quiet], plugins=[seen])
    from tests.testing_kit.faults import FAULTS  # not before pytest has begun, which wants to be the first

    sound = not any(failed for name, failed in seen.failed.items() if name.startswith(SOUND))
    passed = {name: tests for name, tests in seen.passed.items() if name.startswith(SOUND)}
    told = ", ".join(f"{name.removeprefix(SOUND)} {tests}" for name, tests in passed.items())
    sys.stdout.write(f"\nsound adapters: {'pass' if sound else 'FAIL'} ({told} tests)\n")
    missed = 0
    for number, fault in enumerate(FAULTS):
        by = sorted(seen.failed[f"TestFault{number}"])
        caught = fault.seen_by in by
        missed += not caught
        sys.stdout.write(f"{'caught' if caught else 'MISSED'}  {fault.name}: {len(by)} tests, {', '.join(by[:3])}\n")
    sys.stdout.write(f"{len(FAULTS) - missed} of {len(FAULTS)} faults caught\n")
    return 0 if sound and not missed else 1


if __name__ == "__main__":
    sys.exit(main())
