"""What every answer of every address carries, whoever asks and however it ends: all guards, and nothing for others."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from email.message import Message
from http.client import parse_headers
from typing import NoReturn

import given
import pytest
from everything import Everything
from live import LESSON, Live, live
from werkzeug.test import TestResponse

from benchmarks.served import finished, new_site
from stream.factory import MAX_REQUEST
from stream.web import assets

POLICY = {  # what is not named here, such as frames and objects, falls back to default-src
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
    "font-src": "'self'", "connect-src": "'self'", "manifest-src": "'self'", "worker-src": "'self'",
    "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'", "object-src": "'none'",
}  # fmt: skip
GUARDS = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
}
YEAR = 365 * 24 * 3600
EVIL = {"Origin": "https://evil.example"}
OTHERS = ("Access-Control-", "Timing-Allow-Origin", "Public-Key-Pins", "X-Powered-By")
FRAGMENT = {"HX-Request": "true"}
PREFLIGHT = {**EVIL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "hx-request"}


def wrong(headers: Mapping[str, str] | Message) -> list[str]:
    """What is missing among the guards, or there though it must not be."""
    directives = (part.strip().partition(" ") for part in headers.get("Content-Security-Policy", "").split(";"))
    found = [] if {name: value for name, _, value in directives} == POLICY else ["Content-Security-Policy"]
    found += [name for name, values in GUARDS.items() if headers.get(name) not in values]
    return found + [name for name in headers.keys() if name.startswith(OTHERS)]  # noqa: SIM118


def transport(headers: Mapping[str, str]) -> int:
    """For how long browsers are told to stay on https."""
    found = re.fullmatch(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    return int(found[1]) if found else 0


def unguarded(answers: dict[str, TestResponse]) -> dict[str, list[str]]:
    """Which answers lack which guards."""
    return {what: found for what, answer in answers.items() if (found := wrong(answer.headers))}


def test_every_answer_to_a_visitor_has_all_guards(site: Everything) -> None:
    answers = {}
    for _, rule in site.routes("GET", "POST"):
        address = site.address(rule)
        for method in ("GET", "OPTIONS", "PUT"):
            answers[f"{method} {address}"] = site.ask("visitor", method, address, **PREFLIGHT)
    assert {answer.status_code for answer in answers.values()} >= {200, 302, 303, 404, 405}
    assert unguarded(answers) == {}


def test_every_fragment_and_every_answer_to_a_form_has_all_guards(site: Everything) -> None:
    answers = {}
    for method, rule in site.routes("GET", "POST"):
        address, form = site.address(rule), site.form(rule, "admin") if method == "POST" else None
        with site.kept():
            answers[f"{method} {address}"] = site.ask("admin", method, address, form, **FRAGMENT)
    assert {answer.status_code for answer in answers.values()} >= {200, 204, 303, 404, 422}
    assert unguarded(answers) == {}


def test_whatever_goes_wrong_the_answer_has_all_guards(site: Everything, monkeypatch: pytest.MonkeyPatch) -> None:
    app, page = site.app, "/en/levels"
    tag = {"If-None-Match": site.ask("visitor", "GET", page).headers["ETag"]}
    file = f"/static/{assets.digest('css/site.css')}/css/site.css"
    answers = {
        304: [site.ask("visitor", "GET", page, **tag), again(site, file)],
        400: [site.ask("admin", "POST", "/en/me/goal", {"csrf_token": ""})],
        403: [site.ask("admin", "POST", "/en/me/goal", {}, **EVIL)],
        404: [site.ask("visitor", "GET", path) for path in ("/en/nothing", "/x/y", "/static/x/y", "/media/x/y")],
        405: [site.ask("visitor", method, page, {}) for method in ("POST", "DELETE", "TRACE")],
        413: [site.ask("admin", "POST", "/en/me/goal", {"goal": "3" * (MAX_REQUEST + 1)})],
    }
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["localhost"])
    answers[400].append(site.ask("visitor", "GET", page, Host="evil.example"))
    monkeypatch.setitem(app.config, "STREAM", given.replaced(app, address_limit="1 per day", sign_in_limit="1 per day"))
    form = {"username": "nobody", "password": "not this one"}
    answers[429] = [site.ask("visitor", "POST", "/en/sign-in", form) for _ in range(3)][-1:]
    for status, fault in ((500, ValueError()), (503, sqlite3.OperationalError("database is locked"))):
        monkeypatch.setitem(app.view_functions, "lessons.home", raising(fault))
        answers[status] = [
            site.ask(who, "GET", "/en/", **more) for who in ("visitor", "admin") for more in ({}, FRAGMENT)
        ]
    for status, found in answers.items():
        assert {answer.status_code for answer in found} == {status}
        assert [missing for answer in found if (missing := wrong(answer.headers))] == [], status


def again(site: Everything, address: str) -> TestResponse:
    """The answer to a browser that has it already."""
    return site.ask("visitor", "GET", address, **{"If-None-Match": site.ask("visitor", "GET", address).headers["ETag"]})


def raising(fault: Exception) -> Callable[..., NoReturn]:
    """A view that fails."""

    def view(**_: object) -> NoReturn:
        raise fault

    return view


def test_where_readers_come_by_https_every_answer_keeps_them_on_it(site: Everything) -> None:
    client = site.app.test_client(use_cookies=False)
    for _, rule in site.routes("GET"):
        answer = client.get(site.address(rule), base_url="https://localhost", buffered=True)
        assert transport(answer.headers) >= YEAR, rule
    for address in ("/en/", "/en/"):  # the second one is kept
        assert transport(client.get(address, base_url="https://localhost").headers) >= YEAR
        assert "Strict-Transport-Security" not in client.get(address).headers, "on http, browsers must not believe it"
    refused = client.post("/en/me/goal", base_url="https://localhost", headers=EVIL)
    assert (refused.status_code, transport(refused.headers) >= YEAR) == (400, True)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """`stream serve` in a process of its own."""
    folder = tmp_path_factory.mktemp("served")
    finished(new_site(folder))
    with live(folder) as running:
        yield running


def said(server: Live, request: bytes) -> tuple[int, Message, bytes]:
    """Status, headers and body of what the server writes to a request, whatever it looks like."""
    with ExitStack() as stack:
        connection = stack.enter_context(server.connect())
        with suppress(ConnectionError):  # it may hang up before it has heard everything
            connection.sendall(request)
        answer = stack.enter_context(connection.makefile("rb"))
        status = int(answer.readline().split()[1])
        headers = parse_headers(answer)
        return status, headers, answer.read(int(headers.get("Content-Length", 0)))


def request(path: str, *lines: str, method: str = "GET") -> bytes:
    """A request as a browser writes it."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", "")).encode()


