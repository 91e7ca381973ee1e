"""Whether an archive may be unpacked at all: it may have been made to write elsewhere, or to fill the disk."""

import stat
import unicodedata
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from stream.backup import manifest
from stream.backup.manifest import Manifest
from stream.backup.problems import BackupError
from stream.backup.sources import DATABASE, KEY

ROOTS = ("lessons", "instance")
LARGEST = 50 * 10**9  # bytes, unpacked
LARGEST_MANIFEST = 30 * 10**6
RATIO = 1_100  # deflate reaches 1,032 at most


def require_harmless(archive: ZipFile) -> None:
    """Names, kinds and sizes of the index, before anything is unpacked. Raises BackupError."""
    entries = archive.infolist()
    seen: set[str] = set()
    for entry in entries:
        _require_plain(entry)
        folded = unicodedata.normalize("NFC", entry.filename).casefold()
        if folded in seen:
            raise BackupError(f"{entry.filename!r} is there twice")
        seen.add(folded)
    if sum(entry.file_size for entry in entries) > LARGEST:
        raise BackupError("is larger than any site, unpacked")


def require_listed(archive: ZipFile, listed: Manifest) -> None:
    """What the manifest lists is there, and nothing else. Raises BackupError."""
    names, expected = set(archive.namelist()), {part.name for part in listed.parts} | {manifest.NAME}
    if missing := sorted(expected - names):
        raise BackupError(f"{missing[0]} is missing")
    if added := sorted(names - expected):
        raise BackupError(f"{added[0]!r} is not in the manifest")
    if missing := sorted({DATABASE, KEY} - names):
        raise BackupError(f"{missing[0]} is missing")


def _require_plain(entry: ZipInfo) -> None:
    name, mode = entry.orig_filename, entry.external_attr >> 16
    path = PurePosixPath(name)
    is_ours = name in (manifest.NAME, DATABASE) or (len(path.parts) > 1 and path.parts[0] in ROOTS)
    is_plain = name.isprintable() and "\\" not in name and ".." not in path.parts and str(path) == name
    if not is_ours or not is_plain or name.startswith("/"):
        raise BackupError(f"{name!r} is no name that a backup has")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or entry.is_dir():
        raise BackupError(f"{name!r} is no plain file")
    if entry.file_size > RATIO * max(entry.compress_size, 1):
        raise BackupError(f"{name!r} says it is larger than it can be")
    if name == manifest.NAME and entry.file_size > LARGEST_MANIFEST:
        raise BackupError(f"{name} is too large")
