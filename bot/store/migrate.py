"""Migrations: bring the tables to this program's revision, or say plainly why not.

Where the tables stand is read without Alembic, which is loaded only when there is something to do: a running service
has no use for its ten megabytes.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.store.base import Store
from bot.store.errors import SchemaMismatch

_SCRIPTS = Path(__file__).with_name("migrations")
_TABLE = "alembic_version"
_FIELD = re.compile(r"""^(revision|down_revision)(?:: [^=]+)? = ["']([^"']+)["']""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """Where the tables stand against this program."""

    current: str | None
    """Revision of the tables; None: there are none yet."""
    head: str
    """Revision of this program."""
    known: bool
    """False when the tables come from a newer program."""

    @property
    def is_current(self) -> bool:
        """True when nothing is to be done."""
        return self.current == self.head


async def schema_status(store: Store) -> SchemaStatus:
    """Where the tables stand; writes nothing."""
    return await store.read(_status)


async def upgrade(store: Store) -> SchemaStatus:
    """Create or upgrade the tables. Raises `SchemaMismatch` when they are newer than this program."""

    def unit(conn: Connection) -> SchemaStatus:
        before = _status(conn)
        _refuse_newer(before)
        if not before.is_current:
            _upgrade(conn)
        return before

    return await store.write(unit, patience=30.0)


async def require_current(store: Store) -> None:
    """Raise `SchemaMismatch`, naming the fix, unless the tables fit; empty databases get their tables."""
    status = await schema_status(store)
    _refuse_newer(status)
    if status.current is None:
        await upgrade(store)
    elif not status.is_current:
        raise SchemaMismatch(
            f"the tables are at revision {status.current}, this program needs {status.head}; "
            "run: parcelbridge db upgrade"
        )


def _refuse_newer(status: SchemaStatus) -> None:
    if not status.known:
        raise SchemaMismatch(
            f"the tables are at revision {status.current}, which this program (revision {status.head}) does not know; "
            "install the newer Parcelbridge that made them"
        )


def _status(conn: Connection) -> SchemaStatus:
    head, known = _revisions()
    if not inspect(conn).has_table(_TABLE):
        return SchemaStatus(current=None, head=head, known=True)
    current = conn.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar_one_or_none()  # noqa: S608 - a constant
    return SchemaStatus(current=current, head=head, known=current is None or current in known)


@cache
def _revisions() -> tuple[str, frozenset[str]]:
    """The newest revision of this program and all it knows, as the scripts name them."""
    names: dict[str, str | None] = {}
    for script in (_SCRIPTS / "versions").glob("*.py"):
        fields = dict(_FIELD.findall(script.read_text(encoding="utf-8")))
        names[fields["revision"]] = fields.get("down_revision")
    heads = names.keys() - set(names.values())
    if len(heads) != 1:
        raise LookupError(f"the migrations end in {sorted(heads)}; there must be one newest revision")
    return heads.pop(), frozenset(names)


def _upgrade(conn: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
