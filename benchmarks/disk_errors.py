"""A disk that fails: of the server's writes and syncs, the N-th of each thread ends in an I/O error, alone or with
others in steps after it. Is every answered act there once, does the server live on, and does it say in words what it
cannot do?
"""

import os
import re
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import create_engine, text

from benchmarks.served import MemberKeys, Served, finished, new_site, serving, with_members
from stream.progress.audit import faults_in

STEPS = {"pwrite64": 101, "fdatasync": 7, "fsync": 7}  # an act makes more than ten writes, and one sync
START = 15  # calls of a thread after which the server has surely started
ACTS = 24
TRIES = 60  # of an act that was refused
LESSON = "/en/lessons/what-a-prompt-does"
FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Outcome:
    """What so many failing disks left."""

    runs: int = 0
    unstarted: int = 0  # the error met the start, and it said so
    injected: int = 0
    answered: list[str] = field(default_factory=list)
    refused: int = 0  # 503, in words
    wrong: list[str] = field(default_factory=list)  # any other answer, a traceback, a server that is gone
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was promised falsely, and nobody saw more than words."""
        return not (self.wrong or self.faults)


def each_up_to(most: int) -> list[tuple[str, str]]:
    """The calls that fail in each run, as strace takes them: the first to the `most`-th of each kind, which the start
    may meet; and as many after it, each with others in steps from there on."""
    numbers = range(1, most + 1)
    alone = [(call, f"{number}") for call in STEPS for number in numbers]
    again = [(call, f"{START + number}+{step}") for call, step in STEPS.items() for number in numbers]
    return [(call, f"error=EIO:when={when}") for call, when in alone + again]


def failed(folder: Path, failures: Sequence[tuple[str, str]]) -> Outcome:
    """Run a server for each of `failures`, with one site in `folder`."""
    app = new_site(folder)
    [member] = with_members(app, 1)
    finished(app)
    outcome = Outcome()
    for number, (call, how) in enumerate(failures):
        _run(folder, member, f"run{number:04}", f"{call}:{how}", outcome)
    outcome.faults += _faults(folder / "instance" / "stream.db", outcome.answered)
    return outcome


def _run(folder: Path, member: MemberKeys, name: str, failure: str, outcome: Outcome) -> None:
    told = folder / "strace.txt"
    strace = ("strace", "-f", "-o", str(told), "-e", f"trace={failure.split(':')[0]}", "-e", f"inject={failure}")
    outcome.runs += 1
    log = folder / f"{name}.log"
    try:
        with serving(folder, *strace, log=log) as served:
            _act(served, member, name, outcome)
            _stop(served)
    except AssertionError:  # it never said where it is
        outcome.unstarted += 1
        said = log.read_text(encoding="utf-8")
        if "Traceback" in said or "Error" not in said:
            outcome.wrong.append(f"{failure}: did not start, and said {said[-300:]!r}")
    outcome.injected += len(re.findall(r"\(INJECTED\)", told.read_text(encoding="utf-8")))


def _act(served: Served, member: MemberKeys, name: str, outcome: Outcome) -> None:
    """Complete and take back in turn; what is refused is sent again until it is taken."""
    is_done = "/reopen" in _asked(served, member, LESSON)[1]
    for number in range(ACTS):
        act, event_id = "reopen" if is_done else "complete", f"{name}-{number:03}"
        for _ in range(TRIES):
            status, page = _asked(served, member, f"{LESSON}/{act}", event_id=event_id)
            if status == 303:
                outcome.answered.append(event_id)
                is_done = not is_done
                break
            outcome.refused += status == 503
            if status != 503 or "Traceback" in page or "Nothing was changed" not in page:
                outcome.wrong.append(f"{event_id}: {status} {page[:200]!r}")
        else:
            outcome.wrong.append(f"{event_id}: refused {TRIES} times")
        if (read := _asked(served, member, LESSON)[0]) != 200:
            outcome.wrong.append(f"{event_id}: reading was answered with {read}")


def _asked(served: Served, member: MemberKeys, path: str, **form: str) -> tuple[int, str]:
    headers = {"Cookie": member.cookie, "Content-Type": FORM}
    body = urlencode({"csrf_token": member.token, **form}) if form else None
    try:
        with closing(HTTPConnection(*served.address, timeout=60)) as connection:
            connection.request("POST" if form else "GET", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
    except (OSError, HTTPException) as error:
        return 0, repr(error)


def _stop(served: Served) -> None:
    """Stop what strace runs; strace ends with it."""
    children = Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text(encoding="ascii").split()
    for child in children:
        os.kill(int(child), signal.SIGTERM)


def _faults(database: Path, answered: list[str]) -> list[str]:
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
        found = failed(Path(folder), each_up_to(most))
    print(f"{found.runs} servers on a failing disk, {found.injected} failed calls, {found.unstarted} did not start")
    print(f"{len(found.answered)} acts answered, {found.refused} times refused in words and sent again")
    print(f"wrong answers: {len(found.wrong)}, faults: {len(found.faults)}")
    for line in (*found.wrong[:5], *found.faults[:5]):
        print(f"  {line}")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))
