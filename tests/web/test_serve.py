"""The server stops without cutting anybody off, and a client that dawdles keeps nobody waiting."""

import re
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import Request, urlopen

import given
import pytest
from flask import Flask, request

from stream.factory import create_app
from stream.serve import Server
from stream.settings import Settings, load_settings


class Running:
    """A server in a thread, with a page that answers only when told to."""

    def __init__(self, app: Flask) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        app.add_url_rule("/waiting", "waiting", self.wait)
        app.add_url_rule("/asker", "asker", lambda: f"{request.remote_addr} by {request.scheme}")
        self.server = Server(app, "127.0.0.1", 0, threads=4)
        self.port = int(self.server._waitress.effective_port)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()

    def wait(self) -> str:
        """Answer when told to."""
        self.begun.set()
        self.go_on.wait(20)
        return "finished"

    def ask(self, path: str, **headers: str) -> str:
        """A page's text."""
        asked = Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urlopen(asked, timeout=20) as answer:
            return str(answer.read().decode())


@pytest.fixture
def running(app: Flask) -> Iterator[Running]:
    """A running server."""
    started = Running(app)
    yield started
    started.go_on.set()
    if started.thread.is_alive():
        started.server.stop()
        started.thread.join(30)


@pytest.mark.parametrize(("hops", "asker"), [(0, "127.0.0.1 by http"), (1, "203.0.113.9 by https")])
def test_only_as_many_proxies_as_set_are_believed(settings: Settings, hops: int, asker: str) -> None:
    places = {"instance": settings.instance, "lessons": settings.lessons}
    app = create_app(load_settings(given.EMPTY_ENVIRONMENT, proxy_hops=hops, **places))
    running = Running(app)
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto": "https"}
    try:
        assert running.ask("/asker", **forwarded) == asker
    finally:
        running.server.stop()
        running.thread.join(30)


def test_a_running_request_is_finished_after_the_signal_to_stop(running: Running) -> None:
    answers: list[str] = []
    asker = threading.Thread(target=lambda: answers.append(running.ask("/waiting")))
    asker.start()
    assert running.begun.wait(20)
    running.server.stop()
    running.go_on.set()
    asker.join(20)
    running.thread.join(20)
    assert answers == ["finished"]
    assert not running.thread.is_alive()


def test_half_sent_requests_keep_nobody_waiting(running: Running) -> None:
    dawdlers = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(16)]
    for dawdler in dawdlers:
        dawdler.sendall(b"POST /en/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nusername=")
    assert '"ok"' in running.ask("/healthz")
    for dawdler in dawdlers:
        with closing(dawdler):
            pass


def answers_on_one_connection(running: Running, *requests: str) -> list[bytes]:
    """What comes back for each of the requests, sent one after the other without hanging up."""
    found = []
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as connection:
        for request_line in requests:
            connection.sendall(f"{request_line}\r\nHost: x\r\n\r\n".encode())
            answer = b""
            while not is_whole(answer):
                answer += connection.recv(65536)
            found.append(answer)
    return found


def is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


