"""Every write of a process into a SQLite file, in groups: nobody waits for SQLite's lock, and one fsync serves many.

Whoever writes while nobody else does commits at once, in the thread that asks. Whoever comes meanwhile waits, and the
first of them then commits for all of them (Hendler and others, "Flat combining", SPAA 2010). So a lone write pays for
no other thread, and the slower the disk is, the more acts share its answer.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from stream.sqlite_connections import BUSY_TIMEOUT_MS, prepare_writer
from stream.statements import is_locked, run
from stream.turns import Turn, Turns, has_wal_reset_bug

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Connection], Any]

NEXT_LOOK_MS = 5  # SQLite sleeps ever longer, and through the moments in which a busy process lets go of the lock
STILL_BUSY_MS = 100  # once somebody waited in vain for a lock: all the others stand behind whoever waits
GROUP_LIMIT = 64  # pieces of work in one commit
IDLE_SECONDS = 0.5  # without a write for so long, the log is emptied
REFUSED_SECONDS = 60.0  # before it is tried again where the disk refused
TURN = "stream.turn"  # of a writing connection, while it has one


class _Piece:
    """Work that waits. Its thread is called when it is done, or when it is its turn to commit for all who wait."""

    __slots__ = ("called", "failure", "is_done", "result", "work")

    def __init__(self, work: Work) -> None:
        self.work = work
        self.called = threading.Lock()
        self.called.acquire()
        self.is_done = False
        self.result: Any = None
        self.failure: BaseException | None = None


class GroupWriter:
    """The only way in which a process writes into a SQLite file."""

    def __init__(self, url: str) -> None:
        patience = {"timeout": BUSY_TIMEOUT_MS / 1000}
        self.engine = create_engine(url, hide_parameters=True, connect_args=patience)
        event.listen(self.engine, "connect", prepare_writer)
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "checkin", _give_turn_back)
        self._turns = Turns(url.removeprefix("sqlite:///")) if has_wal_reset_bug() else None
        self._is_locked = False  # by a stranger, when we tried last
        self._lock = threading.Lock()
        self._waiting: deque[_Piece] = deque()
        self._is_led = False
        self._leader = 0  # the thread that commits
        self._has_written = threading.Event()
        self._is_closing = threading.Event()
        self._thread: threading.Thread | None = None

    def write(self, work: Callable[[Connection], T]) -> T:
        """See `stream.db.write`."""
        if self._leader == threading.get_ident():
            raise RuntimeError("work that is being written must not write")
        piece = _Piece(work)
        with self._lock:
            self._waiting.append(piece)
            leads, self._is_led = not self._is_led, True
        if not leads:
            piece.called.acquire()
        if not piece.is_done:
            self._lead(piece)
        if piece.failure is not None:
            raise piece.failure
        return cast("T", piece.result)

    def close(self) -> None:
        """Stop emptying the log; nobody writes any more."""
        self._is_closing.set()
        self._has_written.set()
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        self.engine.dispose()

    def _lead(self, mine: _Piece) -> None:
        """Commit what waits, one's own before all; then whoever has come meanwhile leads."""
        group: list[_Piece] = []
        self._leader = threading.get_ident()
        try:
            with self._lock:
                while self._waiting and len(group) < GROUP_LIMIT:
                    group.append(self._waiting.popleft())
            self._commit(group)
        except BaseException:  # of the thread itself, as when a program is stopped: nothing is promised to anybody
            for piece in group:
                piece.failure = RuntimeError("whoever committed was stopped")
            raise
        finally:
            self._leader = 0
            for piece in group:
                piece.is_done = True
                if piece is not mine:
                    piece.called.release()
            with self._lock:
                self._is_led = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].called.release()
        self._note_write()

    def _commit(self, group: list[_Piece]) -> None:
        """Run the group in one transaction; nobody hears of success before the commit has returned."""
        # alone, a piece of work needs no more than the transaction to be undone
        undoable = _savepoint if len(group) > 1 else nullcontext
        try:
            with self.engine.begin() as connection:
                for piece in group:
                    try:
                        with undoable(connection):
                            piece.result = piece.work(connection)
                    except Exception as error:
                        piece.failure = error
                        if len(group) == 1:
                            raise
        except Exception as error:  # begin or commit failed (disk full, locked by a stranger): nobody's work stands
            for piece in group:
                piece.failure = error

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
        """Move the log into the file, so that no learner pays for it, and leave nothing in it.

        None once that is done, else the seconds after which to try again: somebody writes, the log is in use, or the
        disk does not take it. What is in the log is as safe there.
        """
        if self._turns is None:
            return self._emptied_log()
        turn = self._turns.take(0)
        if turn is None:
            return IDLE_SECONDS
        try:
            return self._emptied_log()
        finally:
            turn.give_back()

    def _emptied_log(self) -> float | None:
        try:
            with self.engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                raw.execute("PRAGMA busy_timeout=0")  # never make anybody wait for it
                busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        except (sqlite3.Error, SQLAlchemyError) as error:
            log.warning("the log of the database cannot be emptied now: %s", error)
            return REFUSED_SECONDS
        return IDLE_SECONDS if busy else None

    def _note_write(self) -> None:
        """Have the log emptied once nobody has written for a while."""
        if not self._has_written.is_set():
            self._has_written.set()
        if self._thread is None:
            with self._lock:
                if self._thread is None and not self._is_closing.is_set():
                    self._thread = threading.Thread(target=self._empty_log_in_pauses, name="log", daemon=True)
                    self._thread.start()

    def _empty_log_in_pauses(self) -> None:
        while self._has_written.wait() and not self._is_closing.is_set():
            pause: float | None = IDLE_SECONDS
            while pause is not None:
                self._has_written.clear()
                if self._is_closing.wait(pause):
                    return
                pause = IDLE_SECONDS if self._has_written.is_set() else self.empty_log()


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
