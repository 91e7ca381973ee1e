"""The server stops without cutting anybody off, and a client that dawdles keeps nobody waiting."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from urllib.request import urlopen

import pytest
from flask import Flask

from stream.serve import Server


class Running:
    """A server in a thread, with a page that answers only when told to."""

    def __init__(self, app: Flask) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        app.add_url_rule("/waiting", "waiting", self.wait)
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

    def ask(self, path: str) -> str:
        """A page's text."""
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
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
