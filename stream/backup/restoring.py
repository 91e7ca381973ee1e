"""Bringing a site back from a backup. What is there is never overwritten: it is refused, or moved aside and kept."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from stream.backup.checking import unpacked
from stream.backup.databases import database_file
from stream.backup.manifest import Manifest
from stream.backup.owners import give_all_to_owner_of
from stream.backup.problems import BackupError
from stream.backup.sources import ASIDE, DATABASE, HISTORY, KEY
from stream.settings import Settings

BEFORE, RESTORING = ASIDE[:2]
Told = Callable[[int], object]
Move = tuple[Path, Path]  # from, to


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and where what was there before is now."""

    manifest: Manifest
    aside: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder of the site; `stays` are names in it that a restore leaves alone."""

    folder: Path
    stays: frozenset[str]

    def entries(self) -> list[Path]:
        """What is there now and belongs to the site. The key first: without one no site starts."""
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        own = [each for each in found if each.name not in self.stays and not each.name.startswith(ASIDE)]
        return sorted(own, key=lambda path: (path.name != Path(KEY).name, path.name))


def restore(settings: Settings, path: Path, known: frozenset[str], replace: bool, at: datetime, told: Told) -> Restored:
    """Unpack beside the site, check everything, then put it in place. `known` are the schemas this code can use.

    Raises BackupError, and then the site is as it was.
    """
    database = database_file(settings)
    if database != settings.instance / "stream.db":
        raise BackupError(f"STREAM_DATABASE_URL names {database}: unset it, restore, then move the file there")
    places = _places(settings)
    if not replace and (full := [place.folder for place in places if place.entries()]):
        raise BackupError(f"{full[0]} is not empty; --replace keeps what is there in a folder beside it")
    _require_stopped(database)
    try:
        with _room_in(settings.instance) as work, _room_in(settings.lessons) as for_lessons:
            found = unpacked(path, work, told, known=known)
            _arrange(work, for_lessons, settings)
            _require_stopped(database)
            return Restored(found, _exchanged(places, (work / "instance", for_lessons), at))
    except OSError as error:
        raise BackupError(f"not restored: {error.filename or settings.instance}: {error.strerror or error}") from error


def _places(settings: Settings) -> tuple[_Place, _Place]:
    """Backups stay where they are; so do lessons inside of the instance folder, and the history of lessons."""
    inside = [
        place.relative_to(settings.instance).parts[0]
        for place in (settings.lessons, settings.backup_folder)
        if settings.instance in place.parents
    ]
    return _Place(settings.instance, frozenset({"backups", *inside})), _Place(settings.lessons, frozenset({HISTORY}))


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
    """A folder inside, so that putting in place is a rename on the same disk; what a killed restore left goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{RESTORING}*"):
        shutil.rmtree(left, ignore_errors=True)
    room = Path(mkdtemp(dir=folder, prefix=RESTORING))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _arrange(work: Path, for_lessons: Path, settings: Settings) -> None:
    """Everything where it belongs, and on disk, before the site is touched."""
    os.replace(work / DATABASE, work / "instance" / "stream.db")
    for each in (work / "instance").rglob("*"):  # keys, passwords, people's names
        each.chmod(0o700 if each.is_dir() else 0o600)
    if (work / "lessons").is_dir():
        shutil.copytree(work / "lessons", for_lessons, dirs_exist_ok=True)
    give_all_to_owner_of(settings.instance, work / "instance")
    give_all_to_owner_of(settings.lessons, for_lessons)
    os.sync()


def _exchanged(places: tuple[_Place, _Place], new: tuple[Path, Path], at: datetime) -> tuple[Path, ...]:
    """Move what is there aside, then what is new in; returns the folders in which the old is kept.

    The key leaves first and comes last: whoever starts the site in between, after a power cut, is told that there is
    none, and does not get an empty one.
    """
    name = _free_name(places, at)
    asides = [place.folder / name if place.entries() else None for place in places]
    out = [(each, aside / each.name) for place, aside in zip(places, asides, strict=True) if aside
           for each in place.entries()]  # fmt: skip
    back = [(each, place.folder / each.name) for place, fresh in zip(places, new, strict=True)
            for each in _Place(fresh, frozenset()).entries()]  # fmt: skip
    made = tuple(aside for aside in asides if aside)
    try:
        for aside in made:
            aside.mkdir(mode=0o700)
            give_all_to_owner_of(aside.parent, aside)
        _move_all([*out, *reversed(back)])
    except OSError:
        for aside in made:
            with suppress(OSError):
                aside.rmdir()
        raise
    os.sync()
    return made


def _free_name(places: tuple[_Place, _Place], at: datetime) -> str:
    """For two within a second, as after a restore that was killed: a second apart."""
    times = (at.astimezone(UTC) + timedelta(seconds=later) for later in count())
    names = (f"{BEFORE}{each:%Y%m%dT%H%M%SZ}" for each in times)
    return next(name for name in names if not any((place.folder / name).exists() for place in places))


def _move_all(moves: list[Move]) -> None:
    """All of them, or none."""
    done: list[Move] = []
    try:
        for old, new in moves:
            os.rename(old, new)
            done.append((old, new))
    except OSError:
        for old, new in reversed(done):
            os.rename(new, old)
        raise
