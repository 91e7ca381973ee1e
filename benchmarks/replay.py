"""A ledger of a million events folded, verified and rebuilt: `python -m benchmarks.replay [EVENTS]`.

Some hundred random histories are decided as `benchmarks.rebuild` does it, and copied under other learners' ids with
hashes of their own. Rates are events a second of processor time, so that other work on the machine says less.
"""

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import delete, select

from benchmarks import peer
from benchmarks.rebuild import fingerprint, record_histories, sample_rulebook
from benchmarks.served import new_site
from stream.db import close, reading, snapshot, write
from stream.ledger.chain import GENESIS, LedgerRow, sealed, verify
from stream.ledger.codec import replay_stored
from stream.progress import audit
from stream.progress.models import events, standings

HISTORIES, MOST_ACTS = 400, 150
ORIGINALS = 50_000  # events at most that are copied
FIRST_COPY = 1_000_000  # number of a learner
SAMPLE, PEER_SAMPLE = 200_000, 20_000  # events that are folded in memory; events that the other library folds
FOLDED, CHECKED, TIMES_PEER, MEGABYTES = 500_000, 100_000, 4.0, 160  # the goals

INSERT = f"INSERT INTO events ({', '.join(LedgerRow._fields[1:])}) VALUES ({', '.join('?' * 12)})"


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended: processor and wall seconds, peak memory, and whether it reported success."""

    cpu: float
    wall: float
    megabytes: float
    is_good: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A measured thing, and the goal that it has to reach, if it has one."""

    name: str
    found: str
    goal: str = ""
    holds: bool = True


def main(count: int) -> int:
    """Run; exit code 0 only when every goal is reached."""
    with tempfile.TemporaryDirectory() as folder:
        app = new_site(Path(folder))
        with app.app_context():
            live, made = _filled(count)
            learners, total = _counted()
            print(f"{total:,} events of {learners:,} learners, of {HISTORIES} histories\n", flush=True)
            lines = [*_in_memory(), *_from_file(total)]
            before = fingerprint()
            rebuilt = _stream(folder, "ledger", "rebuild")
            verified = _stream(folder, "ledger", "verify")
            lines += _commands(total, rebuilt, verified, before == fingerprint() and live == made)
        close(app)
    for line in lines:
        print(f"{line.name:<58} {line.found:>22}  {line.goal and ('ok  ' if line.holds else 'MISSED  ')}{line.goal}")
    return 0 if all(line.holds for line in lines) else 1


def _filled(count: int) -> tuple[str, str]:
    """Have so many events; what the standings of the first histories were as recorded live, and as rebuilt."""
    record_histories(HISTORIES, sample_rulebook(), MOST_ACTS)
    ours = f"{HISTORIES:032x}"
    live = fingerprint(ours)
    copy_until(count)
    write(lambda connection: connection.execute(delete(standings)))
    assert sum(audit.rebuild()) >= count
    return live, fingerprint(ours)


def copy_until(count: int) -> None:
    """Copy the first histories, again and again, until there are so many events."""
    originals = _first_histories(ORIGINALS)
    learners, there = _counted()
    for some in _chunks(_copies(originals, count - there, FIRST_COPY + learners), 20_000):
        write(lambda connection, some=some: connection.exec_driver_sql(INSERT, some))  # type: ignore[misc]


def _copies(originals: list[list[LedgerRow]], count: int, learner: int) -> Iterator[tuple[Any, ...]]:
    """At least so many rows: whole histories under other ids."""
    there = 0
    while there < count:
        history = originals[learner % len(originals)]
        yield from _copied(history, f"{learner:032x}")
        there, learner = there + len(history), learner + 1


def _copied(history: Iterable[LedgerRow], learner_id: str) -> Iterator[tuple[Any, ...]]:
    previous = GENESIS
    for row in history:
        copy = sealed(previous, row._replace(learner_id=learner_id))
        previous = copy.hash
        yield tuple(copy[1:])


