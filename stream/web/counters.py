"""The counters behind the limits, in a small file of their own, so that a restart forgives nobody and several processes
count together.

It holds no address and no name, only keyed hashes of them, and each for no longer than its limit runs. A power cut may
lose the last seconds of it: it waits for no disk. Where the clock jumps back, a window that runs ends no later than one
that begins now, and what it has counted stays.
"""

import hashlib
import hmac
import sqlite3
import threading
import time
from pathlib import Path

from limits.storage import Storage

SCHEMA = "CREATE TABLE IF NOT EXISTS counters (key TEXT PRIMARY KEY, count INTEGER, expires REAL) WITHOUT ROWID"
COUNT = """
INSERT INTO counters (key, count, expires) VALUES (:key, :amount, :until)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN expires > :now THEN count + :amount ELSE :amount END,
  expires = CASE WHEN expires > :now THEN min(expires, :until) ELSE :until END
RETURNING count
"""
SWEPT_EVERY = 60.0  # seconds between clearings of what has run out


class KeptCounters(Storage):
    """Fixed windows in a SQLite file. Threads and processes may share it; a file that is damaged is begun anew."""

    STORAGE_SCHEME = None

    def __init__(self, file: Path, secret: str) -> None:
        super().__init__()
        self._file = file
        self._secret = secret.encode()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._swept = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the file may raise."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and say how many that makes in the window of `expiry` seconds that runs now."""
        now = time.time()
        values = {"key": self._hashed(key), "amount": amount, "now": now, "until": now + expiry}
        with self._lock:
            self._sweep(now)
            [row] = self._run(COUNT, values)
        return int(row[0])

    def decr(self, key: str) -> None:
        """Give one back."""
        query = "UPDATE counters SET count = max(0, count - 1) WHERE key = :key AND expires > :now"
        with self._lock:
            self._run(query, {"key": self._hashed(key), "now": time.time()})

    def get(self, key: str) -> int:
        """How many there are in the window that runs now."""
        return int(self._row(key)[0])

    def get_expiry(self, key: str) -> float:
        """When the window that runs now ends, in seconds since 1970."""
        return float(self._row(key)[1])

    def check(self) -> bool:
        """Whether it can count."""
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        with self._lock:
            self._run("DELETE FROM counters", {})
        return None

    def clear(self, key: str) -> None:
        """Forget one."""
        with self._lock:
            self._run("DELETE FROM counters WHERE key = :key", {"key": self._hashed(key)})

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _row(self, key: str) -> tuple[int, float]:
        now = time.time()
        query = "SELECT count, expires FROM counters WHERE key = :key AND expires > :now"
        with self._lock:
            found = self._run(query, {"key": self._hashed(key), "now": now})
        return found[0] if found else (0, now)

    def _hashed(self, key: str) -> str:
        return hmac.new(self._secret, key.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _sweep(self, now: float) -> None:
        if now - self._swept > SWEPT_EVERY or now < self._swept:
            self._swept = now
            self._run("DELETE FROM counters WHERE expires <= :now", {"now": now})

    def _run(self, query: str, values: dict[str, object]) -> list[tuple[int, float]]:
        try:
            return self._open().execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
                return self._in_memory().execute(query, values).fetchall()
            self._begin_anew()
            return self._open().execute(query, values).fetchall()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = _prepared(str(self._file))
        return self._connection

    def _in_memory(self) -> sqlite3.Connection:
        """Where nothing can be written, in memory: limits must hold all the more."""
        if self._connection is not None:
            self._connection.close()
        self._connection = _prepared(":memory:")
        return self._connection

    def _begin_anew(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)


def _prepared(file: str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=1)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute(SCHEMA)
    return connection
