"""The database: reads on read-only connections, and every write of the process through `write`.

On SQLite all writes go through one `GroupWriter`. On PostgreSQL the same function opens a transaction. Nothing here
knows a table.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.orm import DeclarativeBase

from stream.commit import Commit
from stream.group_writer import GroupWriter
from stream.sqlite_connections import READER_STATEMENTS, Readers, prepare_reader

T = TypeVar("T")

AWAITED = "stream.awaited"  # in a request's environment: the commit before which its server sends no answer


class Base(DeclarativeBase):
    """Parent of all tables."""


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def write(work: Callable[[Connection], T]) -> T:
    """Run `work` in a transaction and return its result once that is on disk.

    What `work` raises is raised here, and nothing it did stays. `work` must be short and must not call `write`.
    """
    writer: GroupWriter | PlainWriter = current_app.extensions["stream.writer"]
    return writer.write(work)


def write_before_answer(work: Callable[[Connection], T]) -> T:
    """Run `work` in a transaction and return its result; the answer to this request is sent once that is on disk.

    Meanwhile the thread is free. As `write`, but what is done with the result before the answer must need no undoing:
    if the disk refuses, the server asks the application for the same answer once more, and then this waits.
    """
    writer: GroupWriter | PlainWriter = current_app.extensions["stream.writer"]
    awaited: list[Commit] | None = request.environ.get(AWAITED)
    if awaited is None or awaited or isinstance(writer, PlainWriter):
        return writer.write(work)
    result, commit = writer.write_soon(work)
    awaited.append(commit)
    return result


def forget_log() -> None:
    """Empty the log of a SQLite file, in which what was deleted just now can still be read.

    Where somebody still reads or writes, the writer does it in its next pause.
    """
    writer = current_app.extensions["stream.writer"]
    if isinstance(writer, GroupWriter):
        writer.log_emptier.empty_log()


def insert_once(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one with the same unique key is there; whether it was inserted."""
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")  # only the one that is loaded already
    statement = dialect.insert(table).values(values).on_conflict_do_nothing()
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount == 1


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for reading. SQLite refuses writes on it."""
    with db.engine.connect() as connection:
        yield connection


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection for reading whose answers are all of one moment, however long it takes and whoever writes."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")  # the driver begins none of its own to read
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def values() -> "Values | PooledValues":
    """Where single values are read that every request asks for; usable after the request, too."""
    found: Values | PooledValues = current_app.extensions["stream.values"]
    return found


class PooledValues:
    """Single rows of a server database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, query: str, key: str) -> Any:
        """The first value that `query` finds for its `:key`, or None."""
        found = self.row(query, key=key)
        return None if found is None else found[0]

    def row(self, query: str, **values: str) -> Sequence[Any] | None:
        """The first row that `query` finds for its `:name`s."""
        return next(iter(self.rows(query, **values)), None)

    def rows(self, query: str, **values: str) -> Sequence[Sequence[Any]]:
        """All rows that `query` finds for its `:name`s."""
        with self._engine.connect() as connection:
            return connection.execute(text(query), values).all()


class Values:
    """Single rows of a SQLite file, on the connections of its engine, without the layers above the driver."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, query: str, key: str) -> Any:
        """The first value that `query` finds for its `:key`, or None."""
        found = self.row(query, key=key)
        return None if found is None else found[0]

    def row(self, query: str, **values: str) -> Sequence[Any] | None:
        """The first row that `query` finds for its `:name`s."""
        readers: Any = self._engine.pool
        entry = readers.take()
        try:
            found: Sequence[Any] | None = entry.dbapi_connection.execute(query, values).fetchone()
            return found
        finally:
            readers.give_back(entry)

    def rows(self, query: str, **values: str) -> Sequence[Sequence[Any]]:
        """All rows that `query` finds for its `:name`s."""
        readers: Any = self._engine.pool
        entry = readers.take()
        try:
            found: Sequence[Sequence[Any]] = entry.dbapi_connection.execute(query, values).fetchall()
            return found
        finally:
            readers.give_back(entry)


def init_app(app: Flask) -> None:
    """Bind the database to `app`: a reading engine (Flask-SQLAlchemy's) and a writer of its own."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if is_sqlite(url):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] |= {
            "poolclass": Readers,
            "connect_args": {"cached_statements": READER_STATEMENTS},
        }
    db.init_app(app)
    with app.app_context():
        if is_sqlite(url):
            event.listen(db.engine, "connect", prepare_reader)
        app.extensions["stream.values"] = Values(db.engine) if is_sqlite(url) else PooledValues(db.engine)
    app.extensions["stream.writer"] = GroupWriter(url) if is_sqlite(url) else PlainWriter(url)


def close(app: Flask) -> None:
    """Finish what is being written, and give all connections back."""
    for act in app.extensions.get("stream.closing", ()):
        act()
    writer: GroupWriter | PlainWriter = app.extensions["stream.writer"]
    writer.close()
    with app.app_context():
        db.engine.dispose()


def when_closing(app: Flask, act: Callable[[], None]) -> None:
    """Have `act` done when the databases are closed."""
    app.extensions.setdefault("stream.closing", []).append(act)


def is_sqlite(url: str) -> bool:
    """Whether the database is a SQLite file."""
    return url.startswith("sqlite")


def write_engine() -> Engine:
    """The engine that may write: for migrations and maintenance, never for requests."""
    writer: GroupWriter | PlainWriter = current_app.extensions["stream.writer"]
    return writer.engine


class PlainWriter:
    """Writes on a server database: one transaction for each piece of work."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, hide_parameters=True)

    def write(self, work: Callable[[Connection], T]) -> T:
        """See `write`."""
        with self.engine.begin() as connection:
            return work(connection)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
