"""SQLite's write-ahead log, emptied into the file while nobody writes, so that no learner pays for it."""

import logging
import sqlite3
import threading
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from stream.sqlite_connections import wait_for_lock
from stream.turns import Turns

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.5  # without a write for so long, the log is emptied
REFUSED_SECONDS = 60.0  # before it is tried again where the disk refused


class LogEmptier:
    """A thread that waits for pauses."""

    def __init__(self, engine: Engine, turns: Turns | None) -> None:
        self._engine = engine
        self._turns = turns
        self._has_written = threading.Event()
        self._is_closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._thread is None and not self._is_closing.is_set():
            thread = threading.Thread(target=self._empty_in_pauses, name="log", daemon=True)
            thread.start()
            self._thread = thread

    def note_write(self) -> None:
        """Have the log emptied once nobody has written for a while."""
        if not self._has_written.is_set():
            self._has_written.set()

    def close(self) -> None:
        """Stop; nobody writes any more."""
        self._is_closing.set()
        self._has_written.set()
        if self._thread is not None:
            self._thread.join()

    def empty_log(self) -> float | None:
        """Move the log into the file, and leave nothing in it.

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
            with self._engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                wait_for_lock(raw, 0)  # never make anybody wait for it
                busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                wait_for_lock(raw)
        except (sqlite3.Error, SQLAlchemyError) as error:
            log.warning("the log of the database cannot be emptied now: %s", error)
            return REFUSED_SECONDS
        return IDLE_SECONDS if busy else None

    def _empty_in_pauses(self) -> None:
        while self._has_written.wait() and not self._is_closing.is_set():
            pause: float | None = IDLE_SECONDS
            while pause is not None:
                self._has_written.clear()
                if self._is_closing.wait(pause):
                    return
                pause = IDLE_SECONDS if self._has_written.is_set() else self.empty_log()
