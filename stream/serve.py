"""The server: waitress in one process, with a loop of our own so that SIGTERM lets running requests finish.

waitress's stock command cuts them. Slow clients cannot block it, and it is pure Python.
"""

import fcntl
import logging
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from email.utils import formatdate
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.task import ErrorTask, WSGITask

from stream.db import close
from stream.web.kept_pages import KeptPages
from stream.web.security import HEADERS

log = logging.getLogger(__name__)

LONGEST_BODY = 11_000_000  # bytes: a picture of 10 MB and the form around it; most forms are held to less
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
GRACE_SECONDS = 20.0
TICK_SECONDS = 0.2


class _Task(WSGITask):  # type: ignore[misc]
    """waitress hangs up after every answer without a body. A browser that asks whether its copy is still good asks
    again soon."""

    def build_response_header(self) -> bytes:
        wanted = "close" in self.request.headers.get("CONNECTION", "").lower()
        head: bytes = super().build_response_header()
        if self.has_body or self.version != "1.1" or wanted:
            return head
        self.close_on_finish = False
        return head.replace(b"Connection: close\r\n", b"")


class _ErrorTask(ErrorTask):  # type: ignore[misc]
    """What waitress answers where the application is never asked: requests that cannot be read, or are too large."""

    def build_response_header(self) -> bytes:
        self.response_headers += [*HEADERS.items(), ("Cache-Control", "no-store")]
        head: bytes = super().build_response_header()
        return head


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """waitress takes a request that says in two ways where it ends, and goes by one of them. A proxy in front may have
    gone by the other, and then the rest of one reader's request is the beginning of the next one's (RFC 9112, 6.3).
    """

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # of urlsplit
            raise ParsingError("Its address is none") from error
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("It does not say in one way where it ends")
        if CONTROL.search(self.first_line):
            raise ParsingError("A control character stands in the first line")


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Parser
    task_class = _Task
    error_task_class = _ErrorTask


class Server:
    """A site that listens. `run` returns after `stop`, once every request that had begun is answered."""

    def __init__(self, app: Flask, host: str, port: int, threads: int) -> None:
        self._app = app
        self._sockets: dict[int, Any] = {}
        self._waitress = create_server(
            app,
            map=self._sockets,
            host=host,
            port=port,
            threads=threads,
            ident="stream",
            max_request_body_size=LONGEST_BODY,
            clear_untrusted_proxy_headers=False,  # which of them are believed, is the application's to say: proxy_hops
        )
        self._waitress.channel_class = _Channel
        if isinstance(app.wsgi_app, KeptPages):  # nothing in front of it that must see every request
            self._kept = app.wsgi_app
            self._waitress.add_task = self._dispatch
        self._date = (0, b"")
        self._stopping = False

    def run(self) -> None:
        """Serve until stopped; then finish what has begun, for at most GRACE_SECONDS, and close mail and database."""
        self._app.extensions["stream.postman"].start()
        while not self._stopping:
            self._tick()
        self._stop_listening()
        deadline = time.monotonic() + GRACE_SECONDS
        while self._busy() and time.monotonic() < deadline:
            self._tick()
        self._waitress.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
        wasyncore.close_all(self._sockets, ignore_all=True)
        self._app.extensions["stream.postman"].close()
        close(self._app)

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Take no new requests; usable as a signal handler."""
        self._stopping = True
        self._waitress.pull_trigger()

    def _dispatch(self, channel: Any) -> None:
        """Answer at once what is kept; everything else is for the threads, and handing it over takes longer.

        Who asks ahead and does not read is for the threads too: waiting until there is room, the loop would keep
        everybody waiting.
        """
        at_once = len(channel.requests) == 1 and not channel.total_outbufs_len
        answer = self._kept_answer(channel.requests[0]) if at_once else None
        if answer is None:
            self._waitress.task_dispatcher.add_task(channel)
        else:
            channel.requests.clear()
            with suppress(ClientDisconnected):
                channel.write_soon(answer)

    def _kept_answer(self, request: Any) -> bytes | None:
        if request.error or request.version != "1.1" or request.headers.get("CONNECTION", "").lower() == "close":
            return None
        path = request.path
        environ = {f"HTTP_{name}": value for name, value in request.headers.items()}
        environ |= {"REQUEST_METHOD": request.command, "QUERY_STRING": request.query, "wsgi.url_scheme": "http"}
        environ["PATH_INFO"] = "/" + path.lstrip("/") if path.startswith("/") else path
        found = self._kept.at_once(environ)
        return None if found is None else b"".join((found[0], self._end_of_head(), found[1]))

    def _end_of_head(self) -> bytes:
        second = int(time.time())
        if self._date[0] != second:
            self._date = second, f"\r\nServer: stream\r\nDate: {formatdate(second, usegmt=True)}\r\n\r\n".encode()
        return self._date[1]

    def _tick(self) -> None:
        wasyncore.loop(timeout=TICK_SECONDS, use_poll=True, map=self._sockets, count=1)

    def _stop_listening(self) -> None:
        """Close the listening socket only: the trigger by which worker threads wake the loop must live on."""
        self._waitress.del_channel(self._sockets)
        self._waitress.socket.close()

    def _busy(self) -> bool:
        channels = list(self._waitress.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def serve(server: Server) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    signal.signal(signal.SIGTERM, server.stop)
    signal.signal(signal.SIGINT, server.stop)
    server.run()


class NotAlone(Exception):
    """Another server runs over the same folder."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Be the only server over `folder` meanwhile. Raises NotAlone.

    The kernel forgets the lock with its process, however that ended. A disk that knows no locks protects nobody, and
    stops nobody.
    """
    with ExitStack() as stack:
        try:
            handle = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAlone from None
        except OSError as error:
            log.info("no lock on %s: %s", folder, error.strerror)
        yield
