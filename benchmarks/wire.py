"""A wire that counts: hands every byte on between a browser and a server, and notes what each request took."""

import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from benchmarks.load import Address

WORKER = "/service-worker.js"


@dataclass(slots=True)
class Exchange:
    """One request and its answer. Browsers send the next request of a connection when the last one is answered."""

    head: str
    begun: float
    sent: int
    received: int = 0
    ended: float = 0.0

    @property
    def method(self) -> str:
        """What is asked for: GET or POST."""
        return self.head.partition(" ")[0]

    @property
    def path(self) -> str:
        """Where."""
        return self.head.split(" ", 2)[1]

    def header(self, name: str) -> str:
        """A header of the request, or nothing."""
        lines = self.head.split("\r\n")[1:]
        found = (value for key, _, value in (line.partition(": ") for line in lines) if key.lower() == name)
        return next(found, "")

    @property
    def is_of_worker(self) -> bool:
        """Whether the service worker asks, or is asked for; a page that passes through it is the page's own."""
        return self.header("sec-fetch-dest") == "serviceworker" or self.header("referer").endswith(WORKER)


class Wire:
    """The exchanges since they were last taken."""

    def __init__(self, server: Address) -> None:
        self._server = server
        self._exchanges: list[Exchange] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def taken(self) -> list[Exchange]:
        """What went over the wire since this was last asked."""
        found, self._exchanges = self._exchanges, []
        return found

    def count(self) -> int:
        """Bytes received so far, to see when nothing more comes."""
        return sum(each.received for each in self._exchanges)

    def close(self) -> None:
        """Hang up."""
        self._listening.close()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                browser, _ = self._listening.accept()
                threading.Thread(target=self._hand_on, args=(browser,), daemon=True).start()

    def _hand_on(self, browser: socket.socket) -> None:
        current: Exchange | None = None
        with browser, socket.create_connection(self._server) as server, selectors.DefaultSelector() as ready:
            for each in (browser, server):
                ready.register(each, selectors.EVENT_READ)
            with suppress(OSError):
                while True:
                    for key, _ in ready.select():
                        data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                        if not data:
                            return
                        if key.fileobj is browser:
                            current = self._asked(current, data)
                            server.sendall(data)
                        elif current is not None:
                            current.received += len(data)
                            current.ended = time.time()
                            browser.sendall(data)

    def _asked(self, current: Exchange | None, data: bytes) -> Exchange:
        if current is not None and not current.received:  # more of a request that has no answer yet
            current.sent += len(data)
            return current
        found = Exchange(data.partition(b"\r\n\r\n")[0].decode("latin-1"), time.time(), len(data))
        self._exchanges.append(found)
        return found


@contextmanager
def wired(server: Address) -> Iterator[Wire]:
    """A wire to this server."""
    wire = Wire(server)
    try:
        yield wire
    finally:
        wire.close()
