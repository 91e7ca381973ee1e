"""64 members at once, in 4 processes of 16 threads, who complete, take back and comment at random: first against one
server, then as 4 applications that share the files, as under another WSGI server. Does every law of the ledger hold?
"""

import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import Connection, create_engine, text

from benchmarks.load import Address
from benchmarks.served import UNLIMITED, MemberKeys, finished, new_site, serving, with_members
from stream import logs
from stream.factory import create_app
from stream.ledger.codec import xp_in
from stream.progress.audit import faults_in, rebuild
from stream.settings import load_settings

PROCESSES, THREADS, SHARED = 4, 16, 4  # SHARED: members whose devices all threads are, besides one of their own
LESSONS = ("what-a-prompt-does", "reading-the-encoder", "guidance-is-a-dial", "negative-space")
FORM = "application/x-www-form-urlencoded"

Way = Literal["server", "applications"]
Send = Callable[[MemberKeys, str, dict[str, str]], tuple[int, str]]


@dataclass(slots=True)
class Account:
    """What a thread has sent, and what it heard."""

    acts: list[str] = field(default_factory=list)  # ids of which each must be in the ledger
    comments: list[str] = field(default_factory=list)
    answers: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0


@dataclass(slots=True)
class Outcome:
    """What came of a crowd."""

    answers: int = 0
    acts: int = 0
    comments: int = 0
    slowest: float = 0.0  # seconds
    wrong: list[str] = field(default_factory=list)  # answers that nobody should get
    faults: list[str] = field(default_factory=list)  # laws that do not hold
    told: list[str] = field(default_factory=list)  # lines of logs that tell of trouble

    @property
    def holds(self) -> bool:
        """Whether all is as promised."""
        return not (self.wrong or self.faults or self.told)


class Somebody:
    """One thread: a member of its own, whose every answered act must be recorded, and one device of shared members."""

    def __init__(self, name: str, mine: MemberKeys, shared: Sequence[MemberKeys], send: Send) -> None:
        self._name, self._mine, self._shared, self._send = name, mine, shared, send
        self._done: set[str] = set()
        self._dice = random.Random(name)
        self.account = Account()

    def go_on(self, until: float) -> None:
        """Act until that time."""
        number = 0
        while time.monotonic() < until:
            number += 1
            act = self._dice.choices((self._act, self._comment, self._share), (5, 3, 2))[0]
            act(f"{self._name}-{number:06}")

    def _act(self, event_id: str) -> None:
        lesson = self._dice.choice(LESSONS)
        act = "reopen" if lesson in self._done else "complete"
        for _ in range(self._dice.choice((1, 1, 1, 2))):  # a double click
            if not self._sent(self._mine, f"{lesson}/{act}", event_id=event_id):
                return
        self._done ^= {lesson}
        self.account.acts.append(event_id)

    def _comment(self, post_id: str) -> None:
        member = self._dice.choice((self._mine, *self._shared))
        address = f"{self._dice.choice(LESSONS)}/comments"
        if self._sent(member, address, post_id=post_id, body=f"Said once: {post_id}."):
            self.account.comments.append(post_id)

    def _share(self, event_id: str) -> None:
        act = self._dice.choice(("complete", "reopen"))
        self._sent(self._dice.choice(self._shared), f"{self._dice.choice(LESSONS)}/{act}", event_id=event_id)

    def _sent(self, member: MemberKeys, path: str, **form: str) -> bool:
        begun = time.monotonic()
        status, page = self._send(member, f"/en/lessons/{path}", {"csrf_token": member.token, **form})
        self.account.slowest = max(self.account.slowest, time.monotonic() - begun)
        self.account.answers += 1
        if status != 303 or "locked" in page:
            self.account.wrong.append(f"{status} at {path}: {page[:200]}")
        return status == 303


def over_http(address: Address) -> Send:
    """Send forms to a server."""

    def send(member: MemberKeys, path: str, form: dict[str, str]) -> tuple[int, str]:
        with closing(HTTPConnection(*address, timeout=60)) as connection:
            connection.request("POST", path, urlencode(form), {"Cookie": member.cookie, "Content-Type": FORM})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    return send


def within(app: Flask) -> Send:
    """Give forms to an application in this process."""

    def send(member: MemberKeys, path: str, form: dict[str, str]) -> tuple[int, str]:
        client = app.test_client(use_cookies=False)
        answer = client.post(path, data=form, headers={"Cookie": member.cookie})
        return answer.status_code, answer.text

    return send


def crowded(folder: Path, seconds: float, way: Way) -> Outcome:
    """Let a crowd loose on a new site in `folder`, and look at what it leaves."""
    app = new_site(folder)
    members = with_members(app, PROCESSES * THREADS + SHARED)
    finished(app)
    if way == "applications":
        accounts = _in_processes(_application, folder, members, seconds)
    else:
        with serving(folder, log=folder / "server.log") as served:
            accounts = _in_processes(_clients, served.address, members, seconds)
    outcome = Outcome(
        answers=sum(each.answers for each in accounts),
        acts=sum(len(each.acts) for each in accounts),
        comments=sum(len(each.comments) for each in accounts),
        slowest=max(each.slowest for each in accounts),
        wrong=[wrong for each in accounts for wrong in each.wrong],
        told=[line for log in folder.glob("*.log") for line in _troubles_in(log)],
    )
    outcome.faults += _faults(folder, accounts)
    return outcome


