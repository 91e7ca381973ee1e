"""Looks at the database file when the server starts and once a day; what it finds stands in the log.

SQLite tells of damage only to whoever reads the damaged page, and of an index that no longer fits to nobody.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

log = logging.getLogger(__name__)

DAY = 24 * 60 * 60.0
STEPS = 100_000  # of SQLite's machine, between two looks at whether to stop


@contextmanager
def watched(file: str) -> Iterator[None]:
    """Have the SQLite file at this path looked at meanwhile, by a thread that nobody waits for."""
    stopped = threading.Event()
    thread = threading.Thread(target=_watch, args=(file, stopped), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _watch(file: str, stopped: threading.Event) -> None:
    _look(file, stopped)
    while not stopped.wait(DAY):
        _look(file, stopped)


def _look(file: str, stopped: threading.Event) -> None:
    try:
        flaw = _first_flaw(file, stopped)
    except sqlite3.Error as error:
        flaw = str(error)
    if flaw and not stopped.is_set():
        log.error("the database is not whole: %s; `stream doctor` says what to do", flaw)


def _first_flaw(file: str, stopped: threading.Event) -> str:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.set_progress_handler(stopped.is_set, STEPS)
        found: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    return "" if found == "ok" else found.replace("\n", " ")
