"""How soon the site answers after its start: `python -m benchmarks.start [lessons]`.

From the start of the process to the first 200 of a lesson page, with compiled lessons on the disk and without, and as
long for Flask that says hello under the same server. Medians of three; the three are measured in turn.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from benchmarks.search import write_lessons
from benchmarks.served import as_installed, finished, free_port, new_site, row

ROUNDS = 3
PATIENCE = 60.0  # seconds
LOOK_EVERY = 0.002  # seconds
MOST_WITH, MOST_WITHOUT = 0.8, 2.0  # seconds
LESSON = "/en/lessons/lesson-0"


@dataclass(frozen=True, slots=True)
class Start:
    """Something to start, where it listens, and what it is asked first."""

    command: Sequence[str]
    port: int
    path: str
    settings: dict[str, str]

    def seconds(self) -> float:
        """From the start of the process to the first 200."""
        begun = time.perf_counter()
        process = subprocess.Popen(
            self.command, env={**os.environ, **self.settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not _answers(self.port, self.path):
                assert process.poll() is None, "it has ended"
                assert time.perf_counter() - begun < PATIENCE, "it does not answer"
                time.sleep(LOOK_EVERY)
            return time.perf_counter() - begun
        finally:
            process.terminate()
            process.wait(30)


def _answers(port: int, path: str) -> bool:
    with suppress(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        assert status == 200, f"{status} at {path}"
        return True
    return False


def hello() -> Start:
    """The yardstick."""
    port = free_port()
    return Start([sys.executable, "-m", "benchmarks.hello", str(port)], port, "/", {})


def site(folder: Path) -> Start:
    """`stream serve` over the site in `folder`."""
    port = free_port()
    places = {"STREAM_INSTANCE": str(folder / "instance"), "STREAM_LESSONS": str(folder / "lessons")}
    return Start([sys.executable, "-m", "stream", "serve", "--port", str(port)], port, LESSON, places)


def main(count: int) -> int:
    """Run; exit code 0 only when both goals are reached."""
    print(f"load of the machine before: {os.getloadavg()[0]:.2f}")
    as_installed()
    found: dict[str, list[float]] = {"hello": [], "with": [], "without": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_lessons(folder / "written", count, random.Random(7))
        finished(new_site(folder, folder / "written" / "lessons"))
        for _ in range(ROUNDS):
            found["hello"].append(hello().seconds())
            shutil.rmtree(folder / "instance" / "compiled", ignore_errors=True)
            found["without"].append(site(folder).seconds())
            found["with"].append(site(folder).seconds())
    return told(count, {name: median(seconds) for name, seconds in found.items()})


def told(count: int, found: dict[str, float]) -> int:
    """Print the table; the exit code."""
    print(row("start to first 200", "s", "goal", "times hello"))
    print(row(*["---"] * 4))
    for name, what, goal in (
        ("with", f"{count} lessons, compiled ones on disk", f"<= {MOST_WITH}"),
        ("without", f"{count} lessons, all to be compiled", f"<= {MOST_WITHOUT}"),
        ("hello", "Flask's hello", ""),
    ):
        print(row(what, f"{found[name]:.2f}", goal, f"{found[name] / found['hello']:.1f}"))
    return 0 if found["with"] <= MOST_WITH and found["without"] <= MOST_WITHOUT else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
