"""Whatever arrives at the socket: refused or hung up on, never a fault, and whoever comes next is answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from live import Live
from raw_bytes import RAW_BYTES, said_to, served, two_lengths


def test_no_bytes_are_a_fault_or_keep_the_next_one_waiting(tmp_path: Path) -> None:
    RAW_BYTES.hold(tmp_path, 50)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A running server."""
    with served(tmp_path_factory.mktemp("site")) as running:
        yield running


LENGTH, CHUNKED = b"Content-Length: %d", b"Transfer-Encoding: chunked"


@pytest.mark.parametrize("lines", [(LENGTH, CHUNKED), (CHUNKED, LENGTH), (LENGTH, b"transfer-encoding:CHUNKED")])
def test_a_request_with_two_lengths_is_refused_and_hides_no_other(site: Live, lines: tuple[bytes, ...]) -> None:
    heard = two_lengths(site, *lines)
    assert (heard.statuses, heard.hung_up) == ([400], True)


def test_no_length_is_believed_that_this_version_does_not_know(site: Live) -> None:
    heard = said_to(site, b"POST /en/standing HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert (heard.statuses, heard.hung_up) == ([400], True)


@pytest.mark.parametrize("path", [b"\0", b"/en/\0", b"/en/\x0b", b"/\x7f", b"/\t"])
def test_a_control_character_in_the_first_line_is_refused(site: Live, path: bytes) -> None:
    heard = said_to(site, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (heard.statuses, heard.hung_up) == ([400], True)


def test_an_address_that_is_none_is_refused(site: Live) -> None:
    heard = said_to(site, b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (heard.statuses, heard.hung_up) == ([400], True)


@pytest.mark.parametrize(
    ("first", "line", "status"),
    [
        (b"GET /en/\0", b"Accept: x", 400),
        (b"POST /en/standing", b"Content-Length: 99999999999", 413),
        (b"POST /en/standing", b"Content-Length: 5\r\nTransfer-Encoding: chunked", 400),
        (b"POST /en/standing", b"Content-Length: five", 400),
    ],
)
def test_whoever_is_refused_is_not_asked_to_send_the_rest_first(
    site: Live, first: bytes, line: bytes, status: int
) -> None:
    heard = said_to(site, first + b" HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n" + line + b"\r\n\r\n")
    assert (heard.statuses, heard.hung_up) == ([status], True)


def test_whoever_is_welcome_is_asked_to_go_on(site: Live) -> None:
    head = b"POST /en/standing HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n"
    heard = said_to(site, head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\nevents=[]")
    assert heard.statuses == [100, 200]
