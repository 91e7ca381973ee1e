"""SQL that every request needs, without the layers above the driver; and what SQLite's errors mean."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError


def run(connection: Connection, statement: str, *rows: Mapping[str, Any]) -> list[Any]:
    """What a statement with `:name`s finds, or nothing; with several `rows`, it is run for each.

    For what every act does. On SQLite it goes straight to the driver: the layers above take ten times as long.
    """
    if connection.dialect.name != "sqlite":
        result = connection.execute(text(statement), list(rows) if len(rows) > 1 else dict(*rows))
        return list(result) if result.returns_rows else []
    driver: Any = connection.connection.driver_connection
    try:
        if len(rows) > 1:
            return list(driver.executemany(statement, rows))
        found: list[Any] = driver.execute(statement, *rows).fetchall()
        return found
    except sqlite3.Error as error:
        raise _as_sqlalchemy_has_it(error, statement, connection) from error


def _as_sqlalchemy_has_it(error: sqlite3.Error, statement: str, connection: Connection) -> BaseException:
    return DBAPIError.instance(
        statement, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
    )  # fmt: skip


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that the file itself is damaged, or no database at all."""
    return type(getattr(error, "orig", error)) is sqlite3.DatabaseError  # its subclasses are about something else


def is_locked(error: Exception) -> bool:
    """Whether SQLite says that somebody else has written for longer than anybody waits."""
    return "database is locked" in str(getattr(error, "orig", error))