def without_date(answer: bytes) -> list[bytes]:
    """Status, headers in the order of their names, and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return [*sorted(line.lower() for line in head.split(b"\r\n") if not line.startswith((b"Date:", b"Vary:"))), body]


def test_a_page_that_is_answered_at_once_is_the_same_as_through_flask(running: Running) -> None:
    page = "GET /en/lessons/dial HTTP/1.1"
    first, *others = answers_on_one_connection(running, page, page, f"{page}\r\nX-Other: y", page)
    assert b"200 OK" in first
    for answer in others:
        assert without_date(answer) == without_date(first)
        assert b"\r\nDate: " in answer


def test_behind_a_proxy_and_below_a_path_what_is_kept_is_answered_at_once_too(settings: Settings) -> None:
    app = create_app(replace(settings, proxy_hops=1, public_url="https://a.example/learn"))
    running = Running(app)
    asked = "GET /learn/en/lessons/dial HTTP/1.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: a.example"
    try:
        first, second = answers_on_one_connection(running, asked, asked)
        app.wsgi_app = None  # type: ignore[assignment, method-assign]
        running.server._waitress.application = None  # nobody but the loop can answer now
        [third] = answers_on_one_connection(running, asked)
    finally:
        running.server.stop()
        running.thread.join(30)
    assert b"https://a.example/learn/en/lessons/dial" in first
    assert without_date(first) == without_date(second) == without_date(third)


def test_a_browser_that_has_the_page_may_ask_for_the_next_on_the_same_connection(running: Running) -> None:
    page = "GET /en/lessons/dial HTTP/1.1"
    [first] = answers_on_one_connection(running, page)
    found = re.search(rb'(?i)etag: ("[^"]+")', first)
    assert found is not None
    known = f"{page}\r\nIf-None-Match: {found[1].decode()}"
    for _ in range(2):  # by Flask, then at once
        *unchanged, last = answers_on_one_connection(running, known, known, "GET /healthz HTTP/1.1")
        assert all(b" 304 NOT MODIFIED" in answer for answer in unchanged)
        assert b"200 OK" in last
        answers_on_one_connection(running, page, page)


def test_requests_sent_ahead_are_answered_in_their_order(running: Running) -> None:
    answers_on_one_connection(running, "GET /en/ HTTP/1.1", "GET /en/ HTTP/1.1")
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as connection:
        ahead = "".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in ("/asker", "/en/"))
        connection.sendall(ahead.encode())
        answer = b""
        while b"</html>" not in answer:
            answer += connection.recv(65536)
    assert answer.index(b"127.0.0.1 by http") < answer.index(b"<!doctype html>")


def test_who_asks_ahead_and_does_not_read_keeps_nobody_waiting(running: Running, lessons: Path) -> None:
    given.lesson(lessons, "long", 9, body="A long line of a long lesson. " * 10_000)
    page = "GET /en/lessons/long HTTP/1.1"
    answers_on_one_connection(running, page, page)
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as greedy:
        greedy.sendall(f"{page}\r\nHost: x\r\n\r\n".encode() * 250)
        assert '"ok"' in running.ask("/healthz")


def test_who_hangs_up_just_before_the_answer_is_no_fault(
    running: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "GET /en/ HTTP/1.1"
    answers_on_one_connection(running, page, page)
    found, hung_up = running.server._kept_answer, threading.Event()

    def hang_up(asked: object) -> bytes | None:
        for channel in running.server._waitress.active_channels.values():
            channel.connected = False
        hung_up.set()
        return found(asked)

    monkeypatch.setattr(running.server, "_kept_answer", hang_up)
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as hasty:
        hasty.sendall(f"{page}\r\nHost: x\r\n\r\n".encode())
        assert hung_up.wait(20)
    monkeypatch.undo()
    assert '"ok"' in running.ask("/healthz")
    assert [record for record in caplog.records if record.name != "waitress.queue"] == []  # as stream.logs has it


@pytest.mark.parametrize("host", ["xn--a", "XN--A.example", "xn--"])
def test_a_host_that_only_looks_like_a_name_of_another_script_is_no_fault(running: Running, host: str) -> None:
    for page in ("/en/", "/en/lessons/dial", "/sitemap.xml", "/en/feed.xml"):
        assert "</" in running.ask(page, Host=host), page


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-"}], ids=["at once", "by a thread"])
def test_a_connection_that_lasts_holds_nothing_of_what_it_has_sent(running: Running, headers: dict[str, str]) -> None:
    """It was up to 16 MB for each: a proxy's twenty connections took more than the whole service."""
    connection = HTTPConnection("127.0.0.1", running.port, timeout=20)

    def ask(times: int) -> int:
        sent = 0
        for _ in range(times):
            connection.request("GET", "/en/lessons/dial", headers=headers)
            sent += len(connection.getresponse().read())
        return sent

    with closing(connection):
        ask(20)
        tracemalloc.start()
        try:
            assert ask(300) > 3_000_000
            assert tracemalloc.get_traced_memory()[0] < 500_000
        finally:
            tracemalloc.stop()
