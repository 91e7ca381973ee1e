"""An answer waits for the disk without a thread: it is sent once, in its turn, and only when it is true."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from urllib.parse import urlencode

import pytest
from flask import Flask, request
from sqlalchemy import Connection, event

from stream.db import write, write_before_answer
from stream.serve import Server
from stream.statements import run
from stream.web.security import without_token

pytestmark = pytest.mark.sqlite

TABLES = (
    "CREATE TABLE owners (name TEXT PRIMARY KEY)",
    "CREATE TABLE notes (name TEXT, owner TEXT REFERENCES owners DEFERRABLE INITIALLY DEFERRED)",
)


def add(connection: Connection, name: str, owner: str | None) -> int:
    """How many notes there are then. One of an owner who does not exist breaks the commit."""
    run(connection, "INSERT INTO notes VALUES (:name, :owner)", {"name": name, "owner": owner})
    [(count,)] = run(connection, "SELECT count(*) FROM notes")
    return int(count)


class Running:
    """A server with a single thread, a page that writes, and a disk that can be told to wait."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.disk, self.has_come = threading.Event(), threading.Event()
        self.disk.set()
        self.refusals = 0
        self.tries: list[str] = []
        with app.app_context():
            for table in TABLES:
                write(lambda connection, table=table: run(connection, table))  # type: ignore[misc]
        event.listen(app.extensions["stream.writer"].engine, "commit", self.wait_for_disk)
        app.add_url_rule("/note", "note", without_token(self.note), methods=["POST"])
        self.server = Server(app, "127.0.0.1", 0, threads=1)
        self.port = int(self.server._waitress.effective_port)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()

    def wait_for_disk(self, _connection: Connection) -> None:
        """As a slow one makes everybody."""
        self.has_come.set()
        assert self.disk.wait(20)

    def note(self) -> str:
        """Write a note; the first so many times of each, its commit will be refused."""
        name = request.form["name"]
        self.tries.append(name)
        owner = "nobody" if self.tries.count(name) <= self.refusals else None
        return f"note {write_before_answer(partial(add, name=name, owner=owner))}"

    def connect(self) -> socket.socket:
        """A connection on which nothing has been said."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def notes(self) -> list[str]:
        """What is on the disk."""
        file = self.app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(file)) as connection:
            return [name for (name,) in connection.execute("SELECT name FROM notes ORDER BY rowid")]

    def stop(self) -> None:
        """Return when the server has ended."""
        self.disk.set()
        self.server.stop()
        self.thread.join(30)
        assert not self.thread.is_alive()


@pytest.fixture
def running(app: Flask) -> Iterator[Running]:
    """A running server."""
    started = Running(app)
    yield started
    if started.thread.is_alive():
        started.stop()


def note(name: str) -> bytes:
    """A request for one."""
    form = urlencode({"name": name})
    kind = "Content-Type: application/x-www-form-urlencoded"
    return f"POST /note HTTP/1.1\r\nHost: x\r\n{kind}\r\nContent-Length: {len(form)}\r\n\r\n{form}".encode()


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def received(connection: socket.socket, *wanted: bytes) -> bytes:
    """What has come by the time that all of it is there."""
    answer = b""
    while not all(each in answer for each in wanted):
        arrived = connection.recv(65_536)
        assert arrived, answer
        answer += arrived
    return answer


@contextmanager
def held_back(running: Running) -> Iterator[socket.socket]:
    """The connection of somebody whose note waits for the disk."""
    running.disk.clear()
    with running.connect() as waiting:
        waiting.sendall(note("first"))
        assert running.has_come.wait(20)
        yield waiting


def test_others_are_answered_while_one_waits_for_the_disk(running: Running) -> None:
    with held_back(running) as waiting, running.connect() as other:
        other.sendall(HEALTH)
        assert b" 200 OK" in received(other, b'"ok"')
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody is told what is not on the disk
            waiting.recv(1)
        waiting.settimeout(20)
        assert running.notes() == []
        running.disk.set()
        assert b" 200 OK" in received(waiting, b"note 1")
        assert running.notes() == ["first"]
        waiting.sendall(note("second"))
        received(waiting, b"note 2")


def test_what_was_asked_ahead_is_answered_afterwards(running: Running) -> None:
    with held_back(running) as connection, running.connect() as other:
        connection.sendall(HEALTH)
        other.sendall(HEALTH)
        received(other, b'"ok"')
        running.disk.set()
        answer = received(connection, b"note 1", b'"ok"')
    assert answer.index(b"note 1") < answer.index(b'"ok"')


def test_who_asks_ahead_at_once_gets_the_answers_in_order(running: Running) -> None:
    with running.connect() as connection:
        connection.sendall(note("first") + HEALTH + note("second"))
        answer = received(connection, b"note 1", b'"ok"', b"note 2")
    assert answer.index(b"note 1") < answer.index(b'"ok"') < answer.index(b"note 2")


def test_one_connection_is_served_in_turn_by_all_threads(running: Running) -> None:
    running.server._waitress.task_dispatcher.set_thread_count(4)
    with running.connect() as connection:
        for number in range(1, 301):
            connection.sendall(HEALTH + note(f"note {number}") if number % 2 else note(f"note {number}"))
            received(connection, f"\r\n\r\nnote {number}".encode())
    assert running.notes() == running.tries == [f"note {number}" for number in range(1, 301)]


def test_who_wants_to_hang_up_gets_the_answer_first(running: Running) -> None:
    with running.connect() as connection:
        connection.sendall(note("first").replace(b"Host: x", b"Host: x\r\nConnection: close"))
        received(connection, b"note 1")
        assert connection.recv(1) == b""


def test_when_the_disk_refuses_the_same_is_done_once_more(running: Running) -> None:
    running.refusals = 1
    with running.connect() as connection:
        connection.sendall(note("first"))
        assert b" 200 OK" in received(connection, b"note 1")
        connection.sendall(HEALTH)
        received(connection, b'"ok"')
    assert running.tries == ["first", "first"]
    assert running.notes() == ["first"]


def test_when_the_disk_goes_on_refusing_one_is_told(running: Running) -> None:
    running.refusals = 2
    with running.connect() as connection:
        connection.sendall(note("first"))
        assert b" 500 INTERNAL SERVER ERROR" in received(connection, b"</html>")
        assert running.notes() == []
        running.refusals = 0
        connection.sendall(note("second"))
        received(connection, b"note 1")
    assert running.notes() == ["second"]


def test_who_has_hung_up_meanwhile_is_no_fault(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with held_back(running):
        pass
    running.disk.set()
    with running.connect() as other:
        other.sendall(note("second"))
        received(other, b"note 2")
    assert running.notes() == ["first", "second"]
    assert [record for record in caplog.records if record.name != "waitress.queue"] == []


def test_whoever_waits_when_the_server_stops_is_answered_first(running: Running) -> None:
    with held_back(running) as waiting:
        running.server.stop()
        running.disk.set()
        received(waiting, b"note 1")
    running.thread.join(20)
    assert running.notes() == ["first"]
