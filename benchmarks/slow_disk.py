"""Completions where every fsync takes 5 ms longer, as on a memory card, beside a bare loop of one-row commits there.

Needs a C compiler (`cc`): the delay is a library loaded before the others.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.load import loaded
from benchmarks.served import Served, finished, new_site, row, serving, with_members
from benchmarks.speed import CONNECTIONS, LESSONS, ROUNDS, Plan, completions

DELAY_MS = 5
GOAL = 3.0  # times the bare loop
MEMBERS = 2_000
SECONDS = 3.0

SOURCE = f"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static void wait_for_card(void) {{ usleep({DELAY_MS * 1000}); }}
int fsync(int file) {{
  wait_for_card();
  return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(file);
}}
int fdatasync(int file) {{
  wait_for_card();
  return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(file);
}}
"""


def slow_library(folder: Path) -> Path:
    """The compiled library."""
    source, library = folder / "slow.c", folder / "slow.so"
    source.write_text(SOURCE)
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    return library


def bare_commits(file: str) -> None:
    """Print how many one-row commits a second one connection makes, as durable as the site's."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS acts (number INTEGER PRIMARY KEY, what TEXT)")
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        connection.execute("INSERT INTO acts (what) VALUES ('lesson.completed')")
        count += 1
    print(count / (time.perf_counter() - start))


def main() -> int:
    """Run; exit code 0 only when the goal is reached."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        preloaded = {"LD_PRELOAD": str(slow_library(folder))}
        again = [sys.executable, "-m", "benchmarks.slow_disk", str(folder / "bare.db")]
        told = subprocess.run(again, env={**os.environ, **preloaded}, capture_output=True, text=True, check=True)
        bare = float(told.stdout)
        app = new_site(folder)
        members = with_members(app, MEMBERS)
        finished(app)
        print(row("what", "a second", "× bare", "p50 / p99 ms", "slowest ms"))
        print(row(*["---"] * 5))
        print(row("one-row commits, one connection", f"{bare:,.0f}", "1.0", f"{1000 / bare:.1f}", ""))
        with serving(folder, **preloaded) as served:
            reached = [measured(served, connections, members, bare) for connections in (1, CONNECTIONS)]
    return 0 if reached[-1] >= GOAL else 1


def measured(served: Served, connections: int, members: list, bare: float) -> float:  # type: ignore[type-arg]
    """Print a line; how many times the bare loop it was."""
    loads = []
    for _ in range(ROUNDS):
        plan: Plan = completions(served, members)
        loads.append(loaded(served.address, served.pid, plan[:connections], SECONDS, again=False))
        assert set(loads[-1].statuses) == {200}, loads[-1].statuses
    found = sorted(loads, key=lambda load: load.per_second)[ROUNDS // 2]
    times = median(load.per_second for load in loads) / bare
    latencies = f"{found.percentile(0.5):.1f} / {found.percentile(0.99):.1f}"
    name = f"completions, {connections} connection{'s' if connections > 1 else ''}"
    print(row(name, f"{found.per_second:,.0f}", f"{times:.1f}", latencies, f"{max(found.latencies):.0f}"), flush=True)
    return times


assert len(LESSONS) >= 2 * ROUNDS  # no lesson twice

if __name__ == "__main__":
    sys.exit(main() if len(sys.argv) == 1 else bare_commits(sys.argv[1]))
