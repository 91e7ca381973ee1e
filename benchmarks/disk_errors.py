"""A disk that fails: the N-th write, sync or read of a thread ends in an I/O error, when the server starts, and while
it serves with others in steps after it. Is every answered act there once, none that was refused, does the server live
on, and does it say in words what it cannot do?
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import create_engine, text

from benchmarks.served import MemberKeys, Served, finished, new_site, serving, with_members
from stream.progress.audit import faults_in

# After a failure, so many calls succeed: more than an act makes, so that it can be taken at the next try.
STEPS = {"pwrite64": 101, "fdatasync,fsync": 7, "pread64": 101}
STARTS = 20  # calls of each kind that a thread makes at the start, at most
ACTS = 24  # after each start
ENOUGH = 1_000  # acts that make `most` calls for sure
TRIES = 60  # of what was refused
LESSON = "/en/lessons/what-a-prompt-does"
REFUSALS = (
    "Nothing was changed. Try again in a moment.",
    "Its admin has to bring it back from a backup",  # SQLite takes a page that it cannot read for a damaged one
)
FORM = "application/x-www-form-urlencoded"
CALL = re.compile(r"^(\d+) +\w+\(", re.MULTILINE)

Failure = tuple[str, str]  # calls, and how they fail, as strace takes them


@dataclass(slots=True)
class Outcome:
    """What so many failing disks left."""

    starts: int = 0
    unstarted: int = 0  # the error met the start, and it said so
    runs: int = 0  # of one server, each with failures of its own
    injected: int = 0
    answered: list[str] = field(default_factory=list)
    refused: int = 0  # 503, in words
    wrong: list[str] = field(default_factory=list)  # any other answer, a traceback, a server that is gone
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was promised falsely, and nobody saw more than words."""
        return not (self.wrong or self.faults)


def at_start(most: int) -> list[Failure]:
    """The first to the `most`-th call of each kind, each alone."""
    return [(calls, f"error=EIO:when={number}") for calls in STEPS for number in range(1, most + 1)]


def while_serving(most: int) -> list[Failure]:
    """Each call of each kind up to the `most`-th, in as few runs as leave room to recover between two failures."""
    return [
        (calls, f"error=EIO:when={number}+{step}")
        for calls, step in STEPS.items()
        for number in range(1, min(step, most) + 1)
    ]


def failed(folder: Path, starts: Sequence[Failure], failures: Sequence[Failure], most: int) -> Outcome:
    """Start a server for each of `starts`, and one that meets all `failures`, each until a thread has made the
    `most`-th call; all over one site in `folder`."""
    app = new_site(folder)
    [member] = with_members(app, 1)
    finished(app)
    outcome = Outcome()
    for number, failure in enumerate(starts):
        _start(folder, member, f"start{number:04}", failure, outcome)
    if failures:
        _serve(folder, member, failures, most, outcome)
    outcome.faults += ledger_faults(folder / "instance" / "stream.db", outcome.answered)
    return outcome


def _start(folder: Path, member: MemberKeys, name: str, failure: Failure, outcome: Outcome) -> None:
    told, log = folder / "strace.txt", folder / f"{name}.log"
    outcome.starts += 1
    try:
        with serving(folder, *_strace(told, failure), log=log) as served:
            _Acts(folder, served, member, name, outcome).go_on(lambda acts: acts == ACTS)
            _stop(served)
    except AssertionError:  # it never said where it is
        outcome.unstarted += 1
        said = log.read_text(encoding="utf-8")
        if "Traceback" in said or "error" not in said.lower():
            outcome.wrong.append(f"{failure}: did not start, and said {said[-300:]!r}")
    outcome.injected += told.read_text(encoding="utf-8").count("(INJECTED)")


def _serve(folder: Path, member: MemberKeys, failures: Sequence[Failure], most: int, outcome: Outcome) -> None:
    log = folder / "serving.log"
    with serving(folder, log=log) as served:
        _Acts(folder, served, member, "before", outcome).go_on(lambda acts: acts == ACTS)
        threads = _threads(served)
        for number, failure in enumerate(failures):
            told = folder / "strace.txt"
            with failing(served, told, failure):
                acts = _Acts(folder, served, member, f"run{number:04}", outcome)
                acts.go_on(lambda acts: acts == ENOUGH or _calls(folder / "strace.txt") >= most)
            outcome.runs += 1
            outcome.injected += told.read_text(encoding="utf-8").count("(INJECTED)")
        if _threads(served) < threads:
            outcome.wrong.append(f"{threads - _threads(served)} threads of the server are gone")


def _strace(told: Path, failure: Failure) -> list[str]:
    calls, how = failure
    return ["strace", "-f", "-o", str(told), "-e", f"trace={calls}", "-e", f"inject={calls}:{how}"]


