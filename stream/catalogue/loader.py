"""The lessons folder as a catalogue that is always current and always whole.

Every request asks for it, so an unchanged folder must cost next to nothing; a file that breaks must cost
nobody anything but its author.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from stream.catalogue.assembly import Assembler, Found
from stream.catalogue.files import Files
from stream.catalogue.finding import find, find_again
from stream.catalogue.kept import Kept
from stream.catalogue.lesson_file import Compile
from stream.catalogue.model import Catalogue
from stream.catalogue.tree import Tree, edited, is_current, scan
from stream.catalogue.watch import Watch
from stream.markdown.render import compile_lesson


@dataclass(frozen=True, slots=True)
class _Shown:
    """What readers see. `tree` is the look at the folder behind it, or None while that cannot be trusted; `seen` is
    how much the watch had noticed before that look.
    """

    tree: Tree | None
    seen: object
    found: Found
    catalogue: Catalogue
    media: Mapping[tuple[str, str], Path]


class Library:
    """Hands out the catalogue of a folder; keep one for the life of the process. Threads may share it."""

    def __init__(self, root: Path, cache: Path | None = None, compile: Compile = compile_lesson) -> None:
        """`cache` keeps compiled lessons and last good revisions; without it they end with the process."""
        self._root = root
        self._kept = Kept(cache)
        self._files = Files(root, self._kept)
        self._compile = compile
        self._assembler = Assembler()
        self._lock = Lock()
        self._shown: _Shown | None = None
        self._watch = Watch()

    def catalogue(self) -> Catalogue:
        """The folder as it is now; the same object for as long as nothing changes."""
        return self._current().catalogue

    def unchanged(self) -> Catalogue | None:
        """What `catalogue` gave last, if it is sure to be the same still; it costs a system call, never a look."""
        shown = self._shown
        return shown.catalogue if shown and shown.tree and shown.seen == self._watch.seen() else None

    def media_path(self, course: str, path: str) -> Path | None:
        """The picture at this path of a course. Names are looked up among what was found, never joined."""
        return self._current().media.get((course, path))

    def _current(self) -> _Shown:
        shown, seen = self._shown, self._watch.seen()
        if shown and shown.tree:
            if shown.seen == seen:
                return shown
            is_quiet = self._watch.names_since(shown.seen) == frozenset()
            if (is_quiet or self._watch.is_blind()) and self._is_current(shown.tree, are_edits_known=is_quiet):
                self._shown = replace(shown, seen=seen)
                return shown
        if shown and not self._lock.acquire(blocking=False):
            return shown  # another thread is reading; what it finds is for the next request
        if not shown:
            self._lock.acquire()
        try:
            self._shown = self._edited(self._shown) or self._renewed(self._shown)
            return self._shown
        finally:
            self._lock.release()

    def _edited(self, before: _Shown | None) -> _Shown | None:
        """What readers see, if nothing happened but edits of texts of which the kernel has told; None: look at all."""
        if before is None or before.tree is None:
            return None
        seen = self._watch.seen()
        names = self._watch.names_since(before.seen)
        after = edited(before.tree, self._root, names) if names is not None else None
        if after is None:
            return None
        tree, paths = after
        if self._watch.is_time(before.seen) and not self._is_current(tree, are_edits_known=True):
            return None
        found = find_again(before.found, paths, tree, self._files, self._kept, self._compile)
        if found is None or found is before.found:
            return replace(before, tree=tree, seen=seen) if found else None
        catalogue = self._assembler.edited(before.catalogue, found, paths)
        catalogue = catalogue or self._assembler.catalogue(self._root, found)
        return replace(before, tree=tree, seen=seen, found=found, catalogue=catalogue)

    def _renewed(self, before: _Shown | None) -> _Shown:
        seen, tree = self._look()
        found = find(tree, self._files, self._kept, self._compile)
        if before is None:
            self._kept.prune()
        unchanged = before is not None and before.found == found
        catalogue = before.catalogue if before and unchanged else self._assembler.catalogue(self._root, found)
        return _Shown(tree if self._files.are_settled(tree) else None, seen, found, catalogue, _media(tree))

    def _is_current(self, tree: Tree, are_edits_known: bool) -> bool:
        """Whether a look at the folder would find the same: at all texts of it, unless the kernel has told of edits."""
        return is_current(tree, self._root, only_folders=are_edits_known and tree.is_local)

    def _look(self) -> tuple[object, Tree]:
        """The folder, once all of it is watched: what is new in it is looked at again from then on."""
        while True:
            seen, tree = self._watch.seen(), scan(self._root)
            if not self._watch.extended(tree.root, tree.folders):
                return seen, tree


def _media(tree: Tree) -> dict[tuple[str, str], Path]:
    """Pictures by course and path within it."""
    return {
        (course, path): Path(tree.root, image) for image in tree.images for course, _, path in [image.partition("/")]
    }
