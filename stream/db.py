"""The database: reads on read-only connections, and every write of the process through `write`.

On SQLite one writer thread makes all writes and commits what is waiting as a group, so that nobody waits for a lock
and one fsync serves many. On PostgreSQL the same function opens a transaction. Nothing here knows a table.
"""

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase

from stream.turns import Turn, Turns, has_wal_reset_bug

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Connection], Any]

BUSY_TIMEOUT_MS = 5_000
NEXT_LOOK_MS = 5  # SQLite sleeps ever longer, and through the moments in which a busy process lets go of the lock
STILL_BUSY_MS = 100  # once somebody waited in vain for a lock: all the others stand behind whoever waits
READER_CACHE_KB = 512  # of each reading connection, two for each thread; the system keeps the file in memory, too
GROUP_LIMIT = 64  # pieces of work in one commit
IDLE_SECONDS = 0.5  # without work for so long, the writer checkpoints
REFUSED_SECONDS = 60.0  # before it tries again where the disk refused
TURN = "stream.turn"  # of a writing connection, while it has one
CHECKPOINT_PAGES = 16_000  # 64 MB: the limit at which a commit checkpoints even without a pause


class Base(DeclarativeBase):
    """Parent of all tables."""


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def write(work: Callable[[Connection], T]) -> T:
    """Run `work` in a transaction and return its result once that is on disk.

    What `work` raises is raised here, and nothing it did stays. `work` must be short and must not call `write`.
    """
    writer: GroupWriter | PlainWriter = current_app.extensions["stream.writer"]
    return writer.write(work)


def forget_log() -> None:
    """Empty the log of a SQLite file, in which what was deleted just now can still be read.

    Where somebody still reads or writes, the writer does it in its next pause.
    """
    writer = current_app.extensions["stream.writer"]
    if isinstance(writer, GroupWriter):
        writer.empty_log()


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that the file itself is damaged, or no database at all."""
    return type(getattr(error, "orig", error)) is sqlite3.DatabaseError  # its subclasses are about something else


def is_locked(error: Exception) -> bool:
    """Whether SQLite says that somebody else has written for longer than anybody waits."""
    return "database is locked" in str(getattr(error, "orig", error))


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
        with self._engine.connect() as connection:
            return connection.execute(text(query), values).first()

    def close(self) -> None:
        """The engine is closed by whoever made it."""


class Values:
    """Single rows of a SQLite file: a connection for each thread, without the pool and the layers above it."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._mine = threading.local()
        self._all: list[sqlite3.Connection] = []

    def of(self, query: str, key: str) -> Any:
        """The first value that `query` finds for its `:key`, or None."""
        found = self.row(query, key=key)
        return None if found is None else found[0]

    def row(self, query: str, **values: str) -> Sequence[Any] | None:
        """The first row that `query` finds for its `:name`s."""
        connection: sqlite3.Connection = getattr(self._mine, "connection", None) or self._connected()
        found: Sequence[Any] | None = connection.execute(query, values).fetchone()
        return found

    def close(self) -> None:
        """Close every thread's connection."""
        while self._all:
            self._all.pop().close()
        self._mine = threading.local()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        _prepare_reader(connection, None)
        self._mine.connection = connection
        self._all.append(connection)
        return connection


