"""SQL that every request needs, without the layers above the driver; and what SQLite's errors mean."""

import sqlite3
from collections import namedtuple
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, text
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


class Prepared:
    """A query of SQLAlchemy's that is put together once, with `bindparam`s for what changes.

    For what many pages ask: putting it together anew takes ten times as long as what SQLite does. Values come as the
    driver has them, without SQLAlchemy's types.
    """

    def __init__(self, query: Select[Any]) -> None:
        self._query = query
        self._row: Any = namedtuple("Row", query.selected_columns.keys())  # type: ignore[misc]
        self._compiled: Any = None

    def rows(self, connection: Connection, **values: Any) -> list[Any]:
        """What it finds for these values, with the names of its columns."""
        if connection.dialect.name != "sqlite":
            return list(connection.execute(self._query, values))
        compiled = self._compiled or self._compile(connection)
        given = {**compiled.params, **values}
        driver: Any = connection.connection.driver_connection
        try:
            found = driver.execute(compiled.string, [given[name] for name in compiled.positiontup]).fetchall()
        except sqlite3.Error as error:
            raise _as_sqlalchemy_has_it(error, compiled.string, connection) from error
        return list(map(self._row._make, found))

    def _compile(self, connection: Connection) -> Any:
        self._compiled = self._query.compile(dialect=connection.dialect)
        return self._compiled


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
