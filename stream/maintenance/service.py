"""Making a site, bringing its database to the schema of this code, and checking how it is."""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from stream.db import reading
from stream.resources import MIGRATIONS, SAMPLE_LESSONS
from stream.settings import Settings, SettingsError


def initialise(settings: Settings, sample: bool) -> Iterator[str]:
    """Make the folders, the secret key and, if wanted, the sample course. Yields a line for each thing it made."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    if not settings.secret_key:
        yield f"made {_new_key(settings.instance / 'secret_key')}"
    if sample and not settings.lessons.exists():
        shutil.copytree(SAMPLE_LESSONS, settings.lessons, ignore=shutil.ignore_patterns("__pycache__"))
        yield f"copied the sample course to {settings.lessons}"


def _new_key(path: Path) -> Path:
    """A random key that only its owner can read."""
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    return path


def migrate() -> bool:
    """Bring the database to the newest schema; whether there was anything to do.

    A database newer than this code is refused and not touched.
    """
    current, newest = _revisions()
    if current == newest:
        return False
    _require_known(current)
    upgrade(directory=str(MIGRATIONS))
    return True


def is_behind() -> bool:
    """Whether there is a database with an older schema than this code's. Raises SettingsError for a newer one."""
    current, newest = _revisions()
    _require_known(current)
    return current is not None and current != newest


def _require_known(current: str | None) -> None:
    if current is not None and current not in {script.revision for script in _scripts().walk_revisions()}:
        raise SettingsError(
            f"the database has schema {current}, which this version of Stream does not know: it was written by a "
            "newer version. Install that version again; nothing was changed"
        )


@dataclass(frozen=True, slots=True)
class Health:
    """Each check's name with "ok" or what is wrong."""

    checks: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return all(result == "ok" for result in self.checks.values())


def health() -> Health:
    """Ask the database for its schema."""
    try:
        current, newest = _revisions()
    except SQLAlchemyError:
        return Health({"database": "does not answer"})
    return Health({"database": "ok", "schema": "ok" if current == newest else "needs `stream db upgrade`"})


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _revisions() -> tuple[str | None, str | None]:
    """The schema of the database, and the newest one this code has."""
    with reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None, _scripts().get_current_head()
        return MigrationContext.configure(connection).get_current_revision(), _scripts().get_current_head()
