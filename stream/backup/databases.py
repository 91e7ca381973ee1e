"""Copying a SQLite database while others write to it, and checking a copy without opening the site."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DatabaseError

from stream.backup.manifest import Holdings
from stream.backup.problems import BackupError
from stream.db import is_sqlite
from stream.progress.audit import losses_in
from stream.settings import Settings

PAGES = 2_000  # copied between two words to the progress bar
Told = Callable[[int, int], object]  # done, in all


def database_file(settings: Settings) -> Path:
    """The SQLite file of the site. Raises BackupError where the database is none."""
    if not is_sqlite(settings.sql_url):
        raise BackupError("the database is on a server: make its backup with pg_dump; this one is for SQLite")
    return Path(make_url(settings.sql_url).database or "").resolve()


def copy(source: Path, target: Path, told: Told) -> None:
    """A consistent copy of the database as it is now, in one file (https://sqlite.org/backup.html).

    The open read transaction pins the moment: without it each write of the site would make the copy begin anew.
    """
    with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, isolation_level=None)) as site:
        site.execute("BEGIN")
        site.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(target)) as copied:
            site.backup(copied, pages=PAGES, progress=lambda _, left, total: told(total - left, total))
            copied.execute("PRAGMA journal_mode=DELETE")
            _pack(copied)
        site.execute("ROLLBACK")


def _pack(copied: sqlite3.Connection) -> None:
    """What was deleted is zeros: room for nothing, and in a backup the mark of an archive that wants to fill disks."""
    free, pages = (copied.execute(f"PRAGMA {what}").fetchone()[0] for what in ("freelist_count", "page_count"))
    if free > pages // 2:
        copied.execute("VACUUM")


def schema_of(path: Path) -> str:
    """The revision of a database's schema; empty for one without any."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError, ValueError):  # a damaged name is no text in UTF-8
        return ""


def holdings_of(path: Path) -> Holdings:
    """Check a database that nobody uses, and count what it holds. Raises BackupError if anything does not hold."""
    engine = create_engine("sqlite://", creator=lambda: _reader(path))
    try:
        with engine.connect() as connection:
            return _checked(connection)
    except DatabaseError as error:
        raise BackupError(f"the database is damaged: {error.orig}") from error
    except (TypeError, ValueError) as error:  # values of a kind that the site never writes
        raise BackupError(f"the database is damaged: {error}") from error
    finally:
        engine.dispose()


def _reader(path: Path) -> sqlite3.Connection:
    """Reads a file that may come from anywhere, and leaves it as it is."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    return connection


def _checked(connection: Connection) -> Holdings:
    flaws = connection.execute(text("PRAGMA integrity_check(1)")).scalars().all()
    if flaws != ["ok"]:
        raise BackupError(f"the database is damaged: {flaws[0]}")
    found = next((fault for _, faults in losses_in(connection) for fault in faults), None)
    if found is not None:
        raise BackupError(f"the ledger does not hold: {found}; `stream ledger verify` names all faults")
    last = connection.execute(text("SELECT id, hash FROM events ORDER BY id DESC LIMIT 1")).one_or_none()
    members, recorded, talked = (
        connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        for table in ("users", "events", "comments")
    )
    return Holdings(members, recorded, talked, last.id if last else 0, last.hash if last else "")
