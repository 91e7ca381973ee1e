"""How connections to a SQLite file are set up: those that read, and those that write."""

from typing import Any

BUSY_TIMEOUT_MS = 5_000
READER_CACHE_KB = 64  # of each reading connection, two for each thread; the system keeps the file in memory, too
WRITER_CACHE_KB = 1_024
CHECKPOINT_PAGES = 16_000  # 64 MB: the limit at which a commit checkpoints even without a pause


def prepare_reader(connection: Any, _record: Any = None) -> None:
    """It refuses to write."""
    _common(connection)
    connection.execute("PRAGMA query_only=ON")
    connection.execute(f"PRAGMA cache_size=-{READER_CACHE_KB}")


def prepare_writer(connection: Any, _record: Any = None) -> None:
    """What it commits is on disk."""
    connection.isolation_level = None  # the driver must not begin transactions of its own: see GroupWriter._begin
    _common(connection)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # an answered act survives a power cut; NORMAL loses the last ones
    connection.execute("PRAGMA secure_delete=ON")  # what members delete is not left in the file's free pages
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KB}")


def wait_for_lock(connection: Any, milliseconds: int = BUSY_TIMEOUT_MS) -> None:
    """From now on, wait so long where somebody else has the lock."""
    connection.execute(f"PRAGMA busy_timeout={milliseconds}")


def _common(connection: Any) -> None:
    wait_for_lock(connection)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
