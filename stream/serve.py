"""The server: waitress in one process, with a loop of our own so that SIGTERM lets running requests finish.

waitress's stock command cuts them. Slow clients cannot block it, and it is pure Python.
"""

import fcntl
import gc
import logging
import math
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
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
from stream.free_memory import give_back
from stream.web.security import HEADERS

log = logging.getLogger(__name__)

LONGEST_BODY = 11_000_000  # bytes: a picture of 10 MB and the form around it; most forms are held to less
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
MOST_HEADERS = 32_768  # bytes of all headers of a request
IN_MEMORY = 65_536  # bytes of a body; the rest of it waits on the disk
AT_ONCE = 64  # connections taken before anybody else has a turn
SPARE_FILES = 200  # that may be open besides connections: databases, lessons, pictures
IDLE_SECONDS = 120.0  # after which a connection is closed
GRACE_SECONDS = 20.0
TICK_SECONDS = 0.2
TIDY_SECONDS = 1.0  # between looks for memory that is free
SWITCH_SECONDS = 0.001  # after which a thread that works lets the others go on


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
    """Counts its idle time by a clock that never jumps, whatever waitress tells it."""

    task_class = _Task
    error_task_class = _ErrorTask
    parser_class = _Parser
    _active_at = 0.0

    @property
    def last_activity(self) -> float:
        return self._active_at

    @last_activity.setter
    def last_activity(self, _wall_clock: float) -> None:
        self._active_at = time.monotonic()


class _Ahead:
    """The beginning of a body that whoever answers in the end reads again."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        begun = self._stream.tell()
        found: bytes = self._stream.read(size)
        self._stream.seek(begun)
        return found


class Server:
    """A site that listens. `run` returns after `stop`, once every request that had begun is answered."""

    def __init__(self, app: Flask, host: str, port: int, threads: int, connections: int = 1_000) -> None:
        self._app = app
        self._most = affordable(connections)
        self._sockets: dict[int, Any] = {}
        self._waitress = create_server(
            app,
            map=self._sockets,
            host=host,
            port=port,
            threads=threads,
            ident="",  # nobody needs to be told what serves them
            connection_limit=self._most + AT_ONCE,
            max_request_header_size=MOST_HEADERS,
            inbuf_overflow=IN_MEMORY,
            log_socket_errors=False,  # a client that vanishes is no news
            max_request_body_size=LONGEST_BODY,
            clear_untrusted_proxy_headers=False,  # which of them are believed, is the application's to say: proxy_hops
        )
        self._waitress.channel_class = _Channel
        self._waitress.next_channel_cleanup = math.inf  # see `_close_idle`
        self._waitress.handle_accept = self._accept
        self._looked_at = self._tidied_at = time.monotonic()
        whole, self._at_once = app.extensions.get("stream.at_once", (None, None))
        if app.wsgi_app is whole:  # nothing else is in front of it that must see every request
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

    def _accept(self) -> None:
        """Take the connections that wait; who was idle for longest makes room."""
        channels = self._waitress.active_channels
        for _ in range(AT_ONCE):
            if len(channels) >= self._most:
                self._close(self._idle()[: 1 + self._most // 20])
            before = len(channels)
            type(self._waitress).handle_accept(self._waitress)
            if len(channels) == before:
                return

    def _idle(self) -> list[Any]:
        """The connections for which nobody works now, those first of which nothing was heard for longest."""
        free = (channel for channel in self._waitress.active_channels.values() if not channel.requests)
        return sorted(free, key=lambda channel: channel.last_activity)

    def _close(self, channels: Sequence[Any]) -> None:
        for channel in channels:
            channel.handle_close()

    def _close_idle(self) -> None:
        now = time.monotonic()
        if now - self._looked_at >= 1:
            self._looked_at = now
            self._close([channel for channel in self._idle() if now - channel.last_activity > IDLE_SECONDS])

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
        if request.command == "POST":
            environ |= {name: request.headers.get(name, "") for name in ("CONTENT_TYPE", "CONTENT_LENGTH")}
            environ["wsgi.input"] = _Ahead(request.get_body_stream())
        found = self._at_once(environ, None)
        return None if found is None else b"".join((found[0], self._end_of_head(), found[1]))

    def _end_of_head(self) -> bytes:
        second = int(time.time())
        if self._date[0] != second:
            self._date = second, f"\r\nDate: {formatdate(second, usegmt=True)}\r\n\r\n".encode()
        return self._date[1]

    def _tidy(self) -> None:
        now = time.monotonic()
        if now - self._tidied_at >= TIDY_SECONDS:
            self._tidied_at = now
            give_back()

    def _tick(self) -> None:
        self._close_idle()
        self._tidy()
        wasyncore.loop(timeout=TICK_SECONDS, use_poll=True, map=self._sockets, count=1)

    def _stop_listening(self) -> None:
        """Close the listening socket only: the trigger by which worker threads wake the loop must live on."""
        self._waitress.del_channel(self._sockets)
        self._waitress.socket.close()

    def _busy(self) -> bool:
        channels = list(self._waitress.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def affordable(wanted: int) -> int:
    """How many connections the system lets us have open, of so many; each may need a second file for what it sends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * wanted + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        with suppress(OSError, ValueError):  # a service may be forbidden to ask for more
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (needed if hard == resource.RLIM_INFINITY else min(needed, hard), hard)
            )
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    found = wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, (soft - SPARE_FILES) // 2))
    if found < wanted:
        log.warning("only %s connections at once: the system allows %s open files", found, soft)
    return found


def serve(server: Server) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()  # the site as it starts stays: no search for garbage goes through it while somebody waits
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
