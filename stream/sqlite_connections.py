"""How connections to a SQLite file are set up: those that read, and those that write. And who has which for reading."""

from typing import Any

from sqlalchemy.pool import ConnectionPoolEntry, Pool

BUSY_TIMEOUT_MS = 5_000
READER_CACHE_KB = 64  # of each reading connection; the system keeps the file in memory, too
READER_STATEMENTS = 32  # kept compiled by each of them, some 6 KB each; the driver's default is 128
WRITER_CACHE_KB = 512
CHECKPOINT_PAGES = 16_000  # 64 MB: the limit at which a commit checkpoints even without a pause


class Readers(Pool):
    """The connections for reading. Whoever reads has one alone, the one that was given back last.

    So there are no more than ever read at once, however many threads come and go, and few that know many statements.
    Who reads while reading has another one: what the outer read has begun, a moment kept with BEGIN, goes on.
    """

    def __init__(self, creator: Any, **options: Any) -> None:
        super().__init__(creator, **options)
        self._free: list[ConnectionPoolEntry] = []  # threads share it without a lock: `pop` and `append` are atomic
        self._is_over = False

    def take(self) -> ConnectionPoolEntry:
        """One that nobody else has until it is given back."""
        try:
            return self._free.pop()
        except IndexError:
            return self._create_connection()

    def give_back(self, record: ConnectionPoolEntry) -> None:
        """Let others have it; without an open transaction."""
        if self._is_over:
            record.close()
        elif record.dbapi_connection is not None:  # else SQLAlchemy has closed it, after an error
            self._free.append(record)

    _do_get = take
    _do_return_conn = give_back

    def dispose(self) -> None:
        """Close those that nobody has, and the others as soon as they are given back."""
        self._is_over = True
        while self._free:
            self._free.pop().close()

    def recreate(self) -> "Readers":
        """The one with which SQLAlchemy goes on after `dispose`."""
        return Readers(self._creator, dialect=self._dialect, _dispatch=self.dispatch)

    def status(self) -> str:
        """How many nobody has."""
        return f"{len(self._free)} free"


def prepare_reader(connection: Any, _record: Any = None) -> None:
    """It refuses to write."""
    connection.isolation_level = None  # else a refused write would leave a transaction open, and an old state to read
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
