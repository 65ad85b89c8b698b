"""What a demo remembers between two starts: when its world was made, and how far its clock is ahead."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

FRESH_FOR = timedelta(hours=8)
"""An older world is made anew: its parcels would all have arrived."""
_NAME = "demo.json"


@dataclass(frozen=True, slots=True)
class DemoState:
    """Kept as JSON beside the database."""

    seeded_at: datetime
    ahead: timedelta

    def is_fresh(self, now: datetime) -> bool:
        """Whether the world is still worth looking at."""
        return timedelta(0) <= now - self.seeded_at < FRESH_FOR

    def save(self, folder: Path) -> None:
        """Write it down."""
        text = json.dumps({"seeded_at": self.seeded_at.isoformat(), "ahead_seconds": self.ahead.total_seconds()})
        (folder / _NAME).write_text(text, encoding="utf-8")


def load_state(folder: Path) -> DemoState | None:
    """The state of an earlier run; None when there is none that can be read."""
    try:
        raw = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        return DemoState(datetime.fromisoformat(raw["seeded_at"]), timedelta(seconds=raw["ahead_seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
