"""Whether anything in the lessons folder may have changed: asked at every request, for one system call.

The kernel tells of it (inotify). Where it cannot, for lack of watches or outside Linux, everything may have changed at
any time, and the caller looks for itself. Some folders change without the kernel knowing, on a network drive or by
swapping a link above them: so every few seconds the answer is "perhaps" as well.
"""

import os
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from threading import Lock
from typing import Any
from weakref import finalize

if sys.platform == "linux":
    from inotify_simple import INotify, flags

    _CHANGES = (
        flags.MODIFY | flags.CLOSE_WRITE | flags.ATTRIB | flags.CREATE | flags.DELETE | flags.MOVED_FROM
        | flags.MOVED_TO | flags.DELETE_SELF | flags.MOVE_SELF
    )  # fmt: skip
    _GONE = flags.DELETE_SELF | flags.MOVE_SELF | flags.IGNORED | flags.Q_OVERFLOW
LOOK_EVERY = 10.0  # seconds


class Watch:
    """Watches folders below `root`. Threads may share it; a forked process makes its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process = 0
        self._changes = 0
        self._watched: set[str] = set()
        self._notes: Any = None  # an INotify

    def seen(self) -> object:
        """A value that is the same as before only if nothing has changed since."""
        if self._notes is None or not self._watched or self._process != os.getpid():
            return object()
        if notes := _read(self._notes):
            with self._lock:
                self._changes += 1
                if any(note.mask & _GONE for note in notes):
                    self._watched = set()  # a folder of the same name may stand there now
        return self._process, self._changes, int(time.monotonic() / LOOK_EVERY)

    def extended(self, root: str, folders: Iterable[str]) -> bool:
        """Watch these folders too; whether any of them was new."""
        with self._lock:
            if self._process != os.getpid():
                self._begin()
            paths = {os.path.join(root, folder) for folder in folders}
            new = paths - self._watched
            if self._notes is None or not new:
                return False
            try:
                for path in new:
                    self._notes.add_watch(path, _CHANGES)
            except FileNotFoundError:  # gone again: the next look finds out
                return False
            except OSError:  # no watches left
                self._notes = None
                return False
            self._watched = self._watched & paths | new
            return True

    def _begin(self) -> None:
        self._process, self._watched, self._notes = os.getpid(), set(), None
        if sys.platform == "linux":
            with suppress(OSError):  # none left of them: the caller looks for itself
                self._notes = INotify(nonblocking=True, closefd=False)
                finalize(self, os.close, self._notes.fileno())


def _read(notes: Any) -> list[Any]:
    try:
        return list(notes.read(timeout=0))
    except BlockingIOError:  # another thread was faster, and has counted it
        return []
