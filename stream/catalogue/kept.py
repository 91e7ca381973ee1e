"""What outlives a restart: compiled lessons by the hash of their origins, and each file's last good bytes.

All of it may be deleted at any time. A file that was damaged counts as absent; one that cannot be written is
only worth a line in the log.
"""

import logging
import os
import re
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from stream.catalogue.lesson_file import LessonText
from stream.catalogue.model import Problem
from stream.catalogue.reading import Reading
from stream.catalogue.revive import from_json, to_json

_log = logging.getLogger(__name__)
_WEEK = 7 * 24 * 3600
_OURS = re.compile(r"[0-9a-f]{64}\.(?:json|good)|writing-\w+")


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: LessonText | None
    problems: tuple[Problem, ...]


class Kept:
    """A folder of small files; without a folder, only the last good bytes are kept, in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._good: dict[str, bytes] = {}
        self._used: set[str] = set()

    def compiled(self, key: str) -> Reading[LessonText] | None:
        """What `keep_compiled` was given under this key."""
        content = self._read(f"{key}.json")
        try:
            stored = from_json(_Compiled, content.decode()) if content is not None else None
        except ValueError:
            return None
        return Reading(stored.text, stored.problems) if stored else None

    def keep_compiled(self, key: str, reading: Reading[LessonText]) -> None:
        self._write(f"{key}.json", to_json(_Compiled(reading.value, reading.problems)).encode())

    def good(self, path: str) -> bytes | None:
        """The bytes that this file had when it was last without fault."""
        return self._read(_good_name(path)) if self._folder else self._good.get(path)

    def keep_good(self, path: str, content: bytes) -> None:
        if not self._folder:
            self._good[path] = content
        elif self.good(path) != content:
            self._write(_good_name(path), content)

    def prune(self) -> None:
        """Delete what this process has not asked for and nobody has written for a week."""
        if not self._folder or not self._used:
            return
        before = time.time() - _WEEK
        try:
            for entry in os.scandir(self._folder):
                superfluous = _OURS.fullmatch(entry.name) and entry.name not in self._used
                if superfluous and entry.stat().st_mtime < before:
                    os.unlink(entry)
        except OSError as error:
            _log.warning("cannot prune %s: %s", self._folder, error)

    def _read(self, name: str) -> bytes | None:
        if not self._folder:
            return None
        self._used.add(name)
        try:
            with open(f"{self._folder}/{name}", "rb") as file:  # a Path would take as long as reading it
                digest, _, content = file.read().partition(b"\n")
        except OSError:
            return None
        return content if digest == _digest(content) else None

    def _write(self, name: str, content: bytes) -> None:
        if not self._folder:
            return
        self._used.add(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, prefix="writing-", delete=False) as file:
                file.write(_digest(content) + b"\n" + content)
            os.replace(file.name, self._folder / name)
        except OSError as error:
            _log.warning("cannot keep %s in %s: %s", name, self._folder, error)


def _digest(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode()


def _good_name(path: str) -> str:
    return f"{sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()}.good"
