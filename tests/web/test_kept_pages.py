"""Visitors' pages are answered from what is kept, and never show what has changed since."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import given
import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from stream.accounts.shown import PARTS
from stream.factory import create_app
from stream.settings import Settings
from stream.web.assets import FOLDER, address
from stream.web.kept_pages import KeptPages

LESSON = "/en/lessons/dial"


@pytest.fixture
def kept(app: Flask) -> Callable[[], int]:
    """How many pages are kept."""
    assert isinstance(app.wsgi_app, KeptPages)
    pages = app.wsgi_app
    return lambda: len(pages)


def read(visitor: given.Visitor, address: str = LESSON) -> str:
    """A page that has been asked for before: kept, if it may be."""
    visitor.get(address)
    return visitor.get(address).text


def test_a_kept_page_is_what_flask_would_answer(app, visitor, settings):
    fresh = visitor.get(LESSON)
    again = visitor.get(LESSON)
    assert again.text == fresh.text
    added_by_servers = {"Date": "", "Vary": ""}
    assert {**dict(again.headers), **added_by_servers} == {**dict(fresh.headers), **added_by_servers}


@pytest.mark.parametrize("address", ["/en/", LESSON, "/ko/lessons/dial", "/en/courses/dials"])
def test_only_what_every_visitor_gets_is_kept(app, visitor, member, kept, address):
    visitor.get(f"{address}?page=1")
    visitor.get(f"{address}?from=a-friend")
    visitor.get(address, Range="bytes=0-")
    assert kept() == 0
    visitor.get(address)
    assert kept() == 1
    assert "minji" in member.get(address).text
    assert "minji" not in visitor.get(address).text


def test_what_others_add_to_a_link_changes_nothing(visitor, kept):
    page = read(visitor)
    assert visitor.get(f"{LESSON}?utm_source=a-friend&fbclid=1").text == page
    assert visitor.get(f"{LESSON}?sort=oldest&utm_source=a-friend").text != page
    assert kept() == 1


def test_forms_and_missing_pages_are_not_kept(visitor, kept):
    for page in ("/en/sign-in", "/en/lessons/none", "/en/report?lesson=dial"):
        visitor.get(page)
    assert kept() == 0


def test_an_edit_is_seen_at_once(visitor, lessons: Path):
    file = next(lessons.glob("*/*dial.en.md"))
    read(visitor)
    file.write_text(file.read_text(encoding="utf-8") + "\nA sentence that was not there.\n", encoding="utf-8")
    assert "A sentence that was not there." in visitor.get(LESSON).text


def test_a_lesson_that_comes_out_is_in_the_course_at_once(visitor, lessons: Path, wait):
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")
    text = f"---\ntitle: Coming soon\nstatus: scheduled\npublish_at: {soon}\n---\nText.\n"
    (next(lessons.glob("*/*dial.en.md")).parent / "77-coming.en.md").write_text(text, encoding="utf-8")
    assert "Coming soon" not in read(visitor, "/en/courses/dials")
    wait(hours=2)
    assert "Coming soon" in visitor.get("/en/courses/dials").text


def test_a_comment_is_seen_at_once_and_so_is_what_becomes_of_it(visitor, member, moderator):
    read(visitor)
    number = member.comment("This made it click.")
    assert "This made it click." in read(visitor)
    moderator.get(LESSON)
    moderator.post(f"/en/comments/{number}/pin")
    assert visitor.get(LESSON).text != read(member)
    member.get("/en/")
    member.post(f"/en/comments/{number}/delete")
    assert "This made it click." not in visitor.get(LESSON).text


def test_somebody_elses_helpful_is_counted_at_once(visitor, member, other):
    number = member.comment("This made it click.")
    before = read(visitor)
    other.get(LESSON)
    assert other.post(f"/en/comments/{number}/helpful").status_code in (200, 303)
    assert visitor.get(LESSON).text != before


def test_the_level_beside_a_name_is_never_an_old_one(visitor, member, lessons: Path):
    member.comment("This made it click.")
    rulebook = lessons / "rulebook.toml"
    rulebook.write_text(
        rulebook.read_text(encoding="utf-8").replace('"lesson.completed" = 40', '"lesson.completed" = 4000'),
        encoding="utf-8",
    )
    before = read(visitor)
    member.get(LESSON)
    member.post("/en/lessons/dial/complete")
    assert visitor.get(LESSON).text != before


def test_whoever_hides_their_level_is_heard_at_once(visitor, member):
    member.comment("This made it click.")
    before = read(visitor)
    member.get("/en/me/settings")
    shown = {part: "on" for part in PARTS if part != "xp"}
    assert member.post("/en/me/shown", **shown).status_code == 303
    assert visitor.get(LESSON).text != before


def test_another_process_on_the_same_site_is_no_secret(app, settings: Settings, visitor, member):
    second = create_app(settings)
    reader = given.Visitor(second)
    read(reader)
    member.comment("Written elsewhere.")
    assert "Written elsewhere." in reader.get(LESSON).text
    given.close(second)


def test_theme_and_time_zone_have_pages_of_their_own(app, member, visitor):
    member.comment("At what time?")
    read(visitor)
    elsewhere = given.Visitor(app)
    elsewhere.client.set_cookie("time_zone", "Asia/Seoul")
    assert read(elsewhere) != read(visitor)
    dark = given.Visitor(app)
    dark.client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in read(dark)
    assert 'data-theme="dark"' not in read(visitor)


def test_every_encoding_has_the_same_words_and_a_weak_tag(visitor):
    plain = read(visitor)
    for encoding in ("gzip", "br"):
        for _ in range(2):
            answer = visitor.get(LESSON, **{"Accept-Encoding": encoding})
            assert answer.headers["Content-Encoding"] == encoding
            assert answer.headers["ETag"].startswith('W/"')
            assert "Accept-Encoding" in answer.headers["Vary"]
            if encoding == "gzip":
                assert gzip.decompress(answer.data).decode() == plain
    assert "Content-Encoding" not in visitor.get(LESSON, **{"Accept-Encoding": "br;q=0"}).headers


def test_caches_are_told_that_a_file_is_packed_for_some_and_its_date_is_the_answer_s(app, visitor):
    with app.test_request_context():
        where = address("style.css")
    for _ in range(3):
        answer = visitor.get(where, **{"Accept-Encoding": "br"})
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Date" not in answer.headers, "which the server adds"


def test_whoever_has_the_page_already_gets_no_body(visitor):
    read(visitor)
    tag = visitor.get(LESSON, **{"Accept-Encoding": "br"}).headers["ETag"]
    answer = visitor.get(LESSON, **{"Accept-Encoding": "br", "If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("is_member", [False, True])
def test_what_is_kept_has_a_bound(settings, monkeypatch, is_member):
    monkeypatch.setattr("stream.web.kept_pages.MOST_BYTES", 200_000)
    monkeypatch.setattr("stream.web.kept_pages.MOST_OWN_BYTES", 100_000)
    site = create_app(settings)
    someone = given.Visitor(site).sign_up("minji") if is_member else given.Visitor(site)
    for number in range(40):
        someone.client.set_cookie("time_zone", f"Nowhere/{number}")
        someone.get(LESSON)
    assert 1 <= len(site.wsgi_app) < 20
    given.close(site)


def test_a_page_that_many_ask_for_stays_though_others_come(settings, monkeypatch):
    """The server asks for it at once, before it asks the application."""
    monkeypatch.setattr("stream.web.kept_pages.MOST_BYTES", 60_000)
    site = create_app(settings)
    _, at_once = site.extensions["stream.at_once"]
    someone = given.Visitor(site)
    asked = EnvironBuilder(LESSON, headers={"Accept-Encoding": "br"}).get_environ()
    someone.get(LESSON, **{"Accept-Encoding": "br"})
    for number in range(10):
        someone.client.set_cookie("time_zone", f"Nowhere/{number}")
        someone.get(LESSON)
        assert at_once(dict(asked), None) is not None
    given.close(site)


def test_every_static_file_is_answered_again_and_again(app, visitor):
    with app.test_request_context():
        files = [path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*") if path.is_file()]
        addresses = {path: address(path) for path in files}
    for path, where in addresses.items():
        for _ in range(2):
            answer = visitor.get(where)
            assert (answer.status_code, answer.data) == (200, (FOLDER / path).read_bytes()), path
            assert "immutable" in answer.headers["Cache-Control"]
