"""What slow and broken clients cost all others: pages and completions of one member, each on a new connection, while
others have sent half a form, say nothing, do not read, or hang up.
"""

import resource
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Address
from benchmarks.served import MemberKeys, Served, finished, new_site, row, serving, with_members

LESSON = "/en/lessons/what-a-prompt-does"
HALF = b"POST /en/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\nusername="
UNREAD = 200 * f"GET {LESSON} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
ASKED = 100
GOAL = 50.0  # milliseconds, for 95 of 100, while 64 others have sent half a form
MANY = 10_000


@dataclass(frozen=True, slots=True)
class Times:
    """Of the good requests, in milliseconds; and how many were not answered as they should."""

    median: float
    p95: float
    slowest: float
    wrong: int


@contextmanager
def connected(address: Address, count: int, sent: bytes = b"") -> Iterator[None]:
    """So many clients that have said this and wait."""
    with ExitStack() as stack:
        for _ in range(count):
            with suppress(ConnectionError):
                client = stack.enter_context(socket.create_connection(address, timeout=60))
                client.sendall(sent)
        yield


def times_of(served: Served, member: MemberKeys) -> Times:
    """Ask for a page and complete a lesson, in turn."""
    took, wrong = [], 0
    for number in range(ASKED):
        is_page = number % 2 == 0
        sent = member.get(LESSON) if is_page else member.post(f"{LESSON}/complete", event_id=f"completed-{number}")
        begun = time.perf_counter()
        wrong += _status(served.address, sent) != b"200"
        took.append(1000 * (time.perf_counter() - begun))
    took.sort()
    return Times(took[len(took) // 2], took[int(0.95 * len(took))], took[-1], wrong)


def _status(address: Address, sent: bytes) -> bytes:
    try:
        with closing(socket.create_connection(address, timeout=60)) as client:
            client.sendall(sent)
            return client.recv(65_536)[9:12]
    except OSError:
        return b""


def measured(folder: Path, count: int, sent: bytes, **settings: str) -> Times:
    """The times on a new site, while so many have said this."""
    app = new_site(folder)
    [member] = with_members(app, 1)
    finished(app)
    with serving(folder, **settings) as served:
        times_of(served, member)
        with connected(served.address, count, sent):
            return times_of(served, member)


def main() -> int:
    """Print a table; exit code 0 only when every good request is answered and 64 half-sent forms cost little."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(row("meanwhile", "median ms", "95 of 100 ms", "slowest ms", "not answered"))
    print(row("---", "---:", "---:", "---:", "---:"))
    found = {}
    cases: tuple[tuple[str, int, bytes, dict[str, str]], ...] = (
        ("nothing", 0, b"", {}),
        ("64 half-sent forms", 64, HALF, {}),
        ("64 clients that do not read", 64, UNREAD, {}),
        ("1,000 idle connections", 1_000, b"", {}),
        ("10,000 idle connections, 1,000 allowed", MANY, b"", {}),
        ("10,000 half-sent forms, 1,000 allowed", MANY, HALF, {}),
        ("10,000 idle connections, 11,000 allowed", MANY, b"", {"STREAM_CONNECTIONS": "11000"}),
    )
    for name, count, sent, settings in cases:
        with tempfile.TemporaryDirectory() as folder:
            times = found[name] = measured(Path(folder), count, sent, **settings)
        print(row(name, f"{times.median:.1f}", f"{times.p95:.1f}", f"{times.slowest:.1f}", times.wrong), flush=True)
    is_quick = found["64 half-sent forms"].p95 < GOAL
    return 0 if is_quick and not any(times.wrong for times in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
