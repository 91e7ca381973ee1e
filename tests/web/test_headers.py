"""What may be kept of an answer, and which pages may ask for changes. What every answer carries: tests/security."""

import re
from dataclasses import replace

import given
import pytest
from flask import Flask

from stream.factory import create_app
from stream.settings import Settings
from stream.web import bundles
from stream.web.page import THEME_COLOR


def test_a_lesson_is_the_same_bytes_for_every_visitor(app: Flask) -> None:
    first, second = (given.Visitor(app).get("/en/lessons/dial") for _ in range(2))
    assert first.data == second.data
    assert "csrf_token" not in first.text
    assert "Set-Cookie" not in first.headers


def test_a_visitor_page_may_be_asked_for_again(visitor: given.Visitor) -> None:
    first = visitor.get("/en/lessons/dial")
    assert "public" in first.headers["Cache-Control"]
    again = visitor.get("/en/lessons/dial", **{"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "Content-Security-Policy" in again.headers


def test_a_personal_page_is_never_kept(member: given.Visitor) -> None:
    answer = member.get("/en/lessons/dial")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


def test_page_and_fragment_are_told_apart_by_caches(visitor: given.Visitor, member: given.Visitor) -> None:
    for answer in (visitor.get("/en/lessons/dial"), member.get("/en/lessons/dial")):
        assert {"HX-Request", "Cookie"} <= {part.strip() for part in answer.headers["Vary"].split(",")}


def test_static_files_keep_for_a_year_under_their_hash(visitor: given.Visitor) -> None:
    page = visitor.get("/en/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_file_under_a_hash_that_is_not_its_own_is_kept_by_nobody(visitor: given.Visitor) -> None:
    answer = visitor.get("/static/000000000000/css/site.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_what_stands_around_the_page_has_the_colour_of_its_paper(visitor: given.Visitor) -> None:
    tokens = (bundles.FOLDER / "css" / "tokens.css").read_text(encoding="utf-8")
    papers = re.findall(r"--paper:\s+(#[0-9a-f]{6})", tokens)
    assert [THEME_COLOR["light"], THEME_COLOR["dark"], THEME_COLOR["dark"]] == papers
    assert visitor.get("/en/site.webmanifest").json["theme_color"] == papers[0]


def test_pages_are_compressed(visitor: given.Visitor) -> None:
    assert visitor.get("/en/levels", **{"Accept-Encoding": "br"}).headers["Content-Encoding"] == "br"


def test_paths_outside_the_static_folder_are_not_found(visitor: given.Visitor) -> None:
    for path in ("../settings.py", "..%2fsettings.py", "%2e%2e/settings.py", "css/../../db.py"):
        assert visitor.get(f"/static/abc/{path}").status_code == 404
    assert visitor.get("/media/dials/../site.toml").status_code == 404


def test_the_session_cookie_is_guarded(app: Flask) -> None:
    visitor = given.Visitor(app)
    cookie = visitor.get("/en/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("same-origin", "null", 404),  # our own page without a referrer: the address itself is looked at
        ("cross-site", "null", 403),
        (None, "null", 403),
        ("same-site", None, 403),
        (None, "https://evil.example", 403),
        ("same-origin", "https://evil.example", 403),
        (None, None, 404),
    ],
)
def test_only_pages_of_this_site_may_ask_for_changes(visitor, site, origin, status):
    headers = {"Sec-Fetch-Site": site, "Origin": origin}
    sent = {name: value for name, value in headers.items() if value is not None}
    assert visitor.client.post("/en/unsubscribe/nobody", headers=sent).status_code == status


@pytest.mark.parametrize("language", ["en", "ko"])
def test_pages_that_others_link_to_say_what_they_are(visitor: given.Visitor, language: str) -> None:
    said = {}
    for address in (f"/{language}/", f"/{language}/lessons/dial", f"/{language}/sign-in", f"/{language}/levels"):
        found = re.findall(r'<meta name="description" content="([^"]+)">', visitor.get(address).text)
        assert len(found) == 1, address
        said[address] = found[0]
    assert len(set(said.values())) >= 3


@pytest.mark.parametrize("told", ["http://[", "javascript", "", "HTTPS"])
def test_only_http_and_https_are_believed_of_a_proxy(settings: Settings, told: str) -> None:
    app = create_app(replace(settings, proxy_hops=1))
    answer = app.test_client().get("/en/lessons/dial", headers={"X-Forwarded-Proto": told, "Host": "a.example"})
    given.close(app)
    assert answer.status_code == 200
    assert 'href="http://a.example/en/lessons/dial"' in answer.text
