"""Our own recorded event feed: one JSON object a line."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.store.schema import to_micros
from bot.tracking.ingest.objects import BadRow, read_object
from bot.tracking.ingest.rows import EventRow, Rejected

MAX_LINE = 2_000_000


def read_jsonl(
    path: Path, *, partner: str | None, source: str, now: datetime, partners: frozenset[str] | None = None
) -> Iterator[EventRow | Rejected]:
    """Rows of the file, one by one; a line that is no event becomes `Rejected`."""
    present = to_micros(now)
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MAX_LINE):
            number += 1
            if len(raw) >= MAX_LINE and not raw.endswith(b"\n"):
                while raw and not raw.endswith(b"\n"):
                    raw = file.readline(MAX_LINE)
                yield Rejected(number, f"the line has more than {MAX_LINE} bytes; no event does", "")
                continue
            if raw.strip():
                try:
                    yield read_object(
                        json.loads(raw), now=present, partner=partner, source=source, line=number, known=partners
                    )
                except BadRow as error:
                    yield _rejected(raw, number, str(error))
                except UnicodeDecodeError as error:
                    yield _rejected(raw, number, f"is not UTF-8 (byte {error.start}); save the file in UTF-8")
                except (ValueError, RecursionError):
                    yield _rejected(raw, number, "is not JSON; write one object a line")


def _rejected(raw: bytes, line: int, reason: str) -> Rejected:
    return Rejected(line, reason, raw[:2_000].decode("utf-8", "replace").strip())
