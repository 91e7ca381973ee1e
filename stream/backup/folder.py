"""The folder of backups. Every file with a backup's name was opened and checked before it got that name."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stream.backup.rotation import Rotation, firsts, kept
from stream.backup.sealing import is_sealed
from stream.clock import AHEAD
from stream.settings import Settings

LAST = datetime.max.replace(tzinfo=UTC)
TIME = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"stream-(\d{8}T\d{6}Z)(?:-([a-z-]+))?\.zip")
MOST_OF_A_KIND = 3  # backups made for a reason, such as an upgrade, are no part of the daily rhythm


@dataclass(frozen=True, slots=True)
class Backup:
    """A verified backup; `size` in bytes, `why` it was made besides the daily one."""

    path: Path
    made_at: datetime
    size: int
    why: str = ""


def name_of(at: datetime, why: str = "") -> str:
    """The file's name; it can be sorted by time."""
    return f"stream-{at.astimezone(UTC):{TIME}}{f'-{why}' if why else ''}.zip"


def find_all(folder: Path) -> list[Backup]:
    """All backups of a folder, the newest first. Files with other names are nobody's business."""
    try:
        found = [(NAME.fullmatch(path.name), path) for path in folder.iterdir() if path.is_file()]
    except OSError:
        return []
    backups = [
        Backup(path, datetime.strptime(match[1], TIME).replace(tzinfo=UTC), path.stat().st_size, match[2] or "")
        for match, path in found
        if match
    ]
    return sorted(backups, key=lambda backup: backup.made_at, reverse=True)


def newest(settings: Settings, at: datetime) -> Backup | None:
    """The last backup that can be restored. A file that was cut off since, or put there by hand, is none.

    One whose name lies ahead was made with a wrong clock, this one or that of now: it counts where there is no other.
    """
    found = sorted(find_all(settings.backup_folder), key=lambda backup: backup.made_at > at + AHEAD)
    return next((backup for backup in found if is_sealed(backup.path)), None)


def discount(settings: Settings, path: Path) -> Path | None:
    """Let a damaged backup count no more, by its name; returns the new one, or None where it never counted."""
    if path.resolve().parent != settings.backup_folder.resolve() or not NAME.fullmatch(path.name):
        return None
    return path.rename(path.with_name(f"{path.name}.damaged"))


def rotate(settings: Settings, made: Path) -> tuple[Path, ...]:
    """Remove what is older than the rotation keeps. Neither what was `made` just now goes, nor what lies ahead of it:
    the clock may be wrong, or have been. That takes nobody's place either.

    Of those made for a reason, the first of each day stays: an upgrade that fails and is tried again and again
    must not take away the way back.
    """
    rotation = Rotation(settings.backup_daily, settings.backup_weekly, settings.backup_monthly)
    now = next((backup.made_at for backup in find_all(made.parent) if backup.path == made), LAST)
    sealed = [backup for backup in find_all(settings.backup_folder) if is_sealed(backup.path)]
    found = [backup for backup in sealed if backup.made_at <= now]
    daily = kept((backup.made_at for backup in found if not backup.why), rotation)
    reasoned = firsts((backup.made_at for backup in found if backup.why), MOST_OF_A_KIND)
    stay = [backup for backup in found if backup.made_at in (reasoned if backup.why else daily)]
    superfluous = [backup for backup in found if backup not in stay and backup.path != made]
    for backup in superfluous:
        backup.path.unlink(missing_ok=True)
    return tuple(backup.path for backup in superfluous)
