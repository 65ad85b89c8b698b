"""Alembic's entry: runs migrations on the connection it is handed, inside that connection's transaction."""

from alembic import context
from sqlalchemy import Connection

from bot.store.schema import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()


_run(context.config.attributes["connection"])