def init_app(app: Flask) -> None:
    """Bind the database to `app`: a reading engine (Flask-SQLAlchemy's) and a writer of its own."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    db.init_app(app)
    with app.app_context():
        if is_sqlite(url):
            event.listen(db.engine, "connect", _prepare_reader)
        app.extensions["stream.values"] = (
            Values(url.removeprefix("sqlite:///")) if is_sqlite(url) else PooledValues(db.engine)
        )
    app.extensions["stream.writer"] = GroupWriter(url) if is_sqlite(url) else PlainWriter(url)


def close(app: Flask) -> None:
    """Finish what is being written, and give all connections back."""
    for act in app.extensions.get("stream.closing", ()):
        act()
    writer: GroupWriter | PlainWriter = app.extensions["stream.writer"]
    writer.close()
    app.extensions["stream.values"].close()
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


@dataclass(slots=True)
class _Piece:
    """Work that waits for the writer, and where its result goes."""

    work: Work
    done: "Future[Any]"


class GroupWriter:
    """One thread that owns the only writing connection to a SQLite file."""

    def __init__(self, url: str) -> None:
        patience = {"timeout": BUSY_TIMEOUT_MS / 1000}
        self.engine = create_engine(url, hide_parameters=True, connect_args=patience)
        event.listen(self.engine, "connect", _prepare_writer)
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "checkin", _give_turn_back)
        self._turns = Turns(url.removeprefix("sqlite:///")) if has_wal_reset_bug() else None
        self._is_locked = False  # by a stranger, when we tried last
        self._waiting: queue.SimpleQueue[_Piece | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def write(self, work: Callable[[Connection], T]) -> T:
        """See `write`."""
        self._ensure_running()
        done: Future[T] = Future()
        self._waiting.put(_Piece(work, done))
        return done.result()

    def close(self) -> None:
        """Finish what is waiting, then stop the thread."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            thread.join()
        self.engine.dispose()

    def _begin(self, connection: Connection) -> None:
        """Begin to write. Where a stranger holds the lock: wait once, then only a moment until it is free."""
        patience = (STILL_BUSY_MS if self._is_locked else BUSY_TIMEOUT_MS) / 1000
        deadline = time.monotonic() + patience
        raw: Any = connection.connection.driver_connection
        raw.execute(f"PRAGMA busy_timeout={NEXT_LOOK_MS}")
        self._is_locked = True
        self._take_turn(connection, patience)
        while True:
            try:
                run(connection, "BEGIN IMMEDIATE")
                break
            except OperationalError as error:
                if not is_locked(error) or time.monotonic() > deadline:
                    raise
        self._is_locked = False
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    def _take_turn(self, connection: Connection, patience: float) -> None:
        """Wait for the other writers, of this process and of others. The turn ends with the connection's work."""
        if self._turns is None or TURN in connection.info:  # one connection may begin again, as migrations do
            return
        turn = self._turns.take(patience)
        if turn is None:
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        connection.info[TURN] = turn

    def empty_log(self) -> float | None:
        """See `_empty_log`. Whoever writes just now goes first."""
        if self._turns is None:
            return _empty_log(self.engine)
        turn = self._turns.take(0)
        if turn is None:
            return IDLE_SECONDS
        try:
            return _empty_log(self.engine)
        finally:
            turn.give_back()

    def _ensure_running(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        pause: float | None = None  # after which to empty the log; None: it is empty
        while True:
            try:
                first = self._waiting.get(timeout=pause)
            except queue.Empty:
                pause = self.empty_log()
                continue
            if first is None:
                return
            group, stop = self._gather(first)
            self._commit(group)
            pause = IDLE_SECONDS
            if stop:
                return

    def _gather(self, first: _Piece) -> tuple[list[_Piece], bool]:
        """`first` and whatever else waits already; and whether the end was asked for meanwhile."""
        group = [first]
        while len(group) < GROUP_LIMIT:
            try:
                piece = self._waiting.get_nowait()
            except queue.Empty:
                break
            if piece is None:
                return group, True
            group.append(piece)
        return group, False

    def _commit(self, group: list[_Piece]) -> None:
        """Run the group in one transaction; nobody hears of success before the commit has returned."""
        answers: list[tuple[_Piece, Any]] = []
        failures: list[tuple[_Piece, Exception]] = []
        # alone, a piece of work needs no more than the transaction to be undone
        undoable = _savepoint if len(group) > 1 else nullcontext
        try:
            with self.engine.begin() as connection:
                for piece in group:
                    try:
                        with undoable(connection):
                            answers.append((piece, piece.work(connection)))
                    except Exception as error:
                        failures.append((piece, error))
                        if len(group) == 1:
                            raise
        except Exception as error:  # begin or commit failed (disk full, locked by a stranger): nobody's work stands
            answers, failures = [], [(piece, error) for piece in group]
        for piece, result in answers:
            piece.done.set_result(result)
        for piece, failure in failures:
            piece.done.set_exception(failure)


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    """What happens in the block, or nothing of it."""
    run(connection, "SAVEPOINT piece")
    try:
        yield
    except BaseException:
        run(connection, "ROLLBACK TO piece")
        run(connection, "RELEASE piece")
        raise
    run(connection, "RELEASE piece")


def _give_turn_back(_connection: Any, record: Any) -> None:
    turn: Turn | None = record.info.pop(TURN, None)
    if turn is not None:
        turn.give_back()


def _empty_log(engine: Engine) -> float | None:
    """Move the log into the file, so that no learner pays for it, and leave nothing in it.

    None once that is done, else the seconds after which to try again: the log is in use, or the disk does not take it.
    What is in the log is as safe there.
    """
    try:
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA busy_timeout=0")  # never make anybody wait for it
            busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    except (sqlite3.Error, SQLAlchemyError) as error:
        log.warning("the log of the database cannot be emptied now: %s", error)
        return REFUSED_SECONDS
    return IDLE_SECONDS if busy else None


def _prepare_reader(connection: Any, _record: Any) -> None:
    _common(connection)
    connection.execute("PRAGMA query_only=ON")
    connection.execute(f"PRAGMA cache_size=-{READER_CACHE_KB}")


def _prepare_writer(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own: see GroupWriter._begin
    _common(connection)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # an answered act survives a power cut; NORMAL loses the last ones
    connection.execute("PRAGMA secure_delete=ON")  # what members delete is not left in the file's free pages
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")


def _common(connection: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
