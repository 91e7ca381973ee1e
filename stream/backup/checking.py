"""Whether a backup is whole: every byte, every part, the database and its ledger. And unpacking it on the way."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from typing import BinaryIO
from zipfile import ZipFile

from stream.backup import manifest, sealing, suspicion
from stream.backup.databases import holdings_of, schema_of
from stream.backup.manifest import Manifest, Part
from stream.backup.problems import BackupError
from stream.backup.sources import DATABASE

Told = Callable[[int], object]  # bytes that were checked
Schemas = frozenset[str] | None  # none: any


def verified(path: Path, told: Told, known: Schemas = None) -> Manifest:
    """What a whole backup says of itself. Raises BackupError with the name of the damaged part."""
    beside = path.parent if os.access(path.parent, os.W_OK) else None  # else where the system keeps such files
    try:
        with TemporaryDirectory(dir=beside, prefix=".checking-") as folder:
            return unpacked(path, Path(folder), told, DATABASE, known)
    except OSError as error:
        raise BackupError(f"{path} could not be checked: {error.strerror or error}") from error


def unpacked(path: Path, folder: Path, told: Told, only: str = "", known: Schemas = None) -> Manifest:
    """Unpack into `folder`, which is new, and check everything; `only` one part is kept. `known` are the schemas that
    this code can use. Raises BackupError; OSError where the folder does not take it."""
    with sealing.opened(path) as archive:
        suspicion.require_harmless(archive)
        listed = _manifest(archive)
        _require_known(listed, known)
        suspicion.require_listed(archive, listed)
        _require_room(folder, [part for part in listed.parts if only in ("", part.name)])
        for part in listed.parts:
            _unpack(archive, part, folder / part.name if only in ("", part.name) else None)
            told(part.size)
    database = folder / DATABASE
    if schema_of(database) != listed.schema or holdings_of(database) != listed.holdings:
        raise BackupError(f"{DATABASE} does not hold what the manifest says")
    return listed


def _require_known(listed: Manifest, known: Schemas) -> None:
    if known is not None and listed.schema not in known:
        raise BackupError(
            f"is of a newer version of Stream ({listed.version}, schema {listed.schema}): install that one first"
        )


def _require_room(folder: Path, parts: list[Part]) -> None:
    needed, free = sum(part.size for part in parts), disk_usage(folder).free
    if needed > free:
        raise BackupError(f"unpacks to {needed // 10**6} MB, and {folder.parent} has room for {free // 10**6}")


def _manifest(archive: ZipFile) -> Manifest:
    try:
        return manifest.from_bytes(archive.read(manifest.NAME))
    except KeyError:
        raise BackupError(f"{manifest.NAME} is missing") from None
    except sealing.BROKEN as error:
        raise BackupError(f"{manifest.NAME} {error}") from error


def _unpack(archive: ZipFile, part: Part, target: Path | None) -> None:
    """Never more bytes than the manifest says."""
    seen, left = hashlib.sha256(), part.size + 1
    with _written(target) as file:
        for chunk in _chunks(archive, part.name, left):
            seen.update(chunk)
            left -= len(chunk)
            file.write(chunk)
    if left != 1 or seen.hexdigest() != part.sha256:
        raise BackupError(f"{part.name} is not what the manifest says")
    if target is not None and part.written_at > 0:
        os.utime(target, ns=(part.written_at, part.written_at))


def _chunks(archive: ZipFile, name: str, most: int) -> Iterator[bytes]:
    try:
        with archive.open(name) as packed:
            while most > 0 and (chunk := packed.read(min(sealing.CHUNK, most))):
                most -= len(chunk)
                yield chunk
    except sealing.BROKEN as error:
        raise BackupError(f"{name} is damaged: {error}") from error


def _written(target: Path | None) -> BinaryIO:
    if target is None:
        return open(os.devnull, "wb")
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.open("xb")
