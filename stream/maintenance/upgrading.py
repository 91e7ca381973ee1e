"""A new schema, without risk: a verified backup first, then the migration, then the ledger checked again."""

import shlex
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
    """Whether there was anything to do, the way back, and what does not hold in the ledger since."""

    changed: bool
    backup: Backup | None = None
    fault: audit.Fault | None = None

    @property
    def way_back(self) -> str:
        """The command that undoes it; empty where there is no backup."""
        return f"stream backup restore {shlex.quote(str(self.backup.path))} --replace" if self.backup else ""


def upgrade(settings: Settings, version: str, at: datetime, told: Told, with_backup: bool = True) -> Upgrade:
    """Bring the database to the schema of this code. Raises SettingsError, and then the database is as it was.

    A database on a server has backups of its own; a new one holds nothing yet.
    """
    made, holds_something = None, is_behind()
    if with_backup and holds_something and is_sqlite(settings.sql_url):
        try:
            made = create(settings, version, at, told, why=WHY).backup
        except BackupError as error:
            raise SettingsError(f"not upgraded, because there is no backup: {error}") from error
    changed = migrate()
    return Upgrade(changed, made, _first_fault() if holds_something else None)


def _first_fault() -> audit.Fault | None:
    return next((fault for _, faults in audit.faults() for fault in faults), None)
