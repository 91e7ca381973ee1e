"""One connection: what waitress makes of it, put right where a reader or the disk needs more."""

import re
import time
from dataclasses import dataclass, field
from functools import partial
from threading import get_ident
from typing import Any

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, WSGITask

from stream.commit import Commit
from stream.db import AWAITED
from stream.web.security import HEADERS

CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


def stays_open(request: Any) -> bool:
    """Whether the client expects more answers on this connection, without saying so."""
    return bool(request.version == "1.1" and request.headers.get("CONNECTION", "").lower() != "close")


class Request(HTTPRequestParser):  # type: ignore[misc]
    """waitress takes a request that says in two ways where it ends, and goes by one of them. A proxy in front may have
    gone by the other, and then the rest of one reader's request is the beginning of the next one's (RFC 9112, 6.3).
    """

    is_held = was_held = False  # with its answer

    def close(self) -> None:
        """Let what was sent go, once it is not needed for a second try."""
        if not self.is_held:
            super().close()

    def let_go(self) -> None:
        """Be as before it was held, but for that."""
        self.is_held, self.was_held = False, True

    def received(self, data: bytes) -> int:
        """How much of it belongs to this request. Whoever is refused is not asked to send the rest first."""
        taken: int = super().received(data)
        if self.error:
            self.expect_continue = False
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # of urlsplit
            raise ParsingError("Its address is none") from error
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("It does not say in one way where it ends")
        if CONTROL.search(self.first_line):
            raise ParsingError("A control character stands in the first line")


@dataclass(slots=True)
class _Held:
    """An answer that is ready, until what it tells is on disk. If it never is, the request is answered once more."""

    request: Any
    commit: Commit
    answer: bytes = b""
    made_by: int = field(default_factory=get_ident)  # a thread


class _Collected:
    """Takes what a task writes, in place of its channel."""

    def __init__(self, channel: Any, held: _Held) -> None:
        self._channel, self._held = channel, held

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def write_soon(self, data: bytes) -> int:
        """As a channel does."""
        self._held.answer += data
        return len(data)

    def hold(self) -> None:
        """Have the channel send all of it in time."""
        self._held.request.is_held = True
        self._channel.held = self._held

    def send(self) -> None:
        """Wait, and send all of it. Raises what kept it from the disk."""
        self._held.commit.wait()
        self._channel.write_soon(self._held.answer)


class _Task(WSGITask):  # type: ignore[misc]
    """waitress hangs up after every answer without a body. A browser that asks whether its copy is still good asks
    again soon.

    And waitress has an answer wait in its thread. Here one that a disk has to confirm waits without: see `_Held`.
    """

    channel: Any

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        if self.channel.may_hold(self.request):
            environ.setdefault(AWAITED, [])
        return environ

    def service(self) -> None:
        super().service()
        if isinstance(self.channel, _Collected):
            if self.close_on_finish:
                self.channel.send()
            else:
                self.channel.hold()

    def write(self, data: bytes) -> None:
        if not self.wrote_header and (awaited := self.environ.get(AWAITED)):
            self.channel = _Collected(self.channel, _Held(self.request, *awaited))
        super().write(data)

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


class Channel(HTTPChannel):  # type: ignore[misc]
    """Counts its idle time by a clock that never jumps, whatever waitress tells it."""

    task_class = _Task
    error_task_class = _ErrorTask
    parser_class = Request
    current_outbuf_count: int  # bytes given to the buffer that is written to
    held: _Held | None = None
    _active_at = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits here for an answer that is not made, or not sent."""
        return bool(self.requests) or self.held is not None

    def may_hold(self, request: Any) -> bool:
        """Whether the answer may be sent by itself later: nothing is to be sent before it, and nothing ends with it."""
        is_alone = len(self.requests) == 1 and not self.total_outbufs_len
        return is_alone and stays_open(request) and not request.was_held

    def take_back(self, request: Any) -> None:
        """Have the request answered once more, before those that came since."""
        request.get_body_stream().seek(0)
        with self.requests_lock:
            self.requests.insert(0, request)

    def service(self) -> None:
        """As waitress does; then the thread is free, also where the answer waits."""
        super().service()
        held = self.held  # maybe that of the next request already, which another thread has begun and not yet ended
        if held is not None and held.made_by == get_ident():
            held.commit.when_done(partial(self.server.settled, self))

    def _flush_some(self, do_close: bool = True) -> bool:
        """Send what there is. Once all is sent, begin anew: a buffer keeps what it has sent, and goes on behind it.
        waitress has a new one for each answer of a thread, and for those of the loop after 16 MB.
        """
        has_sent: bool = super()._flush_some(do_close)
        if not self.total_outbufs_len and self.current_outbuf_count and len(self.outbufs) == 1:
            self.outbufs[0].close()
            self.outbufs[0] = OverflowableBuffer(self.adj.outbuf_overflow)
            self.current_outbuf_count = 0
        return has_sent

    @property
    def last_activity(self) -> float:
        return self._active_at

    @last_activity.setter
    def last_activity(self, _wall_clock: float) -> None:
        self._active_at = time.monotonic()
