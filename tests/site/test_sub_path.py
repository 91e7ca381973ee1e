"""A site below a path of its host keeps everything below it, and stands there by `public_url` alone."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import given
import pytest
from flask import Flask, url_for
from routes import FORM, addresses
from werkzeug.test import TestResponse

from stream.accounts.safe_next import safe_next, unwrapped
from stream.factory import create_app
from stream.settings import Settings, SettingsError, load_settings
from stream.web.mount import moved
from stream.web.outside import absolute, writing_in

ROOT = "/learn"
HOST = "https://example.org"
IN_ATTRIBUTE = re.compile(r'\s(?!aria-)[a-z-]+="(/[^"]*)"')
WHOLE = re.compile(r"https?://(?:example\.org|localhost)[^\s\"'<]*")
PROPER = re.compile(rf"{ROOT}(?!{ROOT}/)(/.*)?", re.DOTALL)  # once, and only once
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


class Below(given.Visitor):
    """A visitor who finds the site below `ROOT`, with the cookies that a browser would send there."""

    def get(self, address: str, **headers: str) -> TestResponse:
        return super().get(ROOT + address.removeprefix(ROOT), **headers)

    def post(self, address: str, *, htmx: bool = False, **form: Any) -> TestResponse:
        return super().post(ROOT + address.removeprefix(ROOT), htmx=htmx, **form)


@pytest.fixture
def below(settings: Settings) -> Iterator[Flask]:
    """The site at https://example.org/learn, with a lesson that shows a picture and links by path."""
    body = f'{given.BODY}\n![A dial](dial.png)\n\n[Back](/en/lessons/dial) and `<a href="/en/">`.\n'
    given.lesson(settings.lessons, "pictures", 4, body=body)
    (settings.lessons / "dials" / "dial.png").write_bytes(PICTURE)
    places = {"instance": settings.instance, "lessons": settings.lessons, "database_url": settings.database_url}
    app = create_app(load_settings(given.EMPTY_ENVIRONMENT, public_url=f"{HOST}{ROOT}/", **places))
    yield app
    given.close(app)


@pytest.fixture
def admin(below: Flask) -> Below:
    """An admin who has done and written something."""
    someone = Below(below)
    someone.sign_up("minji")
    given.role(below, "minji", "admin")
    someone.get("/en/lessons/dial")
    someone.post("/en/lessons/dial/complete")
    someone.comment("See [the dial](/en/lessons/dial), @minji")
    return someone


def strays(answer: TestResponse) -> list[str]:
    """Addresses in an answer that lead out of the site."""
    if not any(kind in answer.mimetype for kind in ("html", "json", "xml", "text/plain")):
        return []
    text = unescape(answer.text)
    paths = IN_ATTRIBUTE.findall(answer.text) if "html" in answer.mimetype else []
    if "json" in answer.mimetype:
        paths = re.findall(r'"(/[^"]*)"', text)
    wholes = [address.removeprefix(HOST) for address in WHOLE.findall(text)]
    told = [answer.headers[name] for name in ("Location", "HX-Redirect") if name in answer.headers]
    return [each for each in (*paths, *wholes, *told) if not PROPER.fullmatch(each)]


def test_no_page_names_an_address_outside(below: Flask, admin: Below) -> None:
    for person in (Below(below), admin):
        for endpoint, address in addresses(below, "GET"):
            answer = person.get(address)
            assert answer.status_code < 500, endpoint
            assert strays(answer) == [], endpoint


def test_no_answer_to_a_form_leads_outside(below: Flask, admin: Below) -> None:
    for htmx in (False, True):
        for endpoint, address in addresses(below, "POST"):
            person = admin if htmx else Below(below)
            person.get("/en/report")
            answer = person.post(address, htmx=htmx, **FORM)
            assert answer.status_code < 500, endpoint
            assert strays(answer) == [], endpoint


