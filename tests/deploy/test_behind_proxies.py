"""A real site behind the real nginx and the real Caddy, with the configurations that admins are given."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import count, product
from pathlib import Path
from urllib.parse import urlencode

import browser
import given
import proxies
import pytest
from proxies import HOST, Answer, Proxy

from stream.web.bundles import BUNDLES, FOLDER, bundle

KINDS = [
    pytest.param(proxies.nginx, id="nginx", marks=proxies.needs(proxies.NGINX, "nginx-light")),
    pytest.param(proxies.caddy, id="caddy", marks=proxies.needs(proxies.CADDY, "caddy")),
]
LIMIT = 3  # wrong passwords from one address
numbers = count(2)
LESSON = "/en/lessons/what-a-prompt-does"
PERSONAL = ("/", "/en/", LESSON, f"{LESSON}/comments", "/en/me", "/en/me/ledger", "/en/notifications", "/en/levels")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Site]:
    """The site with the settings of `deploy/stream.env`."""
    folder = tmp_path_factory.mktemp("behind")
    shutil.copytree(browser.ROOT / "lessons", folder / "lessons")
    text = (proxies.DEPLOY / "stream.env").read_text(encoding="utf-8")
    settings = dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))
    settings["STREAM_ADDRESS_LIMIT"] = f"{LIMIT} per hour"
    subprocess.run(browser.command("init"), env=browser.environment(folder, **settings), check=True)
    password = f"{given.PASSWORD}\n"
    made = [*browser.command("users", "create", "minji", "--password-stdin")]
    subprocess.run(made, env=browser.environment(folder, **settings), input=password, text=True, check=True)
    running = browser.start(folder, **settings)
    yield running
    browser.stop(running)


@pytest.fixture(scope="module", params=KINDS)
def running(
    request: pytest.FixtureRequest, site: browser.Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    """A proxy in front of it."""
    proxy = request.param(tmp_path_factory.mktemp("proxy"), int(site.address.rsplit(":", 1)[1]))
    yield proxy
    proxy.stop()


@pytest.fixture
def proxy(running: Proxy) -> Proxy:
    """The proxy, for somebody who comes for the first time."""
    running.cookies.clear()
    return running


def sent(proxy: Proxy, path: str, page: Answer, **form: str) -> Answer:
    """Send a form of `page`."""
    token = given.TOKEN.search(page.text)
    fields = urlencode({"csrf_token": token[1] if token else "", **form})
    origin = {"Origin": f"https://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}
    return proxy.ask(path, "POST", fields, **origin)


def sign_in(proxy: Proxy) -> None:
    page = proxy.ask("/en/sign-in")
    assert sent(proxy, "/en/sign-in", page, username="minji", password=given.PASSWORD).status == 303


def test_http_leads_to_https(proxy: Proxy) -> None:
    answer = proxy.ask("/en/levels?a=b", secure=False)
    assert answer.status in (301, 308)
    assert answer.headers["Location"] == f"https://{HOST}/en/levels?a=b"


def test_redirects_stay_on_https(proxy: Proxy) -> None:
    assert proxy.ask("/").headers["Location"] == "/en/"
    assert proxy.ask("/en").headers["Location"] == f"https://{HOST}/en/"


def test_pages_come_as_the_site_compressed_them(proxy: Proxy) -> None:
    answer = proxy.ask("/en/levels", Accept_Encoding="br")
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "br")
    assert answer.headers["Strict-Transport-Security"]
    assert answer.headers.get_all("Content-Security-Policy") == [answer.headers["Content-Security-Policy"]]


def test_browsers_may_speak_http_2(proxy: Proxy) -> None:
    with proxy.connect("h2", "http/1.1") as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_static_files_arrive_whole(proxy: Proxy) -> None:
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', proxy.ask("/en/").text):
        name = address.split("/", 3)[3]
        answer = proxy.ask(address)
        assert "immutable" in answer.headers["Cache-Control"]
        made = name.rpartition("/")[2]  # the script's address names a language, whose words stand before it
        whole = bundle(made) if made in BUNDLES else (FOLDER / name).read_bytes()
        assert answer.body.endswith(whole)


def test_a_member_signs_in_and_completes_a_lesson(proxy: Proxy) -> None:
    sign_in(proxy)
    assert list(proxy.cookies) == ["__Host-session"]
    page = proxy.ask("/en/lessons/what-a-prompt-does")
    assert "minji" in page.text
    event = re.search(r'name="event_id" value="([^"]+)"', page.text)
    assert event
    done = sent(proxy, "/en/lessons/what-a-prompt-does/complete", page, event_id=event[1])
    assert done.status == 303
    assert 'data-lessons-done="1"' in proxy.ask("/en/").text


def test_a_one_time_link_works_though_its_page_tells_no_referrer(proxy: Proxy, site: browser.Site) -> None:
    link = site.stream("users", "reset-link", "minji").stdout.strip()
    path = "/en/reset/" + link.rsplit("/", 1)[1]
    page = proxy.ask(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert sent(proxy, path, page, password=given.PASSWORD).status == 303


def guess(proxy: Proxy, page: Answer, origin: str, **forged: str) -> int:
    """Try a wrong password from an address; what comes back."""
    token = given.TOKEN.search(page.text)
    assert token
    fields = urlencode({"csrf_token": token[1], "username": "nobody", "password": "wrong"})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return proxy.ask("/en/sign-in", "POST", fields, origin=origin, **forged, **kind).status


def test_whoever_forges_where_they_come_from_is_counted_all_the_same(proxy: Proxy) -> None:
    page, here, elsewhere = proxy.ask("/en/sign-in"), f"127.0.1.{next(numbers)}", f"127.0.1.{next(numbers)}"
    for number in range(LIMIT + 1):
        guess(proxy, page, here, **{"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"})
    assert guess(proxy, page, here, **{"X-Forwarded-For": "203.0.113.200"}) == 429
    assert guess(proxy, page, elsewhere) == 422


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Port", "Forwarded"])
def test_headers_about_the_address_are_not_passed_through(proxy: Proxy, header: str) -> None:
    forged = {"X-Forwarded-Port": "81", "Forwarded": "host=evil.example"}.get(header, "/evil.example")
    answer = proxy.ask("/en", **{header: forged})
    assert answer.headers["Location"] == f"https://{HOST}/en/"
    assert "evil" not in proxy.ask("/en/", **{header: forged}).text


def test_other_host_names_get_no_page(proxy: Proxy) -> None:
    for answer in (proxy.ask("/en/", host="evil.example"), proxy.ask("/en/", host="evil.example", secure=False)):
        assert answer.status in (400, 421, 200, 301, 308)
        assert b"<html" not in answer.body or answer.status == 301
        assert "evil" not in answer.text


def test_too_large_a_picture_is_refused_before_it_is_sent(proxy: Proxy) -> None:
    head = f"POST /en/sign-in HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 12000000\r\n\r\n"
    with closing(proxy.connect()) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 413")


def test_a_form_of_a_picture_arrives(proxy: Proxy) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = proxy.ask("/en/sign-in", "POST", b"x" * 10_400_000, **kind)
    assert answer.status == 413
    assert "Content-Security-Policy" in answer.headers, "the site itself answered: the proxy lets ten megabytes pass"


def test_a_request_with_two_lengths_reaches_nobody(proxy: Proxy) -> None:
    smuggled = (
        f"POST /en/sign-in HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /en/levels HTTP/1.1\r\nHost: evil\r\n\r\n"
    )
    with closing(proxy.connect()) as connection:
        connection.sendall(smuggled.encode())
        connection.settimeout(20)
        first = connection.recv(100_000)
    assert first.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501")) or first.count(b"HTTP/1.1") == 1


def test_slow_readers_keep_nobody_waiting(proxy: Proxy) -> None:
    slow = [proxy.connect() for _ in range(12)]
    for connection in slow:
        connection.sendall(
            f"POST /en/sign-in HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 900\r\n\r\nusername=".encode()
        )
    assert proxy.ask("/healthz").status == 200
    for connection in slow:
        connection.close()


def test_while_the_site_is_away_the_proxy_says_so(
    tmp_path: Path, request: pytest.FixtureRequest, running: Proxy
) -> None:
    """The service worker shows its copies at 502 and 504."""
    kind = proxies.nginx if "nginx" in request.node.name else proxies.caddy
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        alone = kind(tmp_path, nobody.getsockname()[1])
        try:
            assert alone.ask("/en/").status == 502
        finally:
            alone.stop()


@proxies.needs(proxies.NGINX, "nginx-light")
def test_a_cache_in_front_shows_nobody_what_is_somebody_elses(site: browser.Site, tmp_path: Path) -> None:
    proxy = proxies.nginx(tmp_path, int(site.address.rsplit(":", 1)[1]), caching=True)
    try:
        sign_in(proxy)
        member = dict(proxy.cookies)
        for address in PERSONAL:
            for cookies, headers, method in product((member, {}), ({}, {"HX-Request": "true"}), ("HEAD", "GET")):
                proxy.cookies = dict(cookies)
                answer = proxy.ask(address, method, **headers)
                assert cookies or b"minji" not in answer.body, address
                is_page = answer.body.startswith(b"<!doctype")
                assert not (is_page and headers and address.endswith("/comments")), address
        static = re.findall(r'href="(/static/[^"]+)"', proxy.ask("/en/").text)[0]
        assert [proxy.ask(static).headers["X-Kept"] for _ in range(2)][1] == "HIT", "the cache does keep what it may"
    finally:
        proxy.stop()
