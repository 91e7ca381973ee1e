"""The files of the lessons folder, each read once while it stays the same, and their last good states."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar

from stream.catalogue.kept import Kept
from stream.catalogue.model import Problem
from stream.catalogue.reading import Reading
from stream.catalogue.tree import Stamp, Tree

T = TypeVar("T")
Reader = Callable[[bytes, str], Reading[T]]  # gets the bytes of a file and their key
MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class File(Generic[T]):
    """`now` is what the file holds; `shown` is the same or, while that is broken, its last good state."""

    stamp: Stamp | None  # None: look again next time
    context: str
    key: str
    now: Reading[T]
    shown: Reading[T]
    could_be_read: bool = False
    fresh: bytes | None = None  # what it holds without a fault, until that is kept as its last good state


class Files:
    """Remembers what was read, by path. Not for several threads at once."""

    def __init__(self, root: Path, kept: Kept) -> None:
        self._root = root
        self._kept = kept
        self._known: dict[str, File[Any]] = {}

    def read(self, path: str, tree: Tree, context: str, reader: Reader[T]) -> File[T]:
        """The file at `path`. `context` names whatever else than its bytes decides what becomes of it."""
        stamp = tree.texts[path]
        file: File[T] | None = self._known.get(path)
        if file and (file.stamp, file.context) == (stamp, context):
            return file
        return self.again(path, tree, context, reader)

    def again(self, path: str, tree: Tree, context: str, reader: Reader[T]) -> File[T]:
        """As `read`, whatever the stamp says."""
        stamp = tree.texts[path]
        file: File[T] | None = self._known.get(path)
        content = self._content(path, stamp)
        key = content_key(path, context, content)
        if not file or file.key != key:
            file = self._opened(path, context, key, content, reader)
        could_be_read = isinstance(content, bytes)
        is_sure = could_be_read and not tree.is_young(stamp)
        file = self._known[path] = replace(file, stamp=stamp if is_sure else None, could_be_read=could_be_read)
        return file

    def keep_good(self, path: str) -> None:
        """What the file holds is shown to readers: if it is without a fault, it is now its last good state."""
        file = self._known[path]
        if file.fresh is not None:
            self._kept.keep_good(path, file.fresh)
            self._known[path] = replace(file, fresh=None)

    def last_good(self, path: str, context: str, reader: Reader[T]) -> Reading[T] | None:
        """The last state of the file that was shown to readers without a fault."""
        content = self._kept.good(path)
        return None if content is None else reader(content, content_key(path, context, content))

    def are_settled(self, tree: Tree) -> bool:
        """Whether all stamps can be trusted to change with the files; forgets the files that are gone."""
        self._known = {path: file for path, file in self._known.items() if path in tree.texts}
        are_young = map(tree.is_young, tree.folders.values())
        return all(file.stamp for file in self._known.values()) and not any(are_young)

    def _opened(self, path: str, context: str, key: str, content: bytes | Problem, reader: Reader[T]) -> File[T]:
        now = Reading(None, (content,)) if isinstance(content, Problem) else reader(content, key)
        if now.is_good and isinstance(content, bytes):
            return File(None, context, key, now, now, fresh=content)
        return File(None, context, key, now, self._best(path, context, now, reader))

    def _best(self, path: str, context: str, now: Reading[T], reader: Reader[T]) -> Reading[T]:
        """The last good state; a state with errors only where there is nothing better."""
        earlier = self.last_good(path, context, reader)
        return earlier if earlier and (earlier.is_good or now.value is None) else now

    def _content(self, path: str, stamp: Stamp) -> bytes | Problem:
        _, size, _ = stamp
        if size > MAX_BYTES:
            return Problem(path, 1, "too-large", f"this file is larger than {MAX_BYTES // 1024} KB")
        try:
            with open(f"{self._root}/{path}", "rb") as file:  # a Path would take as long as reading it
                return file.read()
        except OSError as error:
            return Problem(path, 1, "unreadable", f"this file cannot be read: {error.strerror}")


def content_key(path: str, context: str, content: bytes | Problem) -> str:
    """A digest of everything that decides what becomes of a file."""
    found = str(content).encode() if isinstance(content, Problem) else content
    return sha256(b"\0".join((path.encode(), context.encode(), found))).hexdigest()
