"""A new schema, without risk: a verified backup first, then the migration, then the ledger checked again."""

from dataclasses import dataclass
from datetime import datetime

from stream.backup.folder import Backup
from stream.backup.making import Told, create
from stream.backup.problems import BackupError
from stream.db import is_sqlite
from stream.maintenance.service import is_behind, migrate
from stream.progress import audit
from stream.settings import Settings, SettingsError

WHY = "before-upgrade"  # part of the backup's name


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Whether there was anything to do, and the way back."""

    changed: bool
    backup: Backup | None = None


def upgrade(settings: Settings, version: str, at: datetime, told: Told, with_backup: bool = True) -> Upgrade:
    """Bring the database to the schema of this code. Raises SettingsError, and then the database is as it was.

    A database on a server has backups of its own; a new one holds nothing yet.
    """
    made = None
    if with_backup and is_behind() and is_sqlite(settings.sql_url):
        try:
            made = create(settings, version, at, told, why=WHY).backup
        except BackupError as error:
            raise SettingsError(f"not upgraded, because there is no backup: {error}") from error
    return Upgrade(migrate(), made)


def first_fault() -> audit.Fault | None:
    """What does not hold in the ledger; None when all does."""
    return next((fault for _, faults in audit.faults() for fault in faults), None)
