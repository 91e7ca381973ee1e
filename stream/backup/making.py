"""Making a backup while the site runs: copied, packed, opened again and checked, and only then given its name."""

import fcntl
import io
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from unicodedata import normalize

from stream.backup import manifest, sealing
from stream.backup.checking import verified
from stream.backup.databases import copy, database_file, holdings_of, schema_of
from stream.backup.folder import Backup, name_of, rotate
from stream.backup.manifest import Manifest
from stream.backup.owners import give_to_owner_of
from stream.backup.problems import BackupError
from stream.backup.sources import DATABASE, ENVIRONMENT, KEY, Source, collected
from stream.settings import Settings, kept_outside

MAKING, CHECKING = ".making-", ".checking-"
RESERVE = 20 * 10**6  # bytes that stay free for the site
DAY = 86_400  # seconds; no check takes that long
Told = Callable[[str, int, int], object]  # what is done just now, how much of it, of how much


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was checked, and the older ones that made room for it."""

    backup: Backup
    manifest: Manifest
    removed: tuple[Path, ...]
    left_out: tuple[str, ...]  # what somebody could miss in it, and why it is not there


def create(settings: Settings, version: str, at: datetime, told: Told, to: Path | None = None, why: str = "") -> Made:
    """Make a verified backup in the folder of backups, or as the file `to`. `why` becomes part of its name.

    Raises BackupError; then the backups that were there are as they were, and nothing half-made has a backup's name.
    """
    target = to or _free(settings.backup_folder, at, why)
    try:
        with _working_folder(target.parent) as work:
            made, left_out = _make(settings, version, at, told, work)
            if target.exists():
                raise BackupError(f"{target} is there already; nothing was overwritten")
            os.replace(work / "backup", target)
            _sync(target.parent)
    except OSError as error:
        about = error.filename or target.parent
        raise BackupError(f"no backup was made in {target.parent}: {about}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise BackupError(f"no backup was made: the database could not be copied: {error}") from error
    return Made(Backup(target, at, target.stat().st_size), made, () if to else _rotated(settings, target), left_out)


def _rotated(settings: Settings, made: Path) -> tuple[Path, ...]:
    try:
        return rotate(settings, made)
    except OSError as error:
        raise BackupError(f"{made} was made and is whole, but older ones stay: {error}") from error


def _free(folder: Path, at: datetime, why: str) -> Path:
    """A name that no backup has yet: two within a second stand a second apart."""
    times = (at + timedelta(seconds=later) for later in count())
    return next(path for each in times if not (path := folder / name_of(each, why)).exists())


def _make(settings: Settings, version: str, at: datetime, told: Told, work: Path) -> tuple[Manifest, tuple[str, ...]]:
    source = database_file(settings)
    if not source.is_file() or not settings.secret_key:
        raise BackupError(f"{settings.instance} has no database and key: `stream init` makes a site")
    found = collected(settings, source)
    _require_different_names(found.files)
    _require_room(work, source, found.files)
    copy(source, work / "database", lambda done, total: told("copying the database", done, total))
    holdings = holdings_of(work / "database")
    with sealing.packing(work / "backup") as packing:
        _pack(packing, settings, work, found.files, told)
        listed = Manifest(version, schema_of(work / "database"), _iso(at), holdings, tuple(packing.parts))
        packing.add_unlisted(manifest.NAME, manifest.to_bytes(listed))
    (work / "database").unlink()
    give_to_owner_of(settings.instance, work / "backup")
    return verified(work / "backup", _counting(told, sum(part.size for part in listed.parts))), tuple(found.left_out)


def _counting(told: Told, size: int) -> Callable[[int], None]:
    done = 0

    def checked(number: int) -> None:
        nonlocal done
        done += number
        told("checking", done, size)

    return checked


def _require_different_names(files: list[Source]) -> None:
    """Where small and capital letters are the same, one of two would overwrite the other: such a backup is refused."""
    seen: dict[str, str] = {}
    for each in files:
        other = seen.setdefault(normalize("NFC", each.name).casefold(), each.name)
        if other != each.name:
            raise BackupError(f"{other} and {each.name} differ only in small and capital letters: rename one of them")


def _require_room(work: Path, database: Path, files: list[Source]) -> None:
    """The site runs on the same disk, perhaps: no backup may fill it."""
    needed = 2 * _size(database) + sum(_size(each.path) for each in files) + RESERVE
    free = shutil.disk_usage(work).free
    if needed > free:
        raise BackupError(f"no backup was made: it needs {needed // 10**6} MB, and {free // 10**6} MB are free")


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _pack(packing: sealing.Packing, settings: Settings, work: Path, files: list[Source], told: Told) -> None:
    """The key is taken along wherever it is set: without it, no session and no link of before would work."""
    with (work / "database").open("rb") as file:
        packing.add(DATABASE, file, 0)
    packing.add(KEY, io.BytesIO(f"{settings.secret_key}\n".encode()), 0)
    if outside := kept_outside(os.environ):
        packing.add(ENVIRONMENT, io.BytesIO(outside.encode()), 0)
        files = [each for each in files if each.name != ENVIRONMENT]
    for number, each in enumerate(files, start=1):
        told("packing", number, len(files))
        with suppress(FileNotFoundError), each.path.open("rb") as file:  # or removed since it was listed
            packing.add(each.name, file, max(os.fstat(file.fileno()).st_mtime_ns, 0))


@contextmanager
def _working_folder(parent: Path) -> Iterator[Path]:
    """A folder beside the backups, for one at a time; what an earlier run left behind when it was killed goes."""
    if not parent.is_dir():
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        give_to_owner_of(parent.parent, parent)
    with (parent / ".lock").open("w") as lock:
        give_to_owner_of(parent, parent / ".lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("another backup is being made just now; wait for it") from None
        for left in (*parent.glob(f"{MAKING}*"), *filter(_is_old, parent.glob(f"{CHECKING}*"))):
            shutil.rmtree(left, ignore_errors=True)
        work = Path(mkdtemp(dir=parent, prefix=MAKING))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _is_old(path: Path) -> bool:
    return path.stat().st_mtime < time.time() - DAY


def _sync(folder: Path) -> None:
    """The name is on disk too, not only the file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
