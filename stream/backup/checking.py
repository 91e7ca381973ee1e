"""Whether a backup is whole: every byte, every part, the database and its ledger. And unpacking it on the way."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from zipfile import ZipFile

from stream.backup import manifest, sealing, suspicion
from stream.backup.databases import holdings_of
from stream.backup.manifest import Manifest, Part
from stream.backup.problems import BackupError
from stream.backup.sources import DATABASE

Told = Callable[[int], object]  # bytes that were checked


def verified(path: Path, told: Told) -> Manifest:
    """What a whole backup says of itself. Raises BackupError with the name of the damaged part."""
    with TemporaryDirectory(dir=path.parent, prefix=".checking-") as folder:
        return unpacked(path, Path(folder), told, only=DATABASE)


def unpacked(path: Path, folder: Path, told: Told, only: str = "") -> Manifest:
    """Unpack into `folder`, which is new, and check everything; `only` one part is kept. Raises BackupError."""
    with sealing.opened(path) as archive:
        suspicion.require_harmless(archive)
        listed = _manifest(archive)
        suspicion.require_listed(archive, listed)
        for part in listed.parts:
            _unpack(archive, part, folder / part.name if only in ("", part.name) else None)
            told(part.size)
    if holdings_of(folder / DATABASE) != listed.holdings:
        raise BackupError(f"{DATABASE} does not hold what the manifest says")
    return listed


def _manifest(archive: ZipFile) -> Manifest:
    try:
        return manifest.from_bytes(archive.read(manifest.NAME))
    except KeyError:
        raise BackupError(f"{manifest.NAME} is missing") from None
    except ValueError as error:
        raise BackupError(f"{manifest.NAME} {error}") from error


def _unpack(archive: ZipFile, part: Part, target: Path | None) -> None:
    """Never more bytes than the manifest says."""
    seen, left = hashlib.sha256(), part.size + 1
    with archive.open(part.name) as packed, _written(target) as file:
        while chunk := packed.read(min(sealing.CHUNK, left)):
            seen.update(chunk)
            left -= len(chunk)
            file.write(chunk)
    if left != 1 or seen.hexdigest() != part.sha256:
        raise BackupError(f"{part.name} is not what the manifest says")
    if target is not None and part.written_at > 0:
        os.utime(target, ns=(part.written_at, part.written_at))


def _written(target: Path | None) -> BinaryIO:
    if target is None:
        return open(os.devnull, "wb")
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.open("xb")
