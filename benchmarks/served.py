"""A site to measure: real folders, the real `stream serve` in a process of its own on the first core, members with
cookies and tokens."""

import compileall
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Connection, insert

from benchmarks.load import CORES, Address, fetched, request
from stream.accounts.models import Session, User
from stream.accounts.names import key
from stream.accounts.sessions import token_hash
from stream.db import close, write
from stream.factory import create_app
from stream.maintenance.service import initialise, migrate
from stream.resources import PACKAGE, SAMPLE_LESSONS
from stream.settings import load_settings

UNLIMITED = dict.fromkeys(("STREAM_ACT_LIMIT", "STREAM_COMMENT_LIMIT"), "100000000 per second")


@dataclass(frozen=True, slots=True)
class MemberKeys:
    """What a member's browser sends: the session cookie, and the token of that session."""

    learner_id: str
    cookie: str
    token: str

    def get(self, path: str, **headers: str) -> bytes:
        """A request for a page."""
        return request(path, Cookie=self.cookie, Accept_Encoding="gzip, br", **headers)

    def post(self, path: str, **form: str) -> bytes:
        """A form sent by htmx."""
        fields = urlencode({"csrf_token": self.token, **form})
        return request(path, form=fields, Cookie=self.cookie, HX_Request="true", Accept_Encoding="gzip, br")


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers."""

    address: Address
    pid: int

    def page(self, path: str, **headers: str) -> tuple[dict[str, str], bytes]:
        """Headers and body of one answer."""
        return fetched(self.address, request(path, **headers))


def new_site(folder: Path, lessons: Path = SAMPLE_LESSONS) -> Flask:
    """The application over a new site in `folder`, with a copy of the lessons; to be closed by the caller."""
    shutil.copytree(lessons, folder / "lessons")
    places = {"instance": folder / "instance", "lessons": folder / "lessons"}
    list(initialise(load_settings({}, **places), sample=False))
    app = create_app(load_settings({}, **places))
    with app.app_context():
        migrate()
    return app


def with_members(app: Flask, count: int) -> list[MemberKeys]:
    """So many members, each signed in on one device."""
    at = datetime.now(UTC)
    users, sessions = [], []
    for number in range(1, count + 1):
        name, learner = f"member{number:06}", f"{number:032x}"
        values = {"username": name, "username_key": key(name), "password_hash": "!", "learner_id": learner}
        users.append({"id": number, "role": "member", "created_at": at - timedelta(days=9), **values})
        hashed = token_hash(_token(number))
        sessions.append({"token_hash": hashed, "user_id": number, "created_at": at, "seen_at": at, "agent": "load"})

    def work(connection: Connection) -> None:
        connection.execute(insert(User), users)
        connection.execute(insert(Session), sessions)

    with app.app_context():
        write(work)
    return [_keys(app, number) for number in range(1, count + 1)]


def _token(number: int) -> str:
    return f"token-of-member-{number}"


def _keys(app: Flask, number: int) -> MemberKeys:
    with app.test_request_context():
        session.permanent = True
        session.update({"_user_id": _token(number), "_fresh": True})
        token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(session))}"
    return MemberKeys(f"{number:032x}", cookie, token)


def as_installed() -> None:
    """Have bytecode beside the sources, as pip leaves it: else each start compiles, and memory is left in pieces."""
    compileall.compile_dir(PACKAGE, quiet=1)


def settings_of_unit() -> dict[str, str]:
    """What deploy/systemd/stream.service tells the C library about memory."""
    unit = (PACKAGE.parent / "deploy" / "systemd" / "stream.service").read_text(encoding="utf-8")
    return dict(re.findall(r"\b(MALLOC_\w+)=(\d+)", unit))


@contextmanager
def serving(folder: Path, *prefix: str, log: Path | None = None, **settings: str) -> Iterator[Served]:
    """`stream serve` over the site in `folder`, on the first core; `prefix` goes before the command, what it tells into
    `log`."""
    places = {"STREAM_INSTANCE": str(folder / "instance"), "STREAM_LESSONS": str(folder / "lessons")}
    command = [*prefix, sys.executable, "-m", "stream", "serve", "--port", str(free_port())]
    with ExitStack() as stack:
        told = stack.enter_context(log.open("ab")) if log else None
        yield stack.enter_context(_running(command, {**places, **UNLIMITED, **settings}, told))


def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving_hello() -> Iterator[Served]:
    """The yardstick: Flask that says hello, under the same server with as many threads."""
    with _running([sys.executable, "-m", "benchmarks.hello"], {}) as served:
        yield served


@contextmanager
def serving_least(folder: Path, page: bytes) -> Iterator[Served]:
    """Flask that does the least of what is measured, over `folder`; the text of its pages is the site's `page`."""
    (folder / "page.html").write_bytes(page)
    with _running([sys.executable, "-m", "benchmarks.least", str(folder)], {}) as served:
        yield served


@contextmanager
def _running(command: Sequence[str], settings: dict[str, str], log: BinaryIO | None = None) -> Iterator[Served]:
    environment = {**os.environ, **settings}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=log, env=environment, preexec_fn=_on_first_core, text=True
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        assert found is not None, said
        yield Served(("127.0.0.1", int(found[1])), process.pid)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def _on_first_core() -> None:
    os.sched_setaffinity(0, {CORES[0]})


def finished(app: Flask) -> None:
    """Close the application, so that the server is alone with the files."""
    close(app)


def row(*cells: Any) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"
