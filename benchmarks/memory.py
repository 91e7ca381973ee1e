"""How much memory the whole service takes: `python -m benchmarks.memory [requests] [--bare]`.

The real `stream serve`, asked nothing but /healthz, after so many mixed requests, and after as many again. PSS counts a
page that several processes share by its share, those of this measurement too; RSS counts it whole, private not at all.
The C library is told what the systemd unit tells it; with `--bare` nothing. Lessons are compiled before, as at every
start but the first.
"""

import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from benchmarks.load import Load, loaded, request
from benchmarks.served import (
    MemberKeys,
    Served,
    as_installed,
    finished,
    new_site,
    row,
    serving,
    settings_of_unit,
    with_members,
)
from benchmarks.speed import LESSONS
from benchmarks.threads import fill

CONNECTIONS = 16
MEMBERS = 320  # a few hundred learners, each on one connection
COMMENTS = 50
LONGEST = 1_800.0  # seconds
BROTLI = "gzip, br"
COURSE = "prompting"
FILES = ("style.css", "script.js", "htmx.js")
MOST_IDLE, MOST_AFTER, MOST_GROWTH = 75.0, 95.0, 1.0  # MB of PSS
KINDS = ("Pss", "Rss", "Private_Clean", "Private_Dirty")


@dataclass(frozen=True, slots=True)
class Memory:
    """What a service takes, in MB."""

    pss: float
    rss: float
    private: float

    @property
    def cells(self) -> tuple[str, ...]:
        """For a table."""
        return tuple(f"{value:.1f}" for value in (self.pss, self.rss, self.private))


def of_service(pid: int) -> Memory:
    """Of the process and all that it has begun."""
    found: Counter[str] = Counter()
    for each in tree(pid):
        for line in Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
            name, value, _ = line.split()
            found[name.rstrip(":")] += int(value)
    pss, rss, clean, dirty = (found[kind] * 1024 / 1e6 for kind in KINDS)
    return Memory(pss, rss, clean + dirty)


