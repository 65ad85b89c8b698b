"""Our own recorded event feed: one JSON object a line."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.store.schema import to_micros
from bot.tracking.ingest.objects import BadRow, read_object
from bot.tracking.ingest.rows import EventRow, Rejected

MAX_LINE = 2_000_000


def read_jsonl(path: Path, *, partner: str | None, source: str, now: datetime) -> Iterator[EventRow | Rejected]:
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
                yield _row(raw, number, partner=partner, source=source, now=present)


def _row(raw: bytes, line: int, *, partner: str | None, source: str, now: int) -> EventRow | Rejected:
    try:
        return read_object(json.loads(raw), now=now, partner=partner, source=source, line=line)
    except BadRow as error:
        reason = str(error)
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 (byte {error.start}); save the file in UTF-8"
    except (ValueError, RecursionError):
        reason = "is not JSON; write one object a line"
    return Rejected(line, reason, raw[:2_000].decode("utf-8", "replace").strip())
