"""Making a backup while the site runs: copied, packed, opened again and checked, and only then given its name."""

import fcntl
import io
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

from sqlalchemy import make_url

from stream.backup import manifest, sealing
from stream.backup.checking import verified
from stream.backup.databases import copy, holdings_of, schema_of
from stream.backup.folder import Backup, name_of, rotate
from stream.backup.manifest import Manifest
from stream.backup.problems import BackupError
from stream.backup.sources import DATABASE, KEY, files_of
from stream.db import is_sqlite
from stream.settings import Settings

MAKING = ".making-"
Told = Callable[[str, int, int], object]  # what is done just now, how much of it, of how much


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was checked, and the older ones that made room for it."""

    backup: Backup
    manifest: Manifest
    removed: tuple[Path, ...]


def create(settings: Settings, version: str, at: datetime, told: Told, to: Path | None = None, why: str = "") -> Made:
    """Make a verified backup in the folder of backups, or as the file `to`. `why` becomes part of its name.

    Raises BackupError; then the backups that were there are as they were, and nothing half-made has a backup's name.
    """
    target = to or _free(settings.backup_folder, at, why)
    try:
        with _working_folder(target.parent) as work:
            made = _make(settings, version, at, told, work)
            if target.exists():
                raise BackupError(f"{target} is there already; nothing was overwritten")
            os.replace(work / "backup", target)
            _sync(target.parent)
        removed = () if to else rotate(settings)
        return Made(Backup(target, at, target.stat().st_size), made, removed)
    except OSError as error:
        raise BackupError(f"no backup was made in {target.parent}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise BackupError(f"no backup was made: the database could not be copied: {error}") from error


def _free(folder: Path, at: datetime, why: str) -> Path:
    """A name that no backup has yet: two within a second stand a second apart."""
    times = (at + timedelta(seconds=later) for later in count())
    return next(path for each in times if not (path := folder / name_of(each, why)).exists())


def database_file(settings: Settings) -> Path:
    """The SQLite file of the site. Raises BackupError where the database is none."""
    if not is_sqlite(settings.sql_url):
        raise BackupError("the database is on a server: make its backup with pg_dump; this one is for SQLite")
    return Path(make_url(settings.sql_url).database or "")


def _make(settings: Settings, version: str, at: datetime, told: Told, work: Path) -> Manifest:
    source = database_file(settings)
    if not source.is_file():
        raise BackupError(f"{source} is not there: `stream init` makes a site")
    copy(source, work / "database", lambda done, total: told("copying the database", done, total))
    holdings = holdings_of(work / "database")
    files = list(_files(settings, work))
    with sealing.packing(work / "backup") as packing:
        for number, (name, path) in enumerate(files, start=1):
            told("packing", number, len(files))
            with _reading(path) as file:
                packing.add(name, file, _written_at(path))
        listed = Manifest(version, schema_of(work / "database"), _iso(at), holdings, tuple(packing.parts))
        packing.add_unlisted(manifest.NAME, manifest.to_bytes(listed))
    size, done = sum(part.size for part in listed.parts), 0
    (work / "database").unlink()

    def checked(number: int) -> None:
        nonlocal done
        done += number
        told("checking", done, size)

    return verified(work / "backup", checked)


def _files(settings: Settings, work: Path) -> Iterator[tuple[str, Path | bytes]]:
    """The key is taken along wherever it is set: without it, no session and no link of before would work."""
    yield DATABASE, work / "database"
    yield KEY, (settings.secret_key + "\n").encode()
    for source in files_of(settings):
        yield source.name, source.path


@contextmanager
def _reading(path: Path | bytes) -> Iterator[BinaryIO]:
    with io.BytesIO(path) if isinstance(path, bytes) else path.open("rb") as file:
        yield file


def _written_at(path: Path | bytes) -> int:
    return 0 if isinstance(path, bytes) else path.stat().st_mtime_ns


@contextmanager
def _working_folder(parent: Path) -> Iterator[Path]:
    """A folder beside the backups, for one at a time; what an earlier run left behind when it was killed goes."""
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (parent / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("another backup is being made just now; wait for it") from None
        for left in parent.glob(f"{MAKING}*"):
            shutil.rmtree(left, ignore_errors=True)
        work = Path(mkdtemp(dir=parent, prefix=MAKING))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _sync(folder: Path) -> None:
    """The name is on disk too, not only the file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