def test_every_link_leads_somewhere(admin: Below) -> None:
    seen: set[str] = set()
    waiting = [f"{ROOT}/", f"{ROOT}/en/lessons/pictures", f"{ROOT}/sitemap.xml"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = admin.get(address)
        assert answer.status_code < 400, address
        found = re.findall(r' (?:href|src)="([^"#?]*)', answer.text) if answer.mimetype == "text/html" else []
        waiting += [each for each in map(unescape, found) if each.startswith("/")]
        waiting += [answer.location] if answer.location else []
    assert len(seen) > 40


def test_lessons_and_comments_link_below(below: Flask, admin: Below) -> None:
    lesson = admin.get("/en/lessons/pictures").text
    assert f'src="{ROOT}/media/dials/dial.png"' in lesson
    assert f'<a href="{ROOT}/en/lessons/dial">Back</a>' in lesson
    assert '<code>&lt;a href="/en/"&gt;</code>' in lesson
    assert admin.get("/media/dials/dial.png").data == PICTURE
    assert re.search(rf'href="{ROOT}/en/lessons/dial"[^>]*>the dial', admin.get("/en/lessons/dial").text)


def test_only_links_within_tags_are_moved() -> None:
    html = '<p title="> href=&quot;/a">said: href="/b" <a href="/c" title="/d">e</a> <a href="//f">g</a></p>'
    assert moved(html, ROOT) == html.replace('"/c"', '"/learn/c"')
    assert moved(html, "") == html


@pytest.mark.parametrize("taken_off", [False, True])
def test_a_proxy_may_take_the_path_off_or_leave_it(below: Flask, taken_off: bool) -> None:
    client = below.test_client()
    root = "" if taken_off else ROOT
    assert client.get(f"{root}/en/lessons/dial").text == Below(below).get("/en/lessons/dial").text
    assert client.get(f"{root}/").location == f"{ROOT}/en/"
    assert client.get(root or "/").location == f"{ROOT}/en/"
    assert client.get(f"{root}/healthz").json["status"] == "ok"


def test_cookies_stay_below(below: Flask) -> None:
    someone = Below(below)
    session = someone.get("/en/sign-in").headers["Set-Cookie"]
    assert session.startswith("__Secure-session=")
    assert {"Secure", f"Path={ROOT}"} <= set(session.split("; "))
    assert f"Path={ROOT}" in someone.post("/en/appearance", theme="dark").headers["Set-Cookie"]
    assert 'data-theme="dark"' in someone.get("/en/").text


def test_a_header_does_not_move_the_site(below: Flask, app: Flask) -> None:
    for site in (below, app):
        client = site.test_client()
        page = client.get("/en/sign-up").text
        assert "/evil" not in client.get("/en/sign-up", headers={"X-Forwarded-Prefix": "/evil"}).text
        assert 'href="' in page


def test_next_leads_only_below(below: Flask) -> None:
    with below.test_request_context(f"{ROOT}/en/", base_url=f"{HOST}{ROOT}"):
        assert safe_next(f"{ROOT}/en/me?a=/b", "home") == f"{ROOT}/en/me?a=/b"
        for outside in ("/en/me", "/learning", "/other/learn/", "//learn/"):
            assert safe_next(outside, "home") == "home"
        assert unwrapped(f"{ROOT}/en/sign-in?next={ROOT}/en/me", "home") == f"{ROOT}/en/me"


def test_signing_in_leads_back_to_the_page(below: Flask, admin: Below) -> None:
    someone = Below(below)
    asked = someone.get("/en/me/notes?page=2")
    assert asked.location == f"{ROOT}/en/sign-in?next={ROOT}/en/me/notes?page%3D2"
    someone.get(asked.location)
    answer = someone.post("/en/sign-in", username="minji", password=given.PASSWORD, next=f"{ROOT}/en/me/notes")
    assert answer.location == f"{ROOT}/en/me/notes"


def test_a_page_is_shown_for_a_devices_progress(below: Flask) -> None:
    done = {"id": "device-event-1", "type": "lesson.completed", "subject": "dial", "at": "2026-01-01T00:00:00Z"}
    answer = Below(below).post("/en/standing", events=json.dumps([done]), page=f"{ROOT}/en/")
    assert 'data-lessons-done="1"' in answer.text


def test_mails_name_the_path_once(below: Flask) -> None:
    with below.app_context(), writing_in("ko"):
        assert absolute(url_for("lessons.show", slug="dial")) == f"{HOST}{ROOT}/ko/lessons/dial"


def test_what_an_app_of_a_phone_opens_is_below(below: Flask) -> None:
    manifest = Below(below).get("/ko/site.webmanifest").json
    assert (manifest["id"], manifest["scope"], manifest["start_url"]) == (f"{ROOT}/", f"{ROOT}/", f"{ROOT}/ko/")


@pytest.mark.parametrize("address", ["learn.example.org", "https://a/b c", "https://a/?x", "https://a//b", "ftp://a"])
def test_an_address_that_cannot_be_one_stops_the_start(settings: Settings, address: str) -> None:
    with pytest.raises(SettingsError, match="STREAM_PUBLIC_URL"):
        load_settings(given.EMPTY_ENVIRONMENT, instance=settings.instance, public_url=address)
