"""What the site asks browsers to keep, and as what it sends its answers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import given
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from stream.factory import create_app
from stream.settings import Settings

PAGES = """
/ /en/ /en/lessons/dial /en/lessons/dial/comments /en/courses/dials /en/tags/control /en/levels /en/achievements
/en/search /en/sign-in /en/sign-up /en/reset /en/pair /en/report /en/device /en/offline /en/appearance /en/people/minji
/en/nothing /en/me /en/me/settings /en/me/ledger /en/me/notes /en/me/notifications /en/notifications
/en/review /en/me/leave
"""
KINDS = {
    "/en/": "text/html; charset=utf-8",
    "/en/nothing": "text/html; charset=utf-8",
    "/en/feed.xml": "application/atom+xml; charset=utf-8",
    "/en/lessons/dial/feed.xml": "application/atom+xml; charset=utf-8",
    "/sitemap.xml": "application/xml; charset=utf-8",
    "/robots.txt": "text/plain; charset=utf-8",
    "/en/site.webmanifest": "application/manifest+json",
    "/service-worker.js": "text/javascript; charset=utf-8",
    "/favicon.ico": "image/svg+xml; charset=utf-8",
    "/healthz": "application/json",
    "/en/me/ledger?format=csv": "text/csv; charset=utf-8",
    "/en/me/ledger?format=json": "application/json",
    "/en/me/export": "application/zip",
    "/static/x/css/site.css": "text/css; charset=utf-8",
    "/static/x/js/stream.js": "text/javascript; charset=utf-8",
    "/media/dials/dial.svg": "image/svg+xml; charset=utf-8",
}


class Secure(given.Visitor):
    """A visitor who comes by https."""

    def get(self, address: str, **headers: str) -> TestResponse:
        answer = self.client.get(address, headers=headers, buffered=True, base_url="https://learn.example.org")
        return self._noted(answer)

    def post(self, address: str, *, htmx: bool = False, **form: Any) -> TestResponse:
        data = {"csrf_token": self.token, **form}
        headers = {"HX-Request": "true"} if htmx else {}
        return self._noted(self.client.post(address, data=data, headers=headers, base_url="https://learn.example.org"))


@pytest.fixture
def secure(settings: Settings) -> Iterator[Flask]:
    """A site that readers reach by https."""
    app = create_app(replace(settings, public_url="https://learn.example.org"))
    yield app
    given.close(app)


def attributes(cookie: str) -> set[str]:
    """What stands behind the value."""
    return {part.strip().lower() for part in cookie.split(";")[1:]}


def test_every_cookie_is_bound_to_this_host_and_to_https(secure: Flask) -> None:
    visitor = Secure(secure)
    answers = [visitor.get(page) for page in PAGES.split()]
    visitor.get("/en/sign-up")
    answers.append(visitor.post("/en/sign-up", username="minji", password=given.PASSWORD))
    answers += [visitor.get(page) for page in PAGES.split()]
    answers += [visitor.post("/en/appearance", theme=theme) for theme in ("dark", "")]
    answers += [visitor.post("/en/me/settings", language="ko", time_zone="Asia/Seoul"), visitor.post("/en/sign-out")]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-session", "theme"}
    for cookie in cookies:
        assert {"secure", "path=/", "samesite=lax"} <= attributes(cookie), cookie
        assert not any(part.startswith("domain") for part in attributes(cookie)), cookie
        assert "httponly" in attributes(cookie) or cookie.startswith("theme="), cookie


def test_a_visitor_who_only_reads_gets_no_cookie(secure: Flask) -> None:
    reading = [page for page in PAGES.split() if page.count("/") > 2 or page in ("/", "/en/", "/en/levels")]
    plain = [page for page in reading if "/me" not in page and "comments" not in page]
    assert [page for page in plain if "Set-Cookie" in Secure(secure).get(page).headers] == []


def test_a_cookie_of_somebody_else_or_made_up_is_nobodys(secure: Flask) -> None:
    minji = Secure(secure)
    minji.get("/en/sign-up")
    minji.post("/en/sign-up", username="minji", password=given.PASSWORD)
    kept = minji.client.get_cookie("__Host-session", domain="learn.example.org")
    assert kept is not None
    stranger = Secure(secure)
    body, _, rest = kept.value.partition(".")
    for value in (
        "",
        "x",
        body,
        f"{body}.{rest}x",
        f"{body[:-1]}A.{rest}",
        kept.value[::-1],
        "e30.x.y",
        "ImEi.aaa.bbb",
    ):
        stranger.client.set_cookie("__Host-session", value, domain="learn.example.org", secure=True)
        assert stranger.get("/en/me").status_code == 303, value
    stranger.client.set_cookie("__Host-session", kept.value, domain="learn.example.org", secure=True)
    assert stranger.get("/en/me").status_code == 200
    minji.get("/en/")
    assert minji.post("/en/sign-out").status_code == 303
    assert stranger.get("/en/me").status_code == 303, "the cookie outlived the session"


def test_every_answer_says_what_it_is(app: Flask, member: given.Visitor, settings: Settings) -> None:
    (settings.lessons / "dials" / "dial.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    assert {address: member.get(address).headers["Content-Type"] for address in KINDS} == KINDS


def test_what_is_taken_along_is_a_file_and_never_a_page(member: given.Visitor) -> None:
    for address in ("/en/me/export", "/en/me/ledger?format=csv", "/en/me/ledger?format=json"):
        assert member.get(address).headers["Content-Disposition"].startswith("attachment; filename="), address


def test_the_name_of_a_file_cannot_leave_its_header(app: Flask) -> None:
    minji = given.Visitor(app).sign_up("민지.김-1")
    for address in ("/en/me/export", "/en/me/ledger?format=csv"):
        header = minji.get(address).headers["Content-Disposition"]
        assert header.isascii()
        assert "filename*=UTF-8''" in header
        assert "%EB%AF%BC%EC%A7%80" in header
