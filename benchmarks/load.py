"""A load generator: connections that stay open, each sending its next request once the last one is answered.

It runs in a process of its own on the last core, the server on the first. What a request costs is counted in CPU
seconds of the server, which other work on the machine hardly touches.
"""

import gzip
import multiprocessing
import os
import select
import socket
import statistics
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

Address = tuple[str, int]
TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))


@dataclass(slots=True)
class Load:
    """What came of a load: `latencies` in milliseconds, `cpu` seconds of the server meanwhile."""

    seconds: float = 0.0
    cpu: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    length: int = 0  # bytes of the last answer

    @property
    def answers(self) -> int:
        """How many requests were answered."""
        return sum(self.statuses.values())

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def per_cpu_second(self) -> float:
        """Answers for each second that the server's processor worked."""
        return self.answers / self.cpu

    def percentile(self, share: float) -> float:
        """The latency that this share of the answers stayed below, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Connection:
    """One client, with the requests it has to send."""

    def __init__(self, address: Address, requests: Sequence[bytes], again: bool) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests, self.again, self.number = requests, again, 0
        self.answer = b""
        self.missing = 0  # bytes of the body that are still to come
        self.begun = 0.0

    def send(self) -> bool:
        """Send the next request; false when there is none left."""
        if self.number >= len(self.requests) and not self.again:
            return False
        self.answer, self.missing, self.begun = b"", -1, time.perf_counter()
        self.socket.sendall(self.requests[self.number % len(self.requests)])
        self.number += 1
        return True

    def receive(self) -> bool:
        """Take what has come; true when the answer is whole."""
        arrived = self.socket.recv(262_144)
        if not arrived:
            raise ConnectionError("the server hung up")
        self.answer += arrived
        if self.missing < 0:
            end = self.answer.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.missing = _body_length(self.answer[:end]) - (len(self.answer) - end - 4)
        else:
            self.missing -= len(arrived)
        return self.missing <= 0

    @property
    def status(self) -> int:
        """Of the answer."""
        return int(self.answer[9:12])


def _body_length(head: bytes) -> int:
    if head[9:12] in (b"304", b"204"):
        return 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line[15:])
    raise ValueError("an answer without Content-Length")


def loaded(address: Address, pid: int, plan: Sequence[Sequence[bytes]], seconds: float, *, again: bool = True) -> Load:
    """Let each of the `plan`'s connections send its requests, over and over or once, for at most so many seconds."""
    theirs, mine = multiprocessing.get_context("fork").Pipe()
    worker = multiprocessing.get_context("fork").Process(target=_work, args=(mine, address, pid, plan, seconds, again))
    worker.start()
    found: Load = theirs.recv()
    worker.join()
    return found


def _work(result: "multiprocessing.connection.Connection", address: Address, pid: int, plan: Sequence[Sequence[bytes]],
          seconds: float, again: bool) -> None:  # fmt: skip
    os.sched_setaffinity(0, {CORES[-1]})
    load, poll = Load(), select.epoll()
    connections = {}
    for requests in plan:
        connection = _Connection(address, requests, again)
        connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    cpu, begun = cpu_seconds(pid), time.perf_counter()
    busy = sum(connection.send() for connection in connections.values())
    while busy:
        for number, _ in poll.poll():
            connection = connections[number]
            if not connection.receive():
                continue
            now = time.perf_counter()
            load.statuses[connection.status] += 1
            load.latencies.append(1000 * (now - connection.begun))
            load.length = len(connection.answer)
            if now - begun > seconds or not connection.send():
                busy -= 1
    load.seconds, load.cpu = time.perf_counter() - begun, cpu_seconds(pid) - cpu
    result.send(load)


def cpu_seconds(pid: int) -> float:
    """How long the process has worked so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def median_of(loads: Sequence[Load]) -> Load:
    """The one of three in the middle, by answers for each CPU second."""
    middle = statistics.median_low(load.per_cpu_second for load in loads)
    return next(load for load in loads if load.per_cpu_second == middle)


def request(path: str, *, form: str | None = None, **headers: str) -> bytes:
    """The bytes of a request; `Accept_Encoding="br"` becomes a header."""
    lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if form is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + (form or "")).encode()


def fetched(address: Address, sent: bytes) -> tuple[dict[str, str], bytes]:
    """The headers and the unpacked body of one answer."""
    connection = _Connection(address, [sent], again=False)
    connection.send()
    while not connection.receive():
        pass
    head, _, body = connection.answer.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:]]
    headers = {name.lower(): value for name, _, value in lines}
    headers[":status"] = head[9:12].decode()
    connection.socket.close()
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    elif headers.get("content-encoding") == "deflate":
        body = zlib.decompress(body)
    return headers, body
