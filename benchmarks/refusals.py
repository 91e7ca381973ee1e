"""A disk that is full, one that becomes read-only, a database that a stranger holds locked, again and again: can
everything be read meanwhile, is each write refused in words within 6 seconds, and does writing work again by itself?
"""

import re
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.disk_errors import failing, ledger_faults
from benchmarks.served import MemberKeys, Served, finished, new_site, serving, with_members

PATIENCE = 6.0  # seconds
MOST = 60  # writes until the disk is full
SMALL = ("cp -r instance kept", "mount -t tmpfs -o size=12m none instance", "cp -r kept/. instance/", 'exec "$@"')
READ_ONLY = ("pwrite64,fdatasync,ftruncate", "error=EROFS:when=1+")  # as the kernel does after an error of the disk
LESSON = "/en/lessons/what-a-prompt-does"
READ = (LESSON, "/en/", "/en/me", "/en/me/ledger", f"{LESSON}/comments")
FORM = "application/x-www-form-urlencoded"
PARAGRAPHS = "words and more of them. " * 180

Trouble = Callable[["_Site"], AbstractContextManager[object]]


@dataclass(slots=True)
class Outcome:
    """What so many rounds of one trouble led to."""

    rounds: int = 0
    read: int = 0
    refused: int = 0
    slowest: float = 0.0  # seconds of a refusal
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Site:
    """A site, the server over it, and a member."""

    folder: Path
    served: Served
    member: MemberKeys

    @property
    def disk(self) -> Path:
        """Where the server's own disk is; SQLite does not find its way through there."""
        return Path(f"/proc/{self.served.pid}/root{self.folder}/instance")

    def ask(self, path: str, **form: str) -> tuple[int, str]:
        """Status and text."""
        body = urlencode({"csrf_token": self.member.token, **form}) if form else None
        headers = {"Cookie": self.member.cookie, "Content-Type": FORM}
        with closing(HTTPConnection(*self.served.address, timeout=60)) as connection:
            connection.request("POST" if form else "GET", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()


@contextmanager
def full(site: _Site) -> Iterator[None]:
    """No room on its disk."""
    filler = site.disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as handle:
        while True:
            handle.write(bytes(4096))
    yield
    filler.unlink()


def read_only(site: _Site) -> AbstractContextManager[None]:
    """A disk that takes nothing any more."""
    return failing(site.served, site.folder / "strace.txt", READ_ONLY)


@contextmanager
def locked(site: _Site) -> Iterator[None]:
    """A stranger's transaction that does not end."""
    with closing(sqlite3.connect(site.folder / "instance" / "stream.db", isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        yield
        stranger.execute("ROLLBACK")


TROUBLES: dict[str, Trouble] = {"full": full, "read-only": read_only, "locked": locked}


def own_disk(folder: Path) -> list[str]:
    """What to put before a command so that it has the instance folder on a small disk."""
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f"cd {folder} && {' && '.join(SMALL)}", "sh"]


def troubled(folder: Path, trouble: Trouble, rounds: int) -> Outcome:
    """So many rounds of one trouble, on a site in `folder`."""
    app = new_site(folder)
    [member] = with_members(app, 1)
    finished(app)
    outcome = Outcome()
    with serving(folder, *(own_disk(folder) if trouble is full else ()), log=folder / "log.txt") as served:
        site = _Site(folder, served, member)
        for number in range(rounds):
            _round(site, trouble, f"round{number:04}", outcome)
        _wait_until_at_rest(site.disk)
        shutil.copytree(site.disk, folder / "after")
    outcome.wrong += ledger_faults(folder / "after" / "stream.db", [])
    if "Traceback" in (folder / "log.txt").read_text(encoding="utf-8"):
        outcome.wrong.append("a traceback in the log")
    return outcome


def _wait_until_at_rest(instance: Path) -> None:
    """A copy is whole only while nobody moves the log into the file."""
    deadline = time.monotonic() + PATIENCE
    while (instance / "stream.db-wal").stat().st_size and time.monotonic() < deadline:
        time.sleep(0.05)


def _round(site: _Site, trouble: Trouble, name: str, outcome: Outcome) -> None:
    with trouble(site):
        if not any(_is_refused(site, f"{name}-{number}", outcome) for number in range(MOST)):
            outcome.wrong.append(f"{name}: never refused")
        for path in READ:
            status, _ = site.ask(path)
            outcome.read += status == 200
            if status != 200:
                outcome.wrong.append(f"{name}: {status} at {path}")
    act = "reopen" if "/reopen" in site.ask(LESSON)[1] else "complete"
    status, page = site.ask(f"{LESSON}/{act}", event_id=name)
    if status != 303:
        outcome.wrong.append(f"{name}: {status} afterwards: {page[:200]!r}")
    outcome.rounds += 1


def _is_refused(site: _Site, name: str, outcome: Outcome) -> bool:
    """Whether a comment was; what the files have room for already is still taken."""
    begun = time.monotonic()
    status, page = site.ask(f"{LESSON}/comments", body=f"{name} {PARAGRAPHS}", post_id=name)
    if status == 303:
        return False
    took = time.monotonic() - begun
    outcome.refused += 1
    outcome.slowest = max(outcome.slowest, took)
    if status != 503 or "Nothing was changed" not in page or PARAGRAPHS[:50] not in page or took > PATIENCE:
        outcome.wrong.append(f"{name}: {status} after {took:.1f} s: {re.sub('<[^>]*>', '', page)[:200]!r}")
    return True


def _measured(name: str, rounds: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        return troubled(Path(folder), TROUBLES[name], rounds)


def main(arguments: Sequence[str]) -> int:
    """Run; exit code 0 only when all was read, all was refused in words, and writing worked again each time."""
    rounds = int(arguments[0]) if arguments else 100
    with ProcessPoolExecutor(len(TROUBLES)) as pool:
        found = list(pool.map(_measured, TROUBLES, [rounds] * len(TROUBLES)))
    for name, each in zip(TROUBLES, found, strict=True):
        print(f"{name}: {each.rounds} rounds, {each.read} pages read, {each.refused} writes refused, the slowest after "
              f"{each.slowest:.2f} s; wrong: {len(each.wrong)}")  # fmt: skip
        for line in each.wrong[:5]:
            print(f"  {line}")
    return 1 if any(each.wrong for each in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
