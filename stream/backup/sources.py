"""What belongs into a backup: the lessons folder, and all of the instance folder that cannot be made anew."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stream.settings import Settings

DATABASE = "database/stream.db"
KEY = "instance/secret_key"
# Made from the rest, or handled otherwise. What is not named here is taken along: better too much than lost.
DATABASES = ("stream.db", "search.db")  # with what SQLite puts beside them
LEFT_OUT = ("compiled", "pictures", "translations", "backups", "secret_key", "ledger_check.json")
ASIDE = (".before-", ".restoring-")  # what a restore put aside


@dataclass(frozen=True, slots=True)
class Source:
    """A file on disk and its name in the backup."""

    name: str
    path: Path


def files_of(settings: Settings) -> Iterator[Source]:
    """Regular files only: a link could lead anywhere."""
    yield from _below(settings.lessons, "lessons", _is_left_by_restore)
    yield from _below(settings.instance, "instance", _is_made_anew, besides=(settings.lessons, settings.backup_folder))


def _below(root: Path, prefix: str, skip: Callable[[str], bool], besides: tuple[Path, ...] = ()) -> Iterator[Source]:
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        at_top = here == root
        folders[:] = sorted(name for name in folders if not (at_top and skip(name)) and _is_own(here / name, besides))
        for name in sorted(names):
            path = here / name
            if not (at_top and skip(name)) and _is_own(path, besides) and path.is_file():
                yield Source(f"{prefix}/{path.relative_to(root).as_posix()}", path)


def _is_own(path: Path, besides: tuple[Path, ...]) -> bool:
    return not path.is_symlink() and path not in besides


def _is_made_anew(name: str) -> bool:
    return name in LEFT_OUT or name.startswith(DATABASES) or _is_left_by_restore(name)


def _is_left_by_restore(name: str) -> bool:
    return name.startswith(ASIDE)