def test_what_the_server_keeps_and_answers_itself_has_all_guards(server: Live) -> None:
    evil = "Origin: https://evil.example"
    for path in (
        "/en/",
        LESSON,
        "/en/levels",
        "/en/feed.xml",
        "/sitemap.xml",
        "/robots.txt",
        "/service-worker.js",
        "/healthz",
    ):
        answers = [said(server, request(path, evil)) for _ in range(3)]  # made, packed, written by the loop
        tag = answers[-1][1].get("ETag")
        answers += [said(server, request(path, evil, f"If-None-Match: {tag}")) for _ in range(2) if tag]
        assert {status for status, _, _ in answers} <= {200, 304}
        assert [missing for _, headers, _ in answers if (missing := wrong(headers))] == [], path


UNREADABLE = {
    "no request at all": (400, b"\x16\x03\x01<script>alert(1)</script>\r\n\r\n"),
    "a header without a name": (400, b"GET / HTTP/1.1\r\n: <script>alert(1)</script>\r\n\r\n"),
    "a line break in a header": (400, b"GET / HTTP/1.1\r\nX: a\nb<script>alert(1)</script>\r\n\r\n"),
    "an address that is none": (400, b"GET http://[<script>alert(1)</script> HTTP/1.1\r\n\r\n"),
    "a length that is none": (400, b"POST /en/ HTTP/1.1\r\nContent-Length: <script>alert(1)</script>\r\n\r\n"),
    "too large": (413, b"POST /en/ HTTP/1.1\r\nContent-Length: 99000000\r\n\r\n<script>alert(1)</script>"),
    "headers too long": (431, b"GET / HTTP/1.1\r\nX: <script>alert(1)</script>" + b"x" * 300_000),
    "an encoding nobody knows": (501, b"POST / HTTP/1.1\r\nTransfer-Encoding: <script>alert(1)</script>\r\n\r\n"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_nobody_can_read_is_answered_with_all_guards(server: Live, what: str) -> None:
    """These answers are written by waitress, which asks no application."""
    status, sent = UNREADABLE[what]
    found, headers, body = said(server, sent)
    assert (found, wrong(headers)) == (status, [])
    assert headers["Content-Type"].startswith("text/plain")
    assert headers["Cache-Control"] == "no-store"
    assert b"Traceback" not in body
    assert "Traceback" not in server.said()
    assert "python exception" not in server.said()