def tree(pid: int) -> Iterator[int]:
    """The process, its children, and theirs."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text(encoding="ascii").split():
            yield from tree(int(child))


@dataclass(slots=True)
class Browsers:
    """Those behind one connection, and what they ask one after the other."""

    number: int
    members: Sequence[MemberKeys]
    files: Sequence[str]
    dice: random.Random
    done: set[tuple[str, str]] = field(default_factory=set)

    def ask(self, count: int) -> list[bytes]:
        """So many requests in the mix of a learning site."""
        kinds: dict[Callable[[int], bytes], int] = {
            self._visited_lesson: 300, self._own_lesson: 250, self._file: 180, self._course: 90, self._home: 90,
            self._standing: 60, self._act: 24, self._comment: 6,
        }  # fmt: skip
        return [ask(at) for at, ask in enumerate(self.dice.choices([*kinds], [*kinds.values()], k=count))]

    def _language(self) -> str:
        return self.dice.choice(("ko", "ko", "en"))

    def _lesson(self) -> str:
        return f"/{self._language()}/lessons/{self.dice.choice(LESSONS)}"

    def _visited_lesson(self, _: int) -> bytes:
        return request(self._lesson(), Accept_Encoding=BROTLI)

    def _own_lesson(self, _: int) -> bytes:
        return self.dice.choice(self.members).get(self._lesson())

    def _file(self, _: int) -> bytes:
        return request(self.dice.choice(self.files), Accept_Encoding=BROTLI)

    def _course(self, _: int) -> bytes:
        return self._by_anybody(f"/{self._language()}/courses/{COURSE}")

    def _home(self, _: int) -> bytes:
        return self._by_anybody(f"/{self._language()}/")

    def _by_anybody(self, path: str) -> bytes:
        if self.dice.random() < 0.5:
            return request(path, Accept_Encoding=BROTLI)
        return self.dice.choice(self.members).get(path)

    def _standing(self, at: int) -> bytes:
        asker = f"10.{self.number}.{at // 250 % 250}.{at % 250}"
        form = {"form": "events=%5B%5D", "HX_Request": "true", "X_Forwarded_For": asker}
        return request(f"/{self._language()}/standing", **form)

    def _act(self, at: int) -> bytes:
        """A completion, or taking it back."""
        member, lesson = self.dice.choice(self.members), self.dice.choice(LESSONS)
        act = "reopen" if (member.learner_id, lesson) in self.done else "complete"
        self.done ^= {(member.learner_id, lesson)}
        return member.post(f"/en/lessons/{lesson}/{act}", event_id=self._once(at))

    def _comment(self, at: int) -> bytes:
        text = f"Is the **empty** prompt always the best baseline? `CFG {at}` looked better to me."
        return self.dice.choice(self.members).post(f"{self._lesson()}/comments", body=text, post_id=self._once(at))

    def _once(self, at: int) -> str:
        return f"memory-{self.number}-{at}-{self.dice.getrandbits(64):x}"


def files_of(served: Served) -> list[str]:
    """Addresses of the static files that pages name."""
    _, page = served.page(f"/en/lessons/{LESSONS[0]}")
    words = page.decode().split('"')
    found = [word for word in words if word.startswith("/static/") and word.endswith(FILES)]
    assert found, "a page without files"
    return sorted(set(found))


def asked(served: Served, everybody: Sequence[Browsers], count: int) -> Load:
    """Let everybody ask, so many requests together. Every answer must be a good one."""
    share, rest = divmod(count, len(everybody))
    plan = [each.ask(share + (each.number < rest)) for each in everybody]
    load = loaded(served.address, served.pid, plan, LONGEST, again=False)
    wrong = {status: number for status, number in load.statuses.items() if not 200 <= status < 400}
    assert not wrong, wrong
    assert load.answers == count
    return load


@contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """What the service takes while it is asked, over connections that last: PSS, twice a second."""
    found = [of_service(pid).pss]
    is_over = Event()

    def watch() -> None:
        while not is_over.wait(0.5):
            found.append(of_service(pid).pss)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        is_over.set()
        watcher.join()


def main(count: int, settings: dict[str, str]) -> int:
    """Run; exit code 0 only when all goals are reached."""
    print(f"load of the machine before: {os.getloadavg()[0]:.2f}; {settings}")
    as_installed()
    with tempfile.TemporaryDirectory() as folder:
        app = new_site(Path(folder))
        members = with_members(app, MEMBERS)
        fill(app, COMMENTS)
        app.test_client().get(f"/en/lessons/{LESSONS[0]}")  # compiles the lessons
        finished(app)
        with serving(Path(folder), STREAM_PROXY_HOPS="1", **settings) as served:
            served.page("/healthz")
            found = [of_service(served.pid)]
            files = files_of(served)
            everybody = [
                Browsers(number, members[number::CONNECTIONS], files, random.Random(number))
                for number in range(CONNECTIONS)
            ]
            for _ in range(2):
                with watched(served.pid) as meanwhile:
                    load = asked(served, everybody, count)
                print(f"{load.answers:,} answers in {load.seconds:.0f} s, {load.cpu:.0f} s of them worked", end="")
                print(f"; meanwhile up to {max(meanwhile):.1f} MB (PSS)")
                found.append(of_service(served.pid))
    return told(count, *found)


def told(count: int, idle: Memory, after: Memory, later: Memory) -> int:
    """Print the table; the exit code."""
    growth = later.pss - after.pss
    print(row("MB", "PSS", "goal", "RSS", "private"))
    print(row(*["---"] * 5))
    for name, goal, memory in (
        ("idle", f"<= {MOST_IDLE:.0f}", idle),
        (f"after {count:,} requests", f"<= {MOST_AFTER:.0f}", after),
        (f"after {2 * count:,} requests", "", later),
    ):
        pss, *others = memory.cells
        print(row(name, pss, goal, *others))
    print(row("growth over the second half", f"{growth:.1f}", f"< {MOST_GROWTH:.0f}", *_grown(after, later)))
    return 0 if idle.pss <= MOST_IDLE and after.pss <= MOST_AFTER and growth < MOST_GROWTH else 1


def _grown(after: Memory, later: Memory) -> tuple[str, str]:
    return f"{later.rss - after.rss:.1f}", f"{later.private - after.private:.1f}"


if __name__ == "__main__":
    bare = "--bare" in sys.argv
    numbers = [word for word in sys.argv[1:] if word.isdecimal()]
    sys.exit(main(int(numbers[0]) if numbers else 100_000, {} if bare else settings_of_unit()))
