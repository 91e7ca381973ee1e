"""The server: waitress in one process, with a loop of our own so that SIGTERM lets running requests finish.

waitress's stock command cuts them. Slow clients cannot block it, and it is pure Python.
"""

import fcntl
import gc
import logging
import math
import os
import resource
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from email.utils import formatdate
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.channel import ClientDisconnected
from waitress.server import create_server

from stream.channel import Channel, stays_open
from stream.db import close
from stream.free_memory import give_back

log = logging.getLogger(__name__)

LONGEST_BODY = 11_000_000  # bytes: a picture of 10 MB and the form around it; most forms are held to less
MOST_HEADERS = 32_768  # bytes of all headers of a request
IN_MEMORY = 65_536  # bytes of a body; the rest of it waits on the disk
AT_ONCE = 64  # connections taken before anybody else has a turn
SPARE_FILES = 200  # that may be open besides connections: databases, lessons, pictures
IDLE_SECONDS = 120.0  # after which a connection is closed
GRACE_SECONDS = 20.0
TICK_SECONDS = 0.2
TIDY_SECONDS = 0.25  # between looks for memory that is free
SWITCH_SECONDS = 0.001  # after which a thread that works lets the others go on


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
        self._waitress.channel_class = Channel
        self._waitress.next_channel_cleanup = math.inf  # see `_close_idle`
        self._waitress.handle_accept = self._accept
        self._looked_at = self._tidied_at = time.monotonic()
        whole, at_once = app.extensions.get("stream.at_once", (None, None))
        # unless something else is in front of it that must see every request
        self._at_once = at_once if app.wsgi_app is whole else None
        self._waitress.add_task = self._dispatch
        self._waitress.settled = self._note_settled
        self._settled: deque[tuple[Channel, bool]] = deque()
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
        free = (channel for channel in self._waitress.active_channels.values() if not channel.is_busy)
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
        if channel.held is not None:
            return  # see `_send_settled`
        at_once = len(channel.requests) == 1 and not channel.total_outbufs_len
        answer = self._kept_answer(channel.requests[0]) if at_once else None
        if answer is None:
            self._waitress.task_dispatcher.add_task(channel)
        else:
            channel.requests.clear()
            with suppress(ClientDisconnected):
                channel.write_soon(answer)

    def _kept_answer(self, request: Any) -> bytes | None:
        if self._at_once is None or request.error or not stays_open(request):
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

    def _note_settled(self, channel: Channel, is_on_disk: bool) -> None:
        """Of the thread that commits: have the loop send what was held back."""
        self._settled.append((channel, is_on_disk))
        with suppress(OSError):  # the server has closed: it waits for a disk for no more than GRACE_SECONDS
            self._waitress.pull_trigger()

    def _send_settled(self) -> None:
        """Send the answers that are on disk. Where the disk refused, the application is asked again, and waits."""
        while self._settled:
            channel, is_on_disk = self._settled.popleft()
            held, channel.held = channel.held, None
            assert held is not None
            held.request.let_go()
            if is_on_disk:
                held.request.close()
                with suppress(ClientDisconnected):
                    channel.write_soon(held.answer)
            else:
                channel.take_back(held.request)
            if channel.requests:
                self._dispatch(channel)

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
        self._send_settled()

    def _stop_listening(self) -> None:
        """Close the listening socket only: the trigger by which worker threads wake the loop must live on."""
        self._waitress.del_channel(self._sockets)
        self._waitress.socket.close()

    def _busy(self) -> bool:
        channels = list(self._waitress.active_channels.values())
        return any(channel.is_busy or channel.total_outbufs_len for channel in channels)


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
