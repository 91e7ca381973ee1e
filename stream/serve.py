"""The server: waitress in one process, with a loop of our own so that SIGTERM lets running requests finish.

waitress's stock command cuts them. Slow clients cannot block it, and it is pure Python.
"""

import signal
import time
from types import FrameType
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from stream.db import close

LONGEST_BODY = 11_000_000  # bytes: a picture of 10 MB and the form around it; most forms are held to less
GRACE_SECONDS = 20.0
TICK_SECONDS = 0.2


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
