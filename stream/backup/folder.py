"""The folder of backups. Every file with a backup's name was opened and checked before it got that name."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stream.backup.rotation import Rotation, kept
from stream.settings import Settings

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


def newest(settings: Settings) -> Backup | None:
    """The last backup that can be restored."""
    return next(iter(find_all(settings.backup_folder)), None)


def rotate(settings: Settings) -> tuple[Path, ...]:
    """Remove what is older than the rotation keeps; returns what was removed."""
    rotation = Rotation(settings.backup_daily, settings.backup_weekly, settings.backup_monthly)
    found = find_all(settings.backup_folder)
    daily = [backup for backup in found if not backup.why]
    stay = kept((backup.made_at for backup in daily), rotation)
    superfluous = [backup for backup in daily if backup.made_at not in stay]
    superfluous += [backup for backup in found if backup.why][MOST_OF_A_KIND:]
    for backup in superfluous:
        backup.path.unlink()
    return tuple(backup.path for backup in superfluous)