def _chunks(rows: Iterator[tuple[Any, ...]], size: int) -> Iterator[list[tuple[Any, ...]]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def _counted() -> tuple[int, int]:
    with reading() as connection:
        found = connection.exec_driver_sql("SELECT count(DISTINCT learner_id), count(*) FROM events").one()
    return found[0], found[1]


def _in_memory() -> Iterator[Line]:
    """Folding and checking what was read before."""
    histories = _first_histories(SAMPLE)
    stored = [list(map(audit.as_stored, history)) for history in histories]
    count = sum(map(len, histories))
    gc.collect()
    gc.freeze()  # a million texts at hand would be looked through again and again: no work of folding
    folded = count / _seconds(lambda: [replay_stored(history) for history in stored])
    yield Line("folded, rows in memory", f"{folded:,.0f}/s", f">= {FOLDED:,}", folded >= FOLDED)
    checked = count / _seconds(lambda: [_checked(history) for history in histories])
    yield Line("hashes checked and folded, rows in memory", f"{checked:,.0f}/s", f">= {CHECKED:,}", checked >= CHECKED)


def _first_histories(count: int) -> list[list[LedgerRow]]:
    """The histories of the first learners, until there are so many events."""
    found: list[list[LedgerRow]] = []
    with snapshot() as connection:
        for _, rows in audit.histories(connection):
            found.append(rows)
            count -= len(rows)
            if count <= 0:
                break
    return found


def _checked(history: list[LedgerRow]) -> None:
    assert verify(history) is None
    replay_stored(map(audit.as_stored, history))


def _from_file(total: int) -> Iterator[Line]:
    """Reading and folding from SQLite, and the same by the other library."""
    ours = total / _seconds(_read_and_folded)
    with peer.recorded(_first_histories(PEER_SAMPLE)) as library:
        theirs = library.count / _seconds(library.replayed)
    times = ours / theirs
    yield Line("read from SQLite learner by learner and folded", f"{ours:,.0f}/s")
    yield Line("the same by eventsourcing, with its SQLite recorder", f"{theirs:,.0f}/s")
    yield Line("ours as a multiple", f"{times:.1f} x", f">= {TIMES_PEER:g} x", times >= TIMES_PEER)


def _read_and_folded() -> None:
    query = select(events.c.learner_id, *audit.STORED).order_by(events.c.learner_id, events.c.version)
    with snapshot() as connection:
        rows = connection.execute(query.execution_options(yield_per=1000))
        for _, history in groupby(rows, key=itemgetter(0)):
            replay_stored(row[1:] for row in history)


def _commands(total: int, rebuilt: Ran, verified: Ran, is_same: bool) -> Iterator[Line]:
    """What the two commands came to."""
    for name, ran in (("rebuild", rebuilt), ("verify", verified)):
        rates = f"{total / ran.cpu:,.0f}/s"
        yield Line(f"stream ledger {name}, {ran.wall:.1f} s on the clock", rates, "exit code 0", ran.is_good)
        memory = f"{ran.megabytes:.0f} MB"
        yield Line(f"stream ledger {name}, peak memory", memory, f"<= {MEGABYTES} MB", ran.megabytes <= MEGABYTES)
    same = "byte-identical" if is_same else "NOT THE SAME"
    yield Line("standings: recorded live, rebuilt, rebuilt by the command", same, "byte-identical", is_same)


def _seconds(work: Callable[[], Any]) -> float:
    """Processor seconds, the median of three."""
    taken = []
    for _ in range(3):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return median(taken)


def _stream(folder: str, *arguments: str) -> Ran:
    """Run `stream …` over the site in a process of its own."""
    places = {"STREAM_INSTANCE": f"{folder}/instance", "STREAM_LESSONS": f"{folder}/lessons"}
    begun, peak = time.perf_counter(), 0.0
    process = subprocess.Popen(
        [sys.executable, "-m", "stream", *arguments], env={**os.environ, **places}, stdout=subprocess.DEVNULL
    )
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        peak = max(peak, _peak(process.pid))
        time.sleep(0.05)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    return Ran(used.ru_utime + used.ru_stime, wall, peak, process.returncode == 0)


def _peak(pid: int) -> float:
    """The process's peak so far; that of `wait4` would begin with what its parent holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
