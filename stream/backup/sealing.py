"""A ZIP file that ends in the SHA-256 of everything before: one changed byte anywhere, and it is refused.

The seal is the archive's comment, so every unpacking program reads the file. Checksums inside a ZIP do not cover its
index; and the index is what says where the parts are.
"""

import hashlib
import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from stream.backup.manifest import Part
from stream.backup.problems import BackupError, Damaged

CHUNK = 1 << 20
MOST_FILES = 60_000
MOST_INDEX = 10_000_000  # bytes; read into memory at once
BROKEN = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, LookupError, struct.error, OverflowError)
DIGEST = 64  # hex digits
PREFIX = b"stream-backup sha256:"
SEAL = len(PREFIX) + DIGEST
IS_SEAL = re.compile(re.escape(PREFIX) + rb"[0-9a-f]{64}")
END = struct.Struct("<4s4H2LH")  # the end of a ZIP file (APPNOTE 4.3.16), in front of the comment
LARGE_END = struct.Struct("<4sQ2H2L4Q4sLQL")  # before that, where 32 bits do not do (4.3.14 and 4.3.15)


def hashed(file: BinaryIO, size: int) -> str:
    """The SHA-256 of the next `size` bytes."""
    seen = hashlib.sha256()
    while size > 0 and (chunk := file.read(min(CHUNK, size))):
        seen.update(chunk)
        size -= len(chunk)
    return seen.hexdigest()


class Packing:
    """A backup while it is written."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.parts: list[Part] = []

    def add(self, name: str, source: BinaryIO, written_at: int) -> None:
        """Copy a file in, as long as it is when read: an author may be saving just now."""
        seen, size = hashlib.sha256(), 0
        with self._archive.open(_entry(name), "w", force_zip64=True) as packed:
            while chunk := source.read(CHUNK):
                packed.write(chunk)
                seen.update(chunk)
                size += len(chunk)
        self.parts.append(Part(name, size, seen.hexdigest(), written_at))

    def add_unlisted(self, name: str, content: bytes) -> None:
        """The manifest, which cannot hold its own hash; the seal covers it."""
        self._archive.writestr(_entry(name), content)


@contextmanager
def packing(path: Path) -> Iterator[Packing]:
    """Write a sealed archive to `path`; on disk when the block ends. It holds keys: only its owner may read it."""
    path.touch(mode=0o600)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        yield Packing(archive)
        archive.comment = PREFIX + b"0" * DIGEST
    with path.open("r+b") as file:
        size = path.stat().st_size - DIGEST
        digest = hashed(file, size)
        file.seek(size)
        file.write(digest.encode())
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """A sealed archive whose index may be read. Raises BackupError unless every byte is as it was written."""
    with _file(path) as file, _index_of(file) as archive:
        yield archive


def is_sealed(path: Path) -> bool:
    """Whether a file ends as a backup does: enough to tell one from a file that was cut off, without reading it all."""
    try:
        with path.open("rb") as file:
            file.seek(-SEAL, os.SEEK_END)
            return IS_SEAL.fullmatch(file.read()) is not None
    except OSError:
        return False


def _file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}") from error


def _index_of(file: BinaryIO) -> ZipFile:
    try:
        _require_seal(file, file.seek(0, os.SEEK_END))
        return ZipFile(file)
    except (*BROKEN, OSError) as error:  # or packed in a way that ours are not
        raise BackupError(f"the archive's index is damaged: {error}") from error


def _require_seal(file: BinaryIO, size: int) -> None:
    if size < END.size + SEAL:
        raise BackupError("is no backup, or its end is missing")
    file.seek(size - SEAL)
    seal = file.read(SEAL)
    file.seek(0)
    digest = hashed(file, size - DIGEST)
    if seal != PREFIX + digest.encode():
        raise Damaged(_damaged_part(file, size, seal))
    _require_small_index(file, size)


def _require_small_index(file: BinaryIO, size: int) -> None:
    """Asked before the index is read: it says itself how long it is, and is read into memory at once."""
    at = size - SEAL - END.size
    file.seek(at)
    signature, _, _, _, count, length, _, comment = END.unpack(file.read(END.size))
    if at >= LARGE_END.size:
        file.seek(at - LARGE_END.size)
        large = LARGE_END.unpack(file.read(LARGE_END.size))
        if large[10] == b"PK\6\7":  # then these numbers are believed instead
            count, length = max(count, large[7]), large[8]
    if signature != b"PK\5\6" or comment != SEAL or count > MOST_FILES or length > MOST_INDEX:
        raise BackupError(f"the archive's index is none of ours, or has more than {MOST_FILES} files")


def _damaged_part(file: BinaryIO, size: int, seal: bytes) -> str:
    """Which part no longer is what it was; told only after the seal was found broken."""
    if not IS_SEAL.fullmatch(seal):
        return "is no backup, or its seal is damaged"
    try:
        _require_small_index(file, size)
        with ZipFile(file) as archive:
            for name in archive.namelist():
                if not _is_whole(archive, name):
                    return f"{ascii(name)[1:-1]} is damaged"
    except Exception:  # whatever a damaged index makes the parser do
        return "the archive's index is damaged"
    return "the archive's index or seal is damaged"


def _is_whole(archive: ZipFile, name: str) -> bool:
    try:
        with archive.open(name) as part:
            while part.read(CHUNK):
                pass
    except Exception:  # zlib, checksum or header: damaged in any case
        return False
    return True


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
