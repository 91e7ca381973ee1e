"""`stream serve` as members meet it: a process of its own over real files, its log in a file, requests as browsers send
them."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

from browser import command, environment, free_port

from benchmarks.served import MemberKeys, finished, new_site, with_members

FORM = "application/x-www-form-urlencoded"
LESSON = "/en/lessons/what-a-prompt-does"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Live:
    """A running server."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]
    log: Path

    def ask(self, path: str, member: MemberKeys | None = None, **form: str) -> Answer:
        """A page, or the answer to a form where one is given."""
        return asked(self.port, path, member, **form)

    def connect(self) -> socket.socket:
        """A connection on which nothing has been said."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def said(self) -> str:
        """All that stands in the log so far."""
        return self.log.read_text(encoding="utf-8")


def members_of_new_site(folder: Path, count: int) -> list[MemberKeys]:
    """The members of a new site in `folder` that does not run yet."""
    app = new_site(folder)
    members = with_members(app, count)
    finished(app)
    return members


@contextmanager
def live(folder: Path, *before: str, **settings: str) -> Iterator[Live]:
    """Serve the site in `folder` until the end of the block; `before` goes before the command."""
    port, log = free_port(), folder / "server.log"
    words = [*before, *command("serve", "--port", str(port))]
    with log.open("wb") as file:
        process = subprocess.Popen(
            words, env=environment(folder, **settings), stdout=subprocess.PIPE, stderr=file, cwd=folder
        )
    assert process.stdout is not None
    try:
        first = process.stdout.readline().decode()
        assert "Stream is at" in first, log.read_text(encoding="utf-8")
        yield Live(port, folder, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def asked(port: int, path: str, member: MemberKeys | None = None, **form: str) -> Answer:
    """Ask a server on this machine."""
    headers = {"Content-Type": FORM} | ({"Cookie": member.cookie} if member else {})
    body = urlencode({"csrf_token": member.token if member else "", **form}) if form else None
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST" if form else "GET", path, body, headers)
        answer: HTTPResponse = connection.getresponse()
        return Answer(answer.status, answer.read().decode(), dict(answer.headers))


def stream(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a `stream` command against the site in `folder`."""
    return subprocess.run(
        command(*arguments), env=environment(folder), cwd=folder, capture_output=True, text=True, timeout=60
    )