def _in_processes(work: Any, where: Any, members: Sequence[MemberKeys], seconds: float) -> list[Account]:
    """Start the processes, let them begin together, and collect what each thread tells."""
    context = multiprocessing.get_context("fork")  # nothing runs here that it could cut in two
    told, ready = context.Queue(), context.Barrier(PROCESSES)
    processes = []
    for number in range(PROCESSES):
        mine = members[number * THREADS : (number + 1) * THREADS]
        given = (number, where, mine, members[-SHARED:], seconds, ready, told)
        processes.append(context.Process(target=work, args=given))
        processes[-1].start()
    accounts = [account for _ in processes for account in told.get(timeout=seconds + 120)]
    for process in processes:
        process.join()
    return accounts


def _clients(number: int, address: Address, mine: Sequence[MemberKeys], shared: Sequence[MemberKeys], seconds: float,
             ready: Any, told: Any) -> None:  # fmt: skip
    ready.wait()
    told.put(_together(number, mine, shared, over_http(address), seconds))


def _application(number: int, folder: Path, mine: Sequence[MemberKeys], shared: Sequence[MemberKeys], seconds: float,
                 ready: Any, told: Any) -> None:  # fmt: skip
    log = os.open(folder / f"application-{number}.log", os.O_WRONLY | os.O_CREAT)
    os.dup2(log, 2)
    logs.begin()
    app = create_app(load_settings(UNLIMITED, instance=folder / "instance", lessons=folder / "lessons"))
    ready.wait()
    accounts = _together(number, mine, shared, within(app), seconds)
    finished(app)
    told.put(accounts)


def _together(
    number: int, mine: Sequence[MemberKeys], shared: Sequence[MemberKeys], send: Send, seconds: float
) -> list[Account]:
    until = time.monotonic() + seconds
    somebodies = [Somebody(f"crowd-{number}-{i:02}", keys, shared, send) for i, keys in enumerate(mine)]
    threads = [threading.Thread(target=each.go_on, args=(until,)) for each in somebodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each.account for each in somebodies]


def _troubles_in(log: Path) -> list[str]:
    signs = ("locked", "Traceback", " ERROR ", " WARNING ")
    return [line for line in log.read_text(encoding="utf-8").splitlines() if any(sign in line for sign in signs)]


def _faults(folder: Path, accounts: Sequence[Account]) -> list[str]:
    """Which laws do not hold."""
    engine = create_engine(f"sqlite:///{folder / 'instance' / 'stream.db'}")
    with engine.connect() as connection:
        found = [str(fault) for _, faults in faults_in(connection) for fault in faults]
        found += [row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
        found += _wrong_balances(connection)
        acts = Counter(connection.execute(text("SELECT event_id FROM events")).scalars())
        comments = Counter(connection.execute(text("SELECT post_id FROM comments WHERE state = 'shown'")).scalars())
        before = _standings(connection)
    engine.dispose()
    for each in accounts:
        found += [f"{acts[act]} times in the ledger: {act}" for act in each.acts if acts[act] != 1]
        found += [f"{comments[said]} times in the talk: {said}" for said in each.comments if comments[said] != 1]
    return found if before == _rebuilt(folder) else [*found, "the projections differ from rebuilt ones"]


def _wrong_balances(connection: Connection) -> list[str]:
    query = "SELECT learner_id, sum(xp) FROM events GROUP BY learner_id"
    balances = {row[0]: row[1] for row in connection.execute(text(query))}
    shown = {learner: xp_in(state) for learner, _, _, state in _standings(connection)}
    return [f"{learner}: {shown.get(learner)} XP, {xp} by its entries" for learner, xp in balances.items()
            if shown.get(learner) != xp or xp < 0]  # fmt: skip


def _standings(connection: Connection) -> list[tuple[Any, ...]]:
    query = "SELECT learner_id, version, hash, state FROM standings ORDER BY learner_id"
    return [tuple(row) for row in connection.execute(text(query))]


def _rebuilt(folder: Path) -> list[tuple[Any, ...]]:
    app = create_app(load_settings({}, instance=folder / "instance", lessons=folder / "lessons"))
    with app.app_context():
        list(rebuild())
    finished(app)
    engine = create_engine(f"sqlite:///{folder / 'instance' / 'stream.db'}")
    with engine.connect() as connection:
        found = _standings(connection)
    engine.dispose()
    return found


def main(seconds: float) -> int:
    """Run both ways; exit code 0 only when every law holds."""
    codes = []
    for way in ("server", "applications"):
        with tempfile.TemporaryDirectory() as folder:
            found = crowded(Path(folder), seconds, way)
        print(f"{way}: {found.answers:,} answers in {seconds:.0f} s, the slowest after {1000 * found.slowest:.0f} ms")
        print(f"  {found.acts:,} acts and {found.comments:,} comments that must be there once")
        print(f"  wrong answers: {len(found.wrong)}, faults: {len(found.faults)}, lines of trouble: {len(found.told)}")
        for line in (*found.wrong[:3], *found.faults[:3], *found.told[:3]):
            print(f"  {line}")
        codes.append(0 if found.holds else 1)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60))
