"""The same acts recorded and replayed under other hash seeds, time zones, locales, sizes of batches and on both
databases: is every byte of every standing the same?"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from sqlalchemy import create_engine, text

from benchmarks.rebuild import fingerprint, record_histories, sample_rulebook
from stream.db import close
from stream.factory import create_app
from stream.maintenance.service import initialise, migrate
from stream.progress import audit
from stream.resources import SAMPLE_LESSONS
from stream.settings import load_settings

ZONES = ("UTC", "Asia/Seoul", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago")
LOCALES = ("C", "C.UTF-8", "POSIX", "tr_TR.UTF-8")
BATCHES = (1, 7, 200)
SERVER = "STREAM_TEST_POSTGRESQL"  # a server where databases may be made, as `make test-postgresql` takes it
EACH_ON_SERVER = 4


def environments(count: int) -> list[dict[str, str]]:
    """So many different ones."""
    return [
        {
            "PYTHONHASHSEED": str(number),
            "TZ": ZONES[number % len(ZONES)],
            "LC_ALL": LOCALES[number % len(LOCALES)],
            "PYTHONUTF8": str(number % 2),
            "PYTHONOPTIMIZE": str(number % 3),
        }
        for number in range(count)
    ]


def dumped(number: int, environment: Mapping[str, str], histories: int) -> list[str]:
    """The fingerprints of the standings as they were kept and as they are replayed, then the faults, from a process in
    this environment; every few of them use the server, where there is one."""
    server = os.environ.get(SERVER, "") if number % EACH_ON_SERVER == EACH_ON_SERVER - 1 else ""
    command = [sys.executable, "-m", "benchmarks.environments", "--one", str(histories), str(number), server]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def _dump(histories: int, number: int, server: str) -> None:
    audit.LEARNERS = BATCHES[number % len(BATCHES)]
    with tempfile.TemporaryDirectory() as folder, _database(server) as url, _site(Path(folder), url):
        record_histories(histories, sample_rulebook())
        print(fingerprint())
        for _ in audit.rebuild():
            pass
        print(fingerprint())
        print(sum(len(found) for _, found in audit.faults()))


@contextmanager
def _site(folder: Path, url: str) -> Iterator[None]:
    places = {"instance": folder / "instance", "lessons": SAMPLE_LESSONS}
    list(initialise(load_settings({}, **places), sample=False))
    app = create_app(load_settings({"STREAM_DATABASE_URL": url} if url else {}, **places))
    with app.app_context():
        migrate()
        yield
    close(app)


@contextmanager
def _database(server: str) -> Iterator[str]:
    """The address of a database of its own on the server; empty where there is none."""
    if not server:
        yield ""
        return
    name = f"environment_{token_hex(4)}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(text(f"DROP DATABASE {name}"))
    engine.dispose()


def main(arguments: Sequence[str]) -> int:
    """Run; exit code 0 only when there is one dump."""
    if arguments[:1] == ["--one"]:
        _dump(int(arguments[1]), int(arguments[2]), arguments[3])
        return 0
    count, histories = [*map(int, arguments), *(20, 300)[len(arguments) :]]
    dumps, faults = set(), 0
    for number, environment in enumerate(environments(count)):
        kept, replayed, found = dumped(number, environment, histories)
        dumps |= {kept, replayed}
        faults += int(found)
    on_server = count // EACH_ON_SERVER if os.environ.get(SERVER) else 0
    print(f"{histories} histories in {count} environments, {on_server} of them on PostgreSQL")
    print(f"different dumps, kept and replayed: {len(dumps)}; faults found by verify: {faults}")
    return 0 if len(dumps) == 1 and not faults else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