@contextmanager
def failing(served: Served, told: Path, failure: Failure) -> Iterator[None]:
    """Let calls of the server fail meanwhile, counted from here."""
    command = [*_strace(told, failure), "-p", str(served.pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert "attached" in said, said
        try:
            yield
        finally:
            process.terminate()


def _calls(told: Path) -> int:
    """How many calls the busiest thread has made."""
    return max(Counter(CALL.findall(told.read_text(encoding="utf-8"))).values(), default=0)


def _threads(served: Served) -> int:
    return len(os.listdir(f"/proc/{served.pid}/task"))


@dataclass(slots=True)
class _Acts:
    """A member who completes a lesson and takes that back in turn, without htmx and with it; what is refused is sent
    again until it is taken."""

    folder: Path
    served: Served
    member: MemberKeys
    name: str
    outcome: Outcome

    def go_on(self, is_enough: Callable[[int], bool]) -> None:
        """Until `is_enough` of the number of acts, or something is wrong."""
        is_done, number, wrong = "/reopen" in self._read("before"), 0, len(self.outcome.wrong)
        while len(self.outcome.wrong) == wrong and not is_enough(number):
            name = f"{self.name}-{number:04}"
            self._act("reopen" if is_done else "complete", name, {"HX-Request": "true"} if number // 2 % 2 else {})
            is_done, number = not is_done, number + 1
            if ("/reopen" in self._read(name)) != is_done:
                self.outcome.wrong.append(f"{name}: the page does not show it")

    def _act(self, act: str, name: str, headers: dict[str, str]) -> None:
        for _ in range(TRIES):
            status, page = self._asked(f"{LESSON}/{act}", headers, event_id=name)
            if status == (200 if headers else 303):
                self.outcome.answered.append(name)
                return
            self._expect_refusal(name, status, page)
            if "Nothing was changed" in page and self._is_recorded(name):
                self.outcome.wrong.append(f"{name}: recorded, and the page says that nothing was changed")
        self.outcome.wrong.append(f"{name}: refused {TRIES} times")

    def _read(self, name: str) -> str:
        for _ in range(TRIES):
            status, page = self._asked(LESSON, {})
            if status == 200:
                return page
            self._expect_refusal(name, status, page)
        self.outcome.wrong.append(f"{name}: reading was refused {TRIES} times")
        return ""

    def _expect_refusal(self, name: str, status: int, page: str) -> None:
        self.outcome.refused += status == 503
        if status != 503 or "Traceback" in page or not any(words in page for words in REFUSALS):
            self.outcome.wrong.append(f"{name}: {status} {page[:200]!r}")

    def _asked(self, path: str, headers: dict[str, str], **form: str) -> tuple[int, str]:
        headers = {"Cookie": self.member.cookie, "Content-Type": FORM, **headers}
        body = urlencode({"csrf_token": self.member.token, **form}) if form else None
        try:
            with closing(HTTPConnection(*self.served.address, timeout=60)) as connection:
                connection.request("POST" if form else "GET", path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
        except (OSError, HTTPException) as error:
            return 0, repr(error)

    def _is_recorded(self, name: str) -> bool:
        with closing(sqlite3.connect(f"file:{self.folder}/instance/stream.db?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM events WHERE event_id = ?", (name,)).fetchone() is not None


def _stop(served: Served) -> None:
    """Stop what strace runs; strace ends with it."""
    children = Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text(encoding="ascii").split()
    for child in children:
        os.kill(int(child), signal.SIGTERM)


def ledger_faults(database: Path, answered: list[str]) -> list[str]:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        found = [str(fault) for _, faults in faults_in(connection) for fault in faults]
        found += [row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
        recorded = Counter(connection.execute(text("SELECT event_id FROM events")).scalars())
    engine.dispose()
    return found + [f"{recorded[act]} times in the ledger: {act}" for act in answered if recorded[act] != 1]


def main(most: int) -> int:
    """Run; exit code 0 only when nothing was promised falsely and the server lived on."""
    with tempfile.TemporaryDirectory() as folder:
        found = failed(Path(folder), at_start(min(most, STARTS)), while_serving(most), most)
    print(f"{found.starts} starts on a failing disk, of which {found.unstarted} ended in words")
    print(f"{found.runs} runs of one server, until call {most} of each kind; {found.injected} failed calls in all")
    print(f"{len(found.answered)} acts answered, {found.refused} times refused in words and sent again")
    print(f"wrong answers: {len(found.wrong)}, faults: {len(found.faults)}")
    for line in (*found.wrong[:5], *found.faults[:5]):
        print(f"  {line}")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
