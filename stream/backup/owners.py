"""Files that root makes for a site belong to whoever runs the site; otherwise the next backup could not be made."""

import os
from pathlib import Path


def give_to_owner_of(folder: Path, path: Path) -> None:
    """Give one file or folder to the owner of `folder`. Only root can, and only root needs to."""
    if os.geteuid() == 0:
        found = folder.stat()
        os.chown(path, found.st_uid, found.st_gid, follow_symlinks=False)


def give_all_to_owner_of(folder: Path, path: Path) -> None:
    """The same for `path` and everything in it."""
    for each in (path, *path.rglob("*")):
        give_to_owner_of(folder, each)
