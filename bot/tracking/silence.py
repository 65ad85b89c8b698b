"""Sources that have not been heard for much longer than they usually are silent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.store.schema import from_micros
from bot.tracking.lists import TEXTS, ListQuery
from bot.tracking.tables import source

USUAL_GAPS = 3
LEAST = timedelta(hours=2)
"""A source is called silent after three of its usual gaps, and never before two hours."""

_HEARD = ListQuery(TEXTS, lambda wanted: select(source.c.name, source.c.last_received_at).join_from(
    wanted, source, source.c.name == wanted.c.value))


@dataclass(frozen=True, slots=True)
class SilentSource:
    """A source from which something should have come."""

    name: str
    since: datetime
    """When it was last heard."""


def silent_sources(conn: Connection, now: datetime, usual_gaps: Mapping[str, float]) -> tuple[SilentSource, ...]:
    """Those of the sources (seconds between reports by name) that are silent, the longest first."""
    if not usual_gaps:
        return ()
    found = []
    for name, heard in _HEARD.all(conn, sorted(usual_gaps)):
        since = None if heard is None else from_micros(heard)
        if since is not None and now - since > max(USUAL_GAPS * timedelta(seconds=usual_gaps[name]), LEAST):
            found.append(SilentSource(name, since))
    return tuple(sorted(found, key=lambda one: one.since))
