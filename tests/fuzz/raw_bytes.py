"""What arrives at the server's socket: requests that are nearly right, and bytes that are none."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st
from live import Live, live
from targets import Law, Target

from benchmarks.served import finished, new_site

STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.M)
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
PATIENCE = 0.1  # seconds without a byte until it is clear that the server waits for more
METHODS = [b"GET", b"POST", b"HEAD", b"OPTIONS", b"CONNECT", b"get", b"", b"G\0T", b"PRI", b"TRACE", b"A" * 300]
METHODS += [b"\xff"]
PATHS = [b"/", b"/en/", b"/healthz", b"/en/lessons/what-a-prompt-does", b"*", b"http://x/en/", b"//en/", b"/%", b"/%00"]
PATHS += [b"/%ff%fe", b"/\xea\xb0\x80", b"/en/%2e%2e/%2e%2e/etc/passwd", b"/..", b"/\\..\\", b"/en/\0"]
PATHS += [b"/en/search?q=%ff%"]
PATHS += [b"/" + b"a" * 70_000, b"?", b"", b"/en/search?" + b"&" * 3000, b"/en/;a=b", b"/en/#a", b"http://[/"]
PATHS += [b"http://"]
PATHS += [b"x:80", b"/media/prompting/%2e%2e/course.toml", b"/static/x/\xff", b"/%C0%AF"]
PATHS += [b"/en/%0d%0aSet-Cookie:%20a=b"]
VERSIONS = [b" HTTP/1.1", b" HTTP/1.1", b" HTTP/1.0", b" HTTP/0.9", b" HTTP/2.0", b" HTTP/1.10", b" http/1.1", b""]
VERSIONS += [b" "]
VERSIONS += [b" HTTP/1.1 x", b"  HTTP/1.1", b"\tHTTP/1.1", b" HTTP/\xff", b" HTTP/999999999999999999999.1"]
LINES = [b"Host: x", b"Host: x", b"Host:", b"Host: x\r\nHost: y", b"Content-Length: 5", b"Content-Length: 0"]
LINES += [b"Content-Length: -1", b"Content-Length: +5", b"Content-Length: 5, 5", b"Content-Length: 0x5"]
LINES += [b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: " + b"9" * 30, b"Content-Length: \xb2"]
LINES += [b"Content-Length: 99999999999", b"Content-Length: " + b"9" * 5000, b"Content-Length :5", b"Content_Length: 5"]
LINES += [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked"]
LINES += [b"Transfer-Encoding: identity", b"Transfer-Encoding: xchunked", b"Transfer-Encoding:\x0bchunked"]
LINES += [b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x", b"Expect: 100-continue", b"Expect: x", b"Upgrade: h2c"]
LINES += [b"Connection: close", b"Connection: keep-alive", b"Connection: \xff", b"A: " + b"a" * 300_000, b"A: b\r\n c"]
LINES += [b" folded", b": no name", b"no colon", b"A B: c", b"A\0: b", b"A: \0", b"A: b\nC: d", b"A: b\rC: d"]
LINES += [b"\xff: \xff"]
LINES += [b"Cookie: session=\xff\xfe; theme=\x00", b"Cookie: " + b"a=b;" * 2000, b"Range: bytes=0-0"]
LINES += [b"HX-Request: true"]
LINES += [b"Accept-Language: \xff", b"If-None-Match: \xff", b"X-Forwarded-For: \xff", b"Origin: null", b"Referer: \xff"]
LINES += [b"Content-Type: multipart/form-data; boundary=", b"Content-Type: multipart/form-data; boundary=\xff"]
LINES += [b"Content-Type: application/x-www-form-urlencoded; charset=utf-7", b"Content-Type: \xff"]
LINES += [b"Accept-Encoding: br"]
BODIES = [b"", b"", b"a=b&c", b"5\r\nhello\r\n0\r\n\r\n", b"0\r\n\r\n", b"5;x=y\r\nhello\r\n0\r\n\r\n", b"z\r\n"]
BODIES += [b"-5\r\nhello"]
BODIES += [b"0x5\r\nhello\r\n0\r\n\r\n", b"f" * 40 + b"\r\n", b"5\r\nhello!\r\n0\r\n\r\n", b"5\nhello\n0\n\n"]
BODIES += [b"%ff=%00&\xff=\0"]
BODIES += [b"5\r\nhello\r\n0\r\nA: b\r\n\r\n", b"1" * 5000, b"--x\r\n\r\n--x--", b"\0" * 5, b"5 \r\nhello\r\n0\r\n\r\n"]
BODIES += [b"events=%5B" + b"[" * 3000, b"5\r\nhello\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"]
ENDS = [b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\r\r\n", b"\0\r\n"]


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request with something odd in it, most times."""
    end = draw(st.sampled_from(ENDS))
    path = draw(st.sampled_from(PATHS) | st.binary(max_size=20).map(lambda path: b"/" + path))
    first = draw(st.sampled_from([b"GET", b"POST", *METHODS])) + b" " + path + draw(st.sampled_from(VERSIONS))
    lines = draw(st.lists(st.sampled_from(LINES) | st.binary(max_size=20), max_size=5))
    return end.join([first, *lines, b"", b""]) + draw(st.sampled_from(BODIES) | st.binary(max_size=40))


