"""Every write of a process into a SQLite file, in groups: nobody waits for SQLite's lock, and one fsync serves many.

A group is one transaction. Whoever comes does their work in it, one after the other; the last one out, behind whom
nobody waits, commits for all (group commit: DeWitt and others, "Implementation Techniques for Main Memory Database
Systems", SIGMOD 1984). So a lone write pays for no other thread, and the slower the disk is, the more acts share its
answer. Whoever has better to do than to wait leaves the commit to a thread that does nothing else (`write_soon`).
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import OperationalError

from stream.commit import Commit
from stream.log_emptier import LogEmptier
from stream.sqlite_connections import BUSY_TIMEOUT_MS, prepare_writer, wait_for_lock
from stream.statements import is_locked, run
from stream.turns import Turn, Turns, has_wal_reset_bug

T = TypeVar("T")

NEXT_LOOK_MS = 5  # SQLite sleeps ever longer, and through the moments in which a busy process lets go of the lock
STILL_BUSY_MS = 100  # once somebody waited in vain for a lock: all the others stand behind whoever waits
GROUP_LIMIT = 64  # pieces of work in one commit
GROUP_SECONDS = 0.004  # after which whoever is at the desk commits: the thread that only commits gets no turn
ENDED = "the transaction has ended before its commit"
TURN = "stream.turn"  # of a writing connection, while it has one


class _Group:
    """Work in one transaction that has not ended."""

    __slots__ = ("begun_at", "commit", "connection", "size", "transaction")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.transaction = connection.begin()
        self.commit = Commit()
        self.size = 0  # pieces of work that stand
        self.begun_at = time.monotonic()

    @property
    def is_open(self) -> bool:
        """SQLite may end a transaction by itself, as when the disk is full (https://sqlite.org/lang_transaction.html):
        then nothing of the group stands, and what follows would be committed by itself."""
        driver: Any = self.connection.connection.driver_connection
        return bool(driver.in_transaction)


class GroupWriter:
    """The only way in which a process writes into a SQLite file."""

    def __init__(self, url: str) -> None:
        patience = {"timeout": BUSY_TIMEOUT_MS / 1000}
        # the connection that was given back last knows most of the file's pages
        self.engine = create_engine(url, hide_parameters=True, connect_args=patience, pool_use_lifo=True)
        event.listen(self.engine, "connect", prepare_writer)
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "checkin", _give_turn_back)
        self._turns = Turns(url.removeprefix("sqlite:///")) if has_wal_reset_bug() else None
        self.log_emptier = LogEmptier(self.engine, self._turns)
        self._is_locked = False  # by a stranger, when we tried last
        self._desk = threading.Lock()  # whoever has it uses the group's connection
        self._group: _Group | None = None
        self._working = 0  # the thread whose work is being done
        self._took = 0.0  # seconds of the last commit
        self._lock = threading.Lock()
        self._coming = 0  # threads at the desk and on the way to it
        self._is_asked = threading.Event()  # for a commit
        self._is_closing = False
        self._committer: threading.Thread | None = None

    def write(self, work: Callable[[Connection], T]) -> T:
        """See `stream.db.write`."""
        result, commit = self._join(work, waits=True)
        commit.wait()
        return result

    def write_soon(self, work: Callable[[Connection], T]) -> tuple[T, Commit]:
        """Do `work`: what it returns, and the commit without which nobody may hear of it."""
        return self._join(work, waits=False)

    def close(self) -> None:
        """Commit what is left, and stop emptying the log; nobody writes any more."""
        self._is_closing = True
        self._is_asked.set()
        if self._committer is not None:
            self._committer.join()
        with self._desk:
            self._commit()
        self.log_emptier.close()
        self.engine.dispose()

    def _join(self, work: Callable[[Connection], T], *, waits: bool) -> tuple[T, Commit]:
        """Do `work` in the group that is open, and have it committed if nobody else is coming."""
        if self._working == threading.get_ident():
            raise RuntimeError("work that is being written must not write")
        with self._lock:
            self._coming += 1
        try:
            with self._desk:
                try:
                    return self._done(work)
                finally:
                    if (waits and self._coming == 1) or self._is_due():
                        self._commit()
        finally:
            with self._lock:
                self._coming -= 1
                is_last = not self._coming
            if is_last and self._group is not None:
                self._is_asked.set()

    def _done(self, work: Callable[[Connection], T]) -> tuple[T, Commit]:
        """Do `work`, or nothing of it. Only at the desk."""
        group = self._group or self._begun()
        # the first piece of work needs no more than the transaction to be undone
        undoable = _savepoint if group.size else nullcontext
        self._working = threading.get_ident()
        try:
            with undoable(group.connection):
                result = work(group.connection)
            if not group.is_open:
                raise sqlite3.OperationalError(ENDED)
        except BaseException:
            if not group.size or not group.is_open:
                self._give_up()
            raise
        finally:
            self._working = 0
        group.size += 1
        return result, group.commit

    def _begun(self) -> _Group:
        self._start_committer()  # where no thread can be had, nothing has been done yet
        self.log_emptier.start()
        connection = self.engine.connect()
        try:
            self._group = _Group(connection)
        except BaseException:
            connection.close()
            raise
        return self._group

    def _give_up(self) -> None:
        """Nothing of the group stands. The others are told just that: whose fault it was is not theirs to hear."""
        group, self._group = self._group, None
        if group is not None:
            with suppress(Exception):
                group.connection.close()
            group.commit.settle(sqlite3.OperationalError(ENDED))

    def _commit(self) -> None:
        """End the group, if there is one. Only at the desk; nobody hears of success before the disk has it."""
        group, self._group = self._group, None
        if group is None:
            return
        failure: BaseException | None = None
        begun_at = time.monotonic()
        try:
            with group.connection, group.transaction:
                pass
        except BaseException as error:  # disk full, or the thread itself is stopped: nobody's work stands
            failure = error
        self._took = time.monotonic() - begun_at
        group.commit.settle(failure)
        self.log_emptier.note_write()

    def _is_due(self) -> bool:
        """Whether nobody else should join. Where the disk takes long, its thread has turns enough, and others have
        better to do than to wait for it."""
        if self._group is None:
            return False
        age = time.monotonic() - self._group.begun_at
        return self._group.size >= GROUP_LIMIT or age > max(GROUP_SECONDS, 3 * self._took)

    def _start_committer(self) -> None:
        """The thread that only commits."""
        if self._committer is None and not self._is_closing:
            committer = threading.Thread(target=self._commit_when_asked, name="commit", daemon=True)
            committer.start()
            self._committer = committer

    def _commit_when_asked(self) -> None:
        while not self._is_closing:
            self._is_asked.wait()
            self._is_asked.clear()
            with self._desk:
                self._commit()

    def _begin(self, connection: Connection) -> None:
        """Begin to write. Where a stranger holds the lock: wait once, then only a moment until it is free."""
        patience = (STILL_BUSY_MS if self._is_locked else BUSY_TIMEOUT_MS) / 1000
        deadline = time.monotonic() + patience
        raw: Any = connection.connection.driver_connection
        wait_for_lock(raw, NEXT_LOOK_MS)
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
        wait_for_lock(raw)

    def _take_turn(self, connection: Connection, patience: float) -> None:
        """Wait for the other writers, of this process and of others. The turn ends with the connection's work."""
        if self._turns is None or TURN in connection.info:  # one connection may begin again, as migrations do
            return
        turn = self._turns.take(patience)
        if turn is None:
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        connection.info[TURN] = turn


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    """What happens in the block, or nothing of it."""
    run(connection, "SAVEPOINT piece")
    try:
        yield
    except BaseException:
        with suppress(OperationalError):  # where SQLite has undone more than that
            run(connection, "ROLLBACK TO piece")
            run(connection, "RELEASE piece")
        raise
    run(connection, "RELEASE piece")


def _give_turn_back(_connection: Any, record: Any) -> None:
    turn: Turn | None = record.info.pop(TURN, None)
    if turn is not None:
        turn.give_back()
