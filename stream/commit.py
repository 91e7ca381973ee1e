"""The end of a transaction: until it is on disk, nobody may hear that what was done in it has happened."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

Told = Callable[[bool], None]  # whether it is on disk


class Commit:
    """One commit that several wait for, each in a thread of its own or by leaving word."""

    __slots__ = ("_done", "_failure", "_lock", "_told")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._failure: BaseException | None = None
        self._told: list[Told] = []

    def wait(self) -> None:
        """Return once it is on disk. Raises what kept it from there: then nothing of it is."""
        self._done.wait()
        if self._failure is not None:
            raise self._failure

    def when_done(self, told: Told) -> None:
        """Have `told` called then, by the thread that commits; at once where it is done already."""
        with self._lock:
            if not self._done.is_set():
                self._told.append(told)
                return
        self._tell(told)

    def settle(self, failure: BaseException | None = None) -> None:
        """It is on disk, or will never be."""
        with self._lock:
            self._failure = failure
            self._done.set()
        for told in self._told:
            self._tell(told)

    def _tell(self, told: Told) -> None:
        """A fault of one who is told is none of the commit, nor of the others."""
        try:
            told(self._failure is None)
        except Exception:
            log.exception("after a commit")
