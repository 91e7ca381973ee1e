"""Whether an archive may be unpacked at all: it may have been made to write elsewhere, or to fill the disk."""

import stat
import unicodedata
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from stream.backup import manifest, sealing
from stream.backup.manifest import Manifest
from stream.backup.problems import BackupError
from stream.backup.sources import DATABASE, KEY, is_carried

ENCRYPTED = 0x1
ROOTS = ("lessons", "instance")
LARGEST_MANIFEST = 30 * 10**6  # bytes
RATIO = 200  # of all parts together; texts and databases reach 20
UNSUSPECTED = 100 * 10**6  # bytes that an archive may unpack to in any case


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
    packed, unpacked = (sum(getattr(entry, size) for entry in entries) for size in ("compress_size", "file_size"))
    if len(entries) > sealing.MOST_FILES or packed > archive.start_dir:
        raise BackupError("the archive's index is none of ours: its parts overlap, or are too many")
    if unpacked > UNSUSPECTED and unpacked > RATIO * packed:
        raise BackupError(f"says that it unpacks to {unpacked // 10**6} MB: no site packs so well")


def require_listed(archive: ZipFile, listed: Manifest) -> None:
    """What the manifest lists is there, and nothing else. Raises BackupError."""
    names, expected = set(archive.namelist()), {part.name for part in listed.parts} | {manifest.NAME}
    if missing := sorted(expected - names):
        raise BackupError(f"{missing[0]} is missing")
    if added := sorted(names - expected):
        raise BackupError(f"{added[0]!r} is not in the manifest")
    if len(listed.parts) + 1 != len(expected):
        raise BackupError(f"{manifest.NAME} lists a part twice")
    for part in listed.parts:
        if archive.getinfo(part.name).file_size != part.size:
            raise BackupError(f"{part.name} has another size than the manifest says")
    if missing := sorted({DATABASE, KEY} - names):
        raise BackupError(f"{missing[0]} is missing")


def _require_plain(entry: ZipInfo) -> None:
    name, mode = entry.orig_filename, entry.external_attr >> 16
    path = PurePosixPath(name)
    is_ours = name in (manifest.NAME, DATABASE) or (path.parts[:1] and path.parts[0] in ROOTS and is_carried(name))
    is_plain = name.isprintable() and "\\" not in name and ".." not in path.parts and str(path) == name
    if not is_ours or not is_plain or name.startswith("/"):
        raise BackupError(f"{name!r} is no name that a backup has")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or entry.is_dir():
        raise BackupError(f"{name!r} is no plain file")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or entry.flag_bits & ENCRYPTED:
        raise BackupError(f"{name!r} is packed in a way that backups are not")
    if name == manifest.NAME and entry.file_size > LARGEST_MANIFEST:
        raise BackupError(f"{name} is too large")
