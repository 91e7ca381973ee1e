"""Making a site, bringing its database to the schema of this code, and checking how it is."""

import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from stream.db import reading
from stream.resources import SAMPLE_LESSONS
from stream.schema import KNOWN, NEWEST, schema_of
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
    current = _schema()
    if current == NEWEST:
        return False
    _require_known(current)
    from stream.maintenance.migrations import upgrade  # not above: a running site has no use for Alembic's 11 MB

    upgrade()
    return True


def is_behind() -> bool:
    """Whether there is a database with an older schema than this code's. Raises SettingsError for a newer one."""
    current = _schema()
    _require_known(current)
    return current is not None and current != NEWEST


def _require_known(current: str | None) -> None:
    if current is not None and current not in KNOWN:
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
        current = _schema()
    except SQLAlchemyError:
        return Health({"database": "does not answer"})
    return Health({"database": "ok", "schema": "ok" if current == NEWEST else "needs `stream db upgrade`"})


def _schema() -> str | None:
    with reading() as connection:
        return schema_of(connection)
