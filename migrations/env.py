"""Runs the migrations on the writing engine of the application that asks for them."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from stream.db import Base, is_sqlite, write_engine


def enforce(connection: Connection, on: bool) -> None:
    """SQLite changes a table by making it anew, and dropping the old one would delete whatever refers to its rows."""
    if is_sqlite(str(connection.engine.url)):
        driver: Any = connection.connection.driver_connection  # outside a transaction: inside, SQLite ignores it
        driver.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def check(ctx: Any, **_more: Any) -> None:
    """What refers to nothing undoes the migration that left it so."""
    if is_sqlite(str(ctx.connection.engine.url)):
        broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration would leave rows that refer to nothing: {broken[:5]}")


with write_engine().connect() as connection:
    enforce(connection, on=False)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        on_version_apply=check,
    )
    with context.begin_transaction():
        context.run_migrations()
    enforce(connection, on=True)
