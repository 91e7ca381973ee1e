"""Turns to write: on SQLite versions with the WAL-reset bug, one connection writes or checkpoints at a time.

From 3.7.0 to 3.51.2 SQLite may lose what was committed when a connection checkpoints while another one commits, in
whatever process (https://sqlite.org/wal.html#walresetbug). SQLite's own locks do not prevent it, so ours does.
"""

import fcntl
import logging
import os
import select
import sqlite3
import time

log = logging.getLogger(__name__)

Version = tuple[int, ...]

LOOK_SECONDS = 0.002  # after which to look again whether it is our turn
FIXED = (3, 51, 3)
FIXED_EARLIER: dict[Version, int] = {(3, 44): 6, (3, 50): 7}  # line → the release with the fix


def has_wal_reset_bug(version: Version | None = None) -> bool:
    """Whether a version of SQLite has it, this one unless another is named. One that a distribution mended by itself
    counts as one that has."""
    version = version or sqlite3.sqlite_version_info
    fixed_by = FIXED_EARLIER.get(version[:2])
    return (3, 7, 0) <= version < FIXED and not (fixed_by is not None and version[2] >= fixed_by)


class Turn:
    """The right to write, until it is given back or its process ends, however that happens."""

    def __init__(self, handle: int | None) -> None:
        self._handle = handle

    def give_back(self) -> None:
        """Let the next one write."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


class Turns:
    """Who writes next into a database: a lock of the kernel on a file beside it, which holds nothing."""

    def __init__(self, database: str) -> None:
        self._file = f"{database}-turn"

    def take(self, patience: float) -> Turn | None:
        """The turn, or None where somebody else has it for longer than that many seconds."""
        handle = self._opened()
        if handle is None:
            return Turn(None)
        deadline = time.monotonic() + patience
        while not self._is_mine(handle):
            if time.monotonic() >= deadline:
                os.close(handle)
                return None
            select.select([], [], [], LOOK_SECONDS)  # time.sleep fails under libfaketime, in tests of a wrong clock
        return Turn(handle)

    def _opened(self) -> int | None:
        """Whoever may read the file may have a turn: commands are run by others than the server, root among them."""
        try:
            return os.open(self._file, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            log.info("no turns on %s: %s", self._file, error.strerror)
            return None

    def _is_mine(self, handle: int) -> bool:
        """A disk that knows no locks protects nobody, and stops nobody."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            log.info("no lock on %s: %s", self._file, error.strerror)
        return True
