"""Bringing a site back from a backup. What is there is never overwritten: it is refused, or moved aside and kept."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from stream.backup.checking import unpacked
from stream.backup.making import database_file
from stream.backup.manifest import Manifest
from stream.backup.problems import BackupError
from stream.backup.sources import ASIDE, DATABASE
from stream.settings import Settings

BEFORE, RESTORING = ASIDE
Told = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and where what was there before is now."""

    manifest: Manifest
    aside: tuple[Path, ...]


def restore(settings: Settings, path: Path, known: frozenset[str], replace: bool, at: datetime, told: Told) -> Restored:
    """Unpack beside the site, check everything, then put it in place. `known` are the schemas this code can use.

    Raises BackupError before anything was changed.
    """
    database = database_file(settings)
    if database != settings.instance / "stream.db":
        raise BackupError(f"STREAM_DATABASE_URL names {database}: unset it, restore, then move the file there")
    folders = (settings.instance, settings.lessons)
    if not replace and (full := [folder for folder in folders if _holds_anything(folder)]):
        raise BackupError(f"{full[0]} is not empty; --replace keeps what is there in a folder beside it")
    if replace:
        _require_stopped(database)
    try:
        with _room_in(settings.instance) as work, _room_in(settings.lessons) as for_lessons:
            found = unpacked(path, work, told)
            if found.schema not in known:
                raise BackupError(
                    f"is of a newer version of Stream ({found.version}, schema {found.schema}): install that one first"
                )
            _arrange(work, for_lessons)
            aside = [_put_in_place(work / "instance", settings.instance, at)]
            aside.append(_put_in_place(for_lessons, settings.lessons, at))
    except OSError as error:
        raise BackupError(f"not restored: {error.filename or settings.instance}: {error.strerror or error}") from error
    return Restored(found, tuple(folder for folder in aside if folder))


def _holds_anything(folder: Path) -> bool:
    return folder.is_dir() and any(not each.name.startswith(ASIDE) for each in folder.iterdir())


def _require_stopped(database: Path) -> None:
    """Whoever else has the file open keeps it in the mode with a log."""
    if not database.is_file():
        return
    try:
        with closing(sqlite3.connect(database, timeout=0)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            mode = "wal"
        else:
            return  # damaged: all the more reason to restore
    if mode != "delete":
        raise BackupError("the site is running: stop it first, then restore")


@contextmanager
def _room_in(folder: Path) -> Iterator[Path]:
    """A folder inside, so that putting in place is a rename on the same disk."""
    folder.mkdir(parents=True, exist_ok=True)
    room = Path(mkdtemp(dir=folder, prefix=RESTORING))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _arrange(work: Path, for_lessons: Path) -> None:
    """Everything where it belongs, and on disk, before the site is touched."""
    (work / "instance").mkdir(exist_ok=True)
    os.replace(work / DATABASE, work / "instance" / "stream.db")
    for each in (work / "instance").iterdir():
        if each.is_file():  # keys, passwords, people's names
            each.chmod(0o600)
    if (work / "lessons").is_dir():
        shutil.copytree(work / "lessons", for_lessons, dirs_exist_ok=True)
    os.sync()


def _put_in_place(new: Path, target: Path, at: datetime) -> Path | None:
    """Move what is there aside, then what is new in; returns the folder in which the old is kept."""
    old = [each for each in target.iterdir() if not each.name.startswith(ASIDE) and each.name != "backups"]
    aside = target / f"{BEFORE}{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" if old else None
    if aside:
        aside.mkdir()
        for each in old:
            os.rename(each, aside / each.name)
    for each in new.iterdir():
        os.rename(each, target / each.name)
    return aside
