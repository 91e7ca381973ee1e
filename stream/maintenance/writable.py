"""A site that was started where nothing can be written is for reading, and is started anew once that has changed.

SQLite opens what it may not write to for reading only, and the connections of a process share that until the last one
is closed: none of them writes afterwards.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0


def is_writable(database: Path) -> bool:
    """Whether a SQLite file and its log can be written to."""
    places = [database.parent, database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]
    return all(os.access(place, os.W_OK) for place in places if place.exists())


@contextmanager
def awaiting_writable(database: Path, act: Callable[[], None]) -> Iterator[threading.Event]:
    """Look meanwhile whether the file can be written to; once it can, the event is set and `act` done."""
    found, stopped = threading.Event(), threading.Event()

    def look() -> None:
        while not is_writable(database):
            if stopped.wait(LOOK_SECONDS):
                return
        log.info("%s can be written to now: the site starts anew", database)
        found.set()
        act()

    log.warning("%s cannot be written to: the site is for reading until it can", database)
    thread = threading.Thread(target=look, name="writable", daemon=True)
    thread.start()
    try:
        yield found
    finally:
        stopped.set()
        thread.join()
