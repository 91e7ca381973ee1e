"""The server stops without cutting anybody off, and a client that dawdles keeps nobody waiting."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
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
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.server = Server(app, "127.0.0.1", self.port, threads=4)
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