@st.composite
def nearly(draw: st.DrawFn) -> bytes:
    """A request with one odd thing in it, sent twice: the second time it may be answered from what is kept."""
    path = draw(st.sampled_from(PATHS[:4]) | st.sampled_from(PATHS) | st.binary(max_size=9).map(b"/en/%s".__mod__))
    line = draw(st.sampled_from(LINES[2:]))
    is_post = draw(st.booleans())
    head = b"%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % (b"POST" if is_post else b"GET", path, line)
    return (head + draw(st.sampled_from(BODIES))) if is_post else head * 2


raw = (
    st.lists(requests(), min_size=1, max_size=3).map(b"".join)
    | requests()
    | nearly()
    | nearly()
    | st.binary(max_size=99)
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back before the server hung up or waited for more."""

    text: bytes
    hung_up: bool

    @property
    def statuses(self) -> list[int]:
        """Of the answers. Texts of pages have no line that begins so."""
        return [int(status) for status in STATUS.findall(self.text)]


def said_to(site: Live, sent: bytes) -> Heard:
    """Say this on a connection of its own, and listen."""
    found = b""
    with site.connect() as connection:
        with suppress(ConnectionError):  # the server may hang up in the middle
            connection.sendall(sent)
        connection.settimeout(PATIENCE)
        with suppress(TimeoutError):
            while True:
                try:
                    part = connection.recv(1 << 16)
                except ConnectionError:
                    part = b""
                if not part:
                    return Heard(found, True)
                found += part
    return Heard(found, False)


class Doorstep:
    """A running server, and how much of its log was read."""

    def __init__(self, site: Live) -> None:
        self._site = site
        self._read = 0

    def law(self, sent: bytes) -> None:
        """Any bytes: no fault, nothing in the log, and whoever comes next is answered."""
        heard = said_to(self._site, sent)
        assert all(status < 500 or status == 501 for status in heard.statuses), heard
        if CONTROL.search(sent.lstrip(b"\r\n").partition(b"\r\n")[0]):
            assert all(status >= 400 for status in heard.statuses[:1]), heard
        assert b"\r\n\r\nTraceback" not in heard.text
        assert self._site.ask("/healthz").status == 200
        news = self._news()
        assert " ERROR " not in news, news  # who is refused is told there too, and is no fault
        assert "Traceback" not in news, news

    def _news(self) -> str:
        """What the log has had to say since this was asked last."""
        said = self._site.said()
        news, self._read = said[self._read :], len(said)
        return news


@contextmanager
def served(folder: Path) -> Iterator[Live]:
    """The real server over a new site in `folder`."""
    finished(new_site(folder))
    with live(folder) as site:
        yield site


@contextmanager
def listening(folder: Path) -> Iterator[Law]:
    """No bytes at the socket are a fault, or keep the next one waiting."""
    with served(folder) as site:
        yield Doorstep(site).law


def two_lengths(site: Live, *lines: bytes) -> Heard:
    """What the server says to a request whose body may end in two places, with another request between them."""
    inner = b"0\r\n\r\nGET /en/nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
    head = b"\r\n".join([b"POST /en/standing HTTP/1.1", b"Host: x", *lines, b"", b""])
    return said_to(site, head % len(inner) + inner)


RAW_BYTES = Target("raw_bytes", raw, listening)
