"""Migrations: bring the tables to this program's revision, or say plainly why not."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.store.base import Store
from bot.store.errors import SchemaMismatch

_SCRIPTS = Path(__file__).with_name("migrations")
_TABLE = "alembic_version"


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
            command.upgrade(_config(conn), "head")
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
    scripts = ScriptDirectory(str(_SCRIPTS))
    head = scripts.get_current_head() or ""
    if not inspect(conn).has_table(_TABLE):
        return SchemaStatus(current=None, head=head, known=True)
    current = MigrationContext.configure(conn).get_current_revision()
    known = current is None or any(revision.revision == current for revision in scripts.walk_revisions())
    return SchemaStatus(current=current, head=head, known=known)


def _config(conn: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = conn
    return config
