"""What stands in the lessons folder right now: the cheap look that every request takes.

Texts and folders have a stamp that changes when they do; nothing is opened. What a link would bring in from
outside the folder is refused.
"""

import os
import stat
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from stream.catalogue.model import Problem
from stream.catalogue.mounts import are_of_this_machine

IMAGE_SUFFIXES = frozenset({".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif"})
TEXT_SUFFIXES = frozenset({".md", ".toml"})
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
    has_links: bool = False  # a file with another name may change under that one
    devices: set[int] = field(default_factory=set)
    is_local: bool = False  # nobody changes it but through this machine's kernel

    def is_young(self, stamp: Stamp) -> bool:
        """Whether what had this stamp could change after the look without getting another one."""
        return 0 <= self.at - stamp[0] < _TICK


def scan(root: Path) -> Tree:
    """List the folder; one that is missing or closed to us is an empty one."""
    tree = Tree(os.path.realpath(root), time.time_ns())
    _scan(tree, tree.root, "", _DEEPEST)
    tree.is_local = not tree.has_links and are_of_this_machine(tree.devices)
    return tree


def is_current(tree: Tree, root: Path, only_folders: bool = False) -> bool:
    """Whether a new scan would find the same. A folder's stamp tells of files that came or went, not of edits."""
    if not tree.folders or os.path.realpath(root) != tree.root:
        return False
    try:
        return _unchanged(tree.root, tree.folders) and (only_folders or _unchanged(tree.root, tree.texts))
    except OSError:
        return False


def edited(tree: Tree, root: Path, names: Iterable[str]) -> tuple[Tree, set[str]] | None:
    """The tree after changes of which these names tell, and the texts among them; None: it must be scanned.

    That is enough for what happens most, a text that is written or replaced, with whatever else an editor leaves beside
    it.
    """
    if tree.has_links or os.path.realpath(root) != tree.root:
        return None
    texts: dict[str, Stamp] = {}
    for name in names:
        found = _at(tree, name)
        if found is None:
            return None
        texts.update(found)
    try:
        parents = {f"{folder}{slash}" for folder, slash, _ in (name.rpartition("/") for name in names)}
        folders = {folder: _stamp(os.stat(f"{tree.root}/{folder}")) for folder in parents}
    except OSError:
        return None
    later = replace(tree, at=time.time_ns(), texts={**tree.texts, **texts}, folders={**tree.folders, **folders})
    return later, set(texts)


def _at(tree: Tree, path: str) -> dict[str, Stamp] | None:
    """The stamp of a text that was there already, or nothing for what is none of ours; None for everything else."""
    name = path.rpartition("/")[2]
    if name.startswith("."):
        return {}
    if not name.isprintable():
        return None
    is_ours = os.path.splitext(name)[1].lower() in (*TEXT_SUFFIXES, *IMAGE_SUFFIXES)
    try:
        found = os.lstat(f"{tree.root}/{path}")
    except OSError:
        return None if is_ours else {}
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        return None
    if path in tree.texts:
        return {path: _stamp(found)}
    return None if is_ours and path not in tree.images else {}


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
        found = os.stat(folder)
        tree.folders[prefix] = _stamp(found)
        tree.devices.add(found.st_dev)
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
        elif entry.is_file() and suffix in TEXT_SUFFIXES:
            found = entry.stat()
            tree.texts[path] = _stamp(found)
            tree.has_links |= found.st_nlink > 1
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
    tree.has_links = True
    target = os.path.realpath(entry.path)
    if target == tree.root or target.startswith(tree.root + os.sep):
        return False
    tree.refused.append(Problem(path, 1, "link-outside", "this link leaves the lessons folder"))
    return True


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_mtime_ns, found.st_size, found.st_ino
