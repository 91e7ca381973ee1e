"""Clients that are slow, broken, too many or gone: all others go on being served.

`python -m benchmarks.slow_clients` measures what it costs the others, with 10,000 idle connections too.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from live import LESSON, Live, live, members_of_new_site

from benchmarks.served import MemberKeys

MOST = 120
HOST = b"Host: 127.0.0.1\r\n"
SIGN_IN = b"POST /en/sign-in HTTP/1.1\r\n" + HOST
IN_KLINGON = b"Content-Type: application/x-www-form-urlencoded; charset=klingon\r\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, MemberKeys]]:
    """A server with few connections, and a member."""
    folder = tmp_path_factory.mktemp("clients")
    [member] = members_of_new_site(folder, 1)
    with live(folder, STREAM_CONNECTIONS=str(MOST), STREAM_ACT_LIMIT="1000 per minute") as site:
        yield site, member


@pytest.fixture
def site(running: tuple[Live, MemberKeys]) -> Iterator[Live]:
    """The server; after each test it serves as before, and has told of no fault."""
    site, member = running
    before = len(site.said())
    yield site
    assert_serves(site, member)
    assert [sign for sign in ("Traceback", " ERROR ") if sign in site.said()[before:]] == []


@pytest.fixture
def member(running: tuple[Live, MemberKeys]) -> MemberKeys:
    """Somebody with an ordinary browser."""
    return running[1]


def assert_serves(site: Live, member: MemberKeys) -> None:
    """A page, and a form."""
    assert site.ask(LESSON, member).status == 200
    assert site.ask(f"{LESSON}/complete", member, event_id="done-once").status == 303


@contextmanager
def many(site: Live, count: int, sent: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections, on each of which this was said."""
    with ExitStack() as stack:
        opened = [stack.enter_context(site.connect()) for _ in range(count)]
        for each in opened:
            with suppress(ConnectionError):  # it made room for a newer one
                each.sendall(sent)
        yield opened


def answer_to(site: Live, sent: bytes) -> bytes:
    """What comes back until the server hangs up or has nothing more to say."""
    with site.connect() as connection:
        with suppress(ConnectionError):
            connection.sendall(sent)
        connection.settimeout(10)
        with suppress(ConnectionError):
            return connection.recv(65_536)
    return b""


def test_half_sent_forms_keep_nobody_waiting(site: Live, member: MemberKeys) -> None:
    half = SIGN_IN + b"Content-Length: 5000\r\n\r\nusername="
    with many(site, 64, half):
        assert_serves(site, member)


def test_idle_connections_beyond_the_limit_make_room(site: Live, member: MemberKeys) -> None:
    with many(site, 3 * MOST) as opened:
        for _ in range(5):
            assert_serves(site, member)
        opened[0].settimeout(10)
        with suppress(ConnectionError):
            assert opened[0].recv(1) == b""  # the longest idle one is closed
        opened[-1].sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert opened[-1].recv(12) == b"HTTP/1.1 200"


def test_half_sent_requests_beyond_the_limit_make_room(site: Live, member: MemberKeys) -> None:
    with many(site, 3 * MOST, b"GET /en/ HTTP/1.1\r\nHost: 127"):
        for _ in range(5):
            assert_serves(site, member)


@pytest.mark.parametrize("size", [40_000, 3_000_000])
def test_headers_that_are_too_long_are_refused(site: Live, size: int) -> None:
    found = answer_to(site, b"GET /en/ HTTP/1.1\r\n" + HOST + b"X-Long: " + size * b"x" + b"\r\n\r\n")
    assert found[:12] in (b"HTTP/1.1 431", b"HTTP/1.0 431", b"")  # nothing, where it hung up before all was sent


@pytest.mark.parametrize("length", [b"11000001", b"1" + 30 * b"0"])
def test_a_body_that_is_too_long_is_refused_before_it_is_sent(site: Live, length: bytes) -> None:
    found = answer_to(site, SIGN_IN + b"Content-Length: " + length + b"\r\n\r\n")
    assert found[9:12] == b"413"


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /en/%ff%fe HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /en/search?q=%ff%00%f0%28 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /\xed\xa0\x80 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /en/ HTTP/1.1\r\n" + HOST + b"Cookie: session=\xff\xfe; time_zone=\xf0\x28\r\n\r\n",
        b"GET /en/ HTTP/1.1\r\n" + HOST + b"Accept-Language: \xff\r\nX-Forwarded-For: \xff\r\n\r\n",
        b"GET /en/ HTTP/9.9\r\n" + HOST + b"\r\n",
        b"GET http://[::1/ HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /en/ HTTP/1.1\r\nHost: \x00\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        SIGN_IN + b"Content-Length: -1\r\n\r\n",
        SIGN_IN + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        SIGN_IN + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        SIGN_IN + IN_KLINGON + b"Content-Length: 9\r\n\r\n%ff=%ff&\xff",
        SIGN_IN + b"Content-Type: multipart/form-data; boundary=\r\n"
        b"Content-Length: 4\r\n\r\n--\r\n",
    ],
    ids=str,
)  # fmt: skip
def test_what_no_browser_sends_is_answered_and_is_no_fault(site: Live, sent: bytes) -> None:
    assert answer_to(site, sent)[9:10] in (b"2", b"3", b"4")


def test_clients_that_do_not_read_keep_nobody_waiting(site: Live, member: MemberKeys) -> None:
    page = f"GET {LESSON} HTTP/1.1\r\n".encode() + HOST + b"Accept-Encoding: identity\r\n\r\n"
    with many(site, 32, 200 * page):
        for _ in range(5):
            assert_serves(site, member)


def test_clients_that_vanish_in_the_middle_of_an_answer_are_no_fault(site: Live, member: MemberKeys) -> None:
    page = f"GET {LESSON} HTTP/1.1\r\nCookie: {member.cookie}\r\n".encode() + HOST + b"\r\n"
    for _ in range(40):
        with site.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # hang up with a reset
            connection.sendall(page)
    assert_serves(site, member)


def test_a_limit_that_the_system_does_not_allow_is_named_and_kept_below(tmp_path: Path) -> None:
    [member] = members_of_new_site(tmp_path, 1)
    with live(tmp_path, "prlimit", "--nofile=400:400", STREAM_CONNECTIONS="5000") as site:
        with many(site, 450):
            assert_serves(site, member)
        assert "only 100 connections at once" in site.said()
