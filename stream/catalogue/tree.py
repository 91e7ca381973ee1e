"""What stands in the lessons folder right now: the cheap look that every request takes.

Texts and folders have a stamp that changes when they do; nothing is opened. What a link would bring in from
outside the folder is refused.
"""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from stream.catalogue.model import Problem

IMAGE_SUFFIXES = frozenset({".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif"})
_DEEPEST = 5  # a course, its images/ and a little more; ends loops of links, too
_TICK = 50_000_000  # ns; what is this young may change again and keep its time stamp

Stamp = tuple[int, int, int]  # modified (ns), size, inode


@dataclass(slots=True)
class Tree:
    """Paths are relative to the root with `/` between their parts. `texts` are the .md and .toml files."""

    root: str
    at: int  # when the look began (ns)
    folders: dict[str, Stamp] = field(default_factory=dict)
    texts: dict[str, Stamp] = field(default_factory=dict)
    images: set[str] = field(default_factory=set)
    refused: list[Problem] = field(default_factory=list)

    def is_young(self, stamp: Stamp) -> bool:
        """Whether what had this stamp could change after the look without getting another one."""
        return 0 <= self.at - stamp[0] < _TICK


def scan(root: Path) -> Tree:
    """List the folder; one that is missing or closed to us is an empty one."""
    tree = Tree(os.path.realpath(root), time.time_ns())
    _scan(tree, tree.root, "", _DEEPEST)
    return tree


def is_current(tree: Tree, root: Path) -> bool:
    """Whether a new scan would find the same. A folder's stamp tells of files that came or went."""
    if not tree.folders or os.path.realpath(root) != tree.root:
        return False
    try:
        return _unchanged(tree.root, tree.folders) and _unchanged(tree.root, tree.texts)
    except OSError:
        return False


def _unchanged(root: str, stamps: dict[str, Stamp]) -> bool:
    for path, stamp in stamps.items():
        found = os.stat(f"{root}/{path}")
        if (
            found.st_mtime_ns,
            found.st_size,
            found.st_ino,
        ) != stamp:  # spelt out: every request comes by here
            return False
    return True


def _scan(tree: Tree, folder: str, prefix: str, depth: int) -> None:
    try:
        tree.folders[prefix] = _stamp(os.stat(folder))
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError:
        return
    for entry in listed:
        if not entry.name.startswith("."):
            _look(tree, entry, prefix + entry.name, depth)


def _look(tree: Tree, entry: os.DirEntry[str], path: str, depth: int) -> None:
    if _is_refused(tree, entry, path):
        return
    suffix = os.path.splitext(entry.name)[1].lower()
    try:
        if entry.is_dir():
            if depth:
                _scan(tree, entry.path, f"{path}/", depth - 1)
        elif entry.is_file() and suffix in (".md", ".toml"):
            tree.texts[path] = _stamp(entry.stat())
        elif entry.is_file() and suffix in IMAGE_SUFFIXES:
            tree.images.add(path)
    except OSError:
        return  # gone between listing and looking


def _is_refused(tree: Tree, entry: os.DirEntry[str], path: str) -> bool:
    """Whether the name cannot be printed or the link points out of the root; noted if so."""
    if not entry.name.isprintable():
        tree.refused.append(Problem(ascii(path), 1, "bad-file-name", "this name cannot be shown"))
        return True
    if not entry.is_symlink():
        return False
    target = os.path.realpath(entry.path)
    if target == tree.root or target.startswith(tree.root + os.sep):
        return False
    tree.refused.append(Problem(path, 1, "link-outside", "this link leaves the lessons folder"))
    return True


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_mtime_ns, found.st_size, found.st_ino
