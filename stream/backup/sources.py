"""What belongs into a backup: the lessons folder, and all of the instance folder that cannot be made anew."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from stream.backup.folder import NAME
from stream.settings import Settings

DATABASE = "database/stream.db"
KEY = "instance/secret_key"
ENVIRONMENT = "instance/stream.env"  # settings that stand in the environment, as they were when the backup was made
# Made from the rest, or handled otherwise. What is not named here is taken along: better too much than lost.
DATABASES = ("stream.db", "search.db", "limits.db")  # with what SQLite puts beside them
LEFT_OUT = ("compiled", "pictures", "translations", "backups", "secret_key", "ledger_check.json")
ASIDE = (".before-", ".restoring-", ".making-", ".checking-")  # what a restore put aside, and work that was killed
HISTORY = ".git"  # git runs what its folder tells it to: a backup from elsewhere must not bring one


@dataclass(frozen=True, slots=True)
class Source:
    """A file on disk and its name in the backup."""

    name: str
    path: Path


@dataclass(slots=True)
class Collected:
    """What goes into a backup, and what somebody could miss in it."""

    files: list[Source] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def collected(settings: Settings, database: Path) -> Collected:
    """Every file of the site but its database.

    Raises OSError where a folder cannot be read: that part of the site would be missed only when it is needed.
    """
    found = Collected()
    _Walk(found, settings.lessons, "lessons").run()
    logs = (database.with_name(f"{database.name}{end}") for end in ("", "-wal", "-shm", "-journal"))
    elsewhere = frozenset({settings.lessons, settings.backup_folder, *logs})
    _Walk(found, settings.instance, "instance", elsewhere).run()
    return found


def is_carried(name: str) -> bool:
    """Whether a file of this name may be in a backup: not what is made anew, and nothing that a program would run."""
    root, *inside = name.casefold().split("/")
    if HISTORY in inside or not inside or inside[0].startswith(ASIDE):
        return False
    return root == "lessons" or name == KEY or not _is_made_anew(inside[0])


def _is_made_anew(name: str) -> bool:
    return name in LEFT_OUT or name.startswith(DATABASES)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Through one folder of the site; `elsewhere` are places in it that are no part of it."""

    found: Collected
    root: Path
    prefix: str
    elsewhere: frozenset[Path] = frozenset()

    def run(self) -> None:
        for folder, folders, names in os.walk(self.root, onerror=self._unreadable):
            here = Path(folder)
            folders[:] = [name for name in sorted(folders) if self._is_entered(here / name)]
            for name in sorted(names):
                self._look(here / name)

    def _unreadable(self, error: OSError) -> None:
        if isinstance(error, FileNotFoundError) and str(error.filename) != str(self.root):
            return  # removed while we looked
        raise error

    def _is_entered(self, path: Path) -> bool:
        """Links to folders are not followed: they could lead anywhere, and in circles."""
        return self._is_wanted(path) and not (path.is_symlink() and self._miss(path, "a link"))

    def _look(self, path: Path) -> None:
        if not self._is_wanted(path) or not path.is_file():
            return
        if path.is_symlink() and self.root not in path.resolve().parents:
            self._miss(path, "a link that leads elsewhere")
        else:
            self.found.files.append(Source(self._name(path), path))

    def _is_wanted(self, path: Path) -> bool:
        name = self._name(path)
        if path in self.elsewhere or name == KEY:  # the key in force is added by itself
            return False
        if not name.isprintable() or "\\" in name:
            return not self._miss(path, "a name that cannot be shown")
        if path.name.casefold() == HISTORY:
            return not self._miss(path, "history; a backup holds the lessons as they are")
        return is_carried(name) and not NAME.fullmatch(path.name)

    def _miss(self, path: Path, why: str) -> bool:
        self.found.left_out.append(f"{ascii(self._name(path))[1:-1]}: {why}")
        return True

    def _name(self, path: Path) -> str:
        return f"{self.prefix}/{path.relative_to(self.root).as_posix()}"
