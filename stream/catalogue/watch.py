"""Whether anything in the lessons folder may have changed, and what: asked at every request, for one system call.

The kernel tells of it (inotify). Where it cannot, for lack of watches or outside Linux, everything may have changed at
any time, and the caller looks for itself. Some folders change without the kernel knowing, on a network drive or by
swapping a link above them: so every few seconds it is time to look as well.
"""

import os
import sys
import time
from collections import deque
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
    _MORE = _GONE | flags.ISDIR  # more than what is named may have changed
LOOK_EVERY = 10.0  # seconds
REMEMBERED = 100  # changes, until somebody asks what they were


class Watch:
    """Watches folders below `root`. Threads may share it; a forked process makes its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process = 0
        self._changes = 0
        self._names: deque[frozenset[str] | None] = deque(maxlen=REMEMBERED)  # of the last changes
        self._folders: dict[int, str] = {}  # by the number of their watch, as `extended` was told
        self._watched: set[str] = set()
        self._notes: Any = None  # an INotify

    def seen(self) -> object:
        """A value that is the same as before only if nothing has changed since."""
        if self.is_blind():
            return object()
        if notes := _read(self._notes):
            with self._lock:
                self._changes += 1
                self._names.append(self._named(notes))
                if any(note.mask & _GONE for note in notes):
                    self._watched = set()  # a folder of the same name may stand there now
        return self._process, self._changes, int(time.monotonic() / LOOK_EVERY)

    def is_blind(self) -> bool:
        """Whether the kernel tells of nothing here."""
        return self._notes is None or not self._watched or self._process != os.getpid()

    def names_since(self, before: object) -> frozenset[str] | None:
        """The paths of which the kernel has told since `seen` gave `before`; None: there may be more."""
        now = self.seen()
        if not (isinstance(before, tuple) and isinstance(now, tuple)):
            return None
        with self._lock:
            missed = self._changes - before[1]
            if before[0] != now[0] or missed > len(self._names):
                return None
            found = list(self._names)[len(self._names) - missed :]
        known = [names for names in found if names is not None]
        return frozenset().union(*known) if len(known) == missed else None

    def is_time(self, before: object) -> bool:
        """Whether to look at what the kernel may not know of, since `seen` gave `before`."""
        return not isinstance(before, tuple) or int(time.monotonic() / LOOK_EVERY) != before[2]

    def _named(self, notes: list[Any]) -> frozenset[str] | None:
        """Paths of files; None where more may have changed."""
        if any(note.mask & _MORE or not note.name or note.wd not in self._folders for note in notes):
            return None
        return frozenset(self._folders[note.wd] + note.name for note in notes)

    def extended(self, root: str, folders: Iterable[str]) -> bool:
        """Watch these folders too; whether any of them was new."""
        with self._lock:
            if self._process != os.getpid():
                self._begin()
            paths = {os.path.join(root, folder): folder for folder in folders}
            new = paths.keys() - self._watched
            if self._notes is None or not new:
                return False
            try:
                for path in new:
                    self._folders[self._notes.add_watch(path, _CHANGES)] = paths[path]
            except FileNotFoundError:  # gone again: the next look finds out
                return False
            except OSError:  # no watches left
                self._notes = None
                return False
            self._watched = self._watched & paths.keys() | new
            return True

    def _begin(self) -> None:
        self._process, self._watched, self._notes = os.getpid(), set(), None
        self._folders, self._names = {}, deque(maxlen=REMEMBERED)
        if sys.platform == "linux":
            with suppress(OSError):  # none left of them: the caller looks for itself
                self._notes = INotify(nonblocking=True, closefd=False)
                finalize(self, os.close, self._notes.fileno())


def _read(notes: Any) -> list[Any]:
    try:
        return list(notes.read(timeout=0))
    except BlockingIOError:  # another thread was faster, and has counted it
        return []
