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

SCHEMA = "CREATE TABLE IF NOT EXISTS counters (key TEXT PRIMARY KEY, count INTEGER, expires REAL) WITHOUT ROWID"
COUNT = """
INSERT INTO counters (key, count, expires) VALUES (:key, 1, :until)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN expires > :now THEN count + 1 ELSE 1 END,
  expires = CASE WHEN expires > :now THEN min(expires, :until) ELSE :until END
RETURNING count
"""
SWEPT_EVERY = 60.0  # seconds between clearings of what has run out


class KeptCounters:
    """Windows in a SQLite file. Threads and processes may share it; a file that is damaged is begun anew."""

    def __init__(self, file: Path, secret: str) -> None:
        self._file = file
        self._secret = secret.encode()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._swept = 0.0

    def add(self, key: str, seconds: int) -> int:
        """Count one, and say how many that makes in the window of `seconds` that runs now."""
        now = time.time()
        values = {"key": self._hashed(key), "now": now, "until": now + seconds}
        with self._lock:
            self._sweep(now)
            [row] = self._run(COUNT, values)
        return int(row[0])

    def take_back(self, key: str) -> None:
        """Count one less."""
        query = "UPDATE counters SET count = max(0, count - 1) WHERE key = :key AND expires > :now"
        with self._lock:
            self._run(query, {"key": self._hashed(key), "now": time.time()})

    def end_of_window(self, key: str) -> float:
        """When the window that runs now ends, in seconds since 1970; now, if none runs."""
        now = time.time()
        query = "SELECT expires FROM counters WHERE key = :key AND expires > :now"
        with self._lock:
            found = self._run(query, {"key": self._hashed(key), "now": now})
        return float(found[0][0]) if found else now

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _hashed(self, key: str) -> str:
        return hmac.new(self._secret, key.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _sweep(self, now: float) -> None:
        if now - self._swept > SWEPT_EVERY or now < self._swept:
            self._swept = now
            self._run("DELETE FROM counters WHERE expires <= :now", {"now": now})

    def _run(self, query: str, values: dict[str, object]) -> list[tuple[float]]:
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
    connection.execute("PRAGMA cache_size=-256")  # KB
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute(SCHEMA)
    return connection
