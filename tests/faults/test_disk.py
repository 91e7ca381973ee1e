"""A disk that is full or read-only: reading goes on, writing is refused in words, and works again by itself."""

import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from browser import command, environment, free_port

from benchmarks.served import MemberKeys, finished, new_site, with_members

LESSON = "/en/lessons/what-a-prompt-does"
SMALL = ("cp -r instance kept && mount -t tmpfs -o size=12m none instance", "cp -r kept/. instance/")
READ_ONLY = ("mount --bind instance instance", "mount -o remount,bind,ro instance")


@pytest.fixture
def members(tmp_path: Path) -> list[MemberKeys]:
    """Two members of a site that does not run."""
    app = new_site(tmp_path)
    found = with_members(app, 2)
    finished(app)
    subprocess.run(command("init"), env=environment(tmp_path), check=True, capture_output=True)
    return found


def test_on_a_full_disk_reading_goes_on_and_writing_works_again_once_there_is_room(tmp_path, members):
    with serving(tmp_path, SMALL) as site:
        port, seen = site.port, site.seen
        filler = seen / "instance" / "filler"
        fill(filler)
        statuses = set()
        for number in range(40):  # what the files have room for already is still taken
            status, page, headers = ask(
                port, f"{LESSON}/comments", members[0], "ko", body=f"{number} " + "긴 말 " * 900
            )
            statuses.add(status)
            if status == 503:
                break
        assert status == 503
        assert headers["Retry-After"]
        assert "지금은 저장할 수 없어요" in page
        assert 500 not in statuses
        assert ask(port, LESSON, members[0])[0] == 200
        filler.unlink()
        assert ask(port, f"{LESSON}/complete", members[1], event_id="after-the-flood")[0] == 303
        shutil.copytree(seen / "instance", tmp_path / "after")
    assert_whole(tmp_path)


def test_in_a_folder_that_cannot_be_written_to_any_more_everything_can_be_read(tmp_path, members):
    with log_left_behind(tmp_path), serving(tmp_path, READ_ONLY) as site:
        port = site.port
        status, page, _ = ask(port, LESSON, members[0])
        assert (status, 'id="lesson"' in page) == (200, True)
        status, page, headers = ask(port, f"{LESSON}/complete", members[0], event_id="cannot-be-kept")
        assert (status, "Nothing was changed." in page) == (503, True)
        assert headers["Retry-After"]
    (tmp_path / "instance").rename(tmp_path / "after")
    assert_whole(tmp_path)


def test_a_site_started_on_a_read_only_disk_writes_once_the_disk_lets_it_without_hands(tmp_path, members):
    with log_left_behind(tmp_path), serving(tmp_path, READ_ONLY) as site:
        assert ask(site.port, f"{LESSON}/complete", members[0], event_id="kept-later")[0] == 503
        site.mount("-o", "remount,bind,rw", "instance")
        site.wait_until_it_says("Stream is at")
        assert ask(site.port, LESSON, members[0])[0] == 200
        assert ask(site.port, f"{LESSON}/complete", members[0], event_id="kept-later")[0] == 303
    (tmp_path / "instance").rename(tmp_path / "after")
    assert_whole(tmp_path)


def test_a_database_that_cannot_be_opened_is_named_in_one_line(tmp_path, members):
    without_log(tmp_path)
    words = with_mounts(READ_ONLY, "serve", "--port", str(free_port()))
    done = subprocess.run(words, env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "unable to open database file" in done.stderr
    assert "stream doctor" in done.stderr


@dataclass(frozen=True)
class Site:
    """A server with mounts of its own."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def seen(self) -> Path:
        """The folder as the server sees it."""
        return Path(f"/proc/{self.process.pid}/root{self.folder}")

    def wait_until_it_says(self, words: str) -> None:
        """Read on in what it says."""
        assert self.process.stdout is not None
        said = ""
        while words not in said:
            line = self.process.stdout.readline().decode()
            assert line, said
            said += line

    def mount(self, *arguments: str) -> None:
        """Change what is mounted for it."""
        inside = ["nsenter", "--target", str(self.process.pid), "--user", "--preserve-credentials", "--mount"]
        subprocess.run([*inside, f"--wd={self.folder}", "mount", *arguments], check=True)


@contextmanager
def serving(folder: Path, preparation: Sequence[str]) -> Iterator[Site]:
    """A server before which these commands have changed what is mounted."""
    port = free_port()
    words = with_mounts(preparation, "serve", "--port", str(port))
    process = subprocess.Popen(
        words, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder
    )
    site = Site(port, folder, process)
    try:
        site.wait_until_it_says("Stream is at")
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def with_mounts(preparation: Sequence[str], *arguments: str) -> list[str]:
    """The `stream` command where these commands have changed what is mounted, which nobody else sees."""
    script = " && ".join((*preparation, 'exec "$@"'))
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", *command(*arguments)]


def ask(port: int, path: str, member: MemberKeys, language: str = "en", **form: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers; a form where one is given."""
    headers = {"Cookie": member.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"csrf_token": member.token, **form}) if form else None
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST" if form else "GET", path.replace("/en/", f"/{language}/"), body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.headers)


@contextmanager
def log_left_behind(folder: Path) -> Iterator[None]:
    """The database with its log beside it, as a power cut leaves it."""
    with closing(sqlite3.connect(folder / "instance" / "stream.db")) as connection:
        connection.execute("SELECT count(*) FROM events").fetchone()
        yield


def without_log(folder: Path) -> None:
    """The database with all of its log taken over, as an orderly stop leaves it."""
    database = folder / "instance" / "stream.db"
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def fill(file: Path) -> None:
    """Take all the room there is."""
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        while True:
            filler.write(b"\0" * 4096)


def assert_whole(folder: Path) -> None:
    """The ledger of the site that is left verifies."""
    places = {**environment(folder), "STREAM_INSTANCE": str(folder / "after")}
    done = subprocess.run(command("ledger", "verify"), env=places, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
