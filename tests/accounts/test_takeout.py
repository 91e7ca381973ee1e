"""Taking everything along: one zip, whole, readable, and nobody else's."""

import io
import json
from html.parser import HTMLParser
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from given import Visitor

LESSON = "/en/lessons/dial"
VOID = {"meta", "br", "hr", "img", "link"}
IN_PARAGRAPH = {"p", "h1", "h2", "h3", "dl", "ul", "table", "div", "section"}


def files_of(someone: Visitor, language: str = "en") -> dict[str, str]:
    answer = someone.get(f"/{language}/me/export")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with ZipFile(io.BytesIO(answer.data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def taken_by(someone: Visitor) -> dict:
    return json.loads(files_of(someone)["data.json"])


class Checker(HTMLParser):
    """Whether every element that opens is closed, in order; what it refers to is noted."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "style")]
        assert not (tag in IN_PARAGRAPH and "p" in self.open), f"<{tag}> within <p>"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, self.getpos()


@pytest.fixture
def busy(member: Visitor, other: Visitor) -> Visitor:
    member.post(f"{LESSON}/complete")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="six & a <b>half</b>", do="attempt")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="my own note", do="note")
    first = member.comment("My <i>words</i>\n\nto **all**")
    second = other.comment("Words of somebody else", parent=first)
    member.post(f"/en/comments/{second}/helpful", helpful="1")
    member.post("/en/report", lesson="dial", category="typo", body="teh", contact="me@example.org")
    member.post("/en/review/wanted", wanted="no")
    other.post(f"{LESSON}/exercise", exercise="dial", answer="their answer", do="attempt")
    other.post("/en/report", lesson="dial", category="typo", body="their report", contact="jun@example.org")
    return member


def test_the_zip_holds_json_and_a_page(busy):
    assert set(files_of(busy)) == {"data.json", "data.html"}


def test_everything_of_the_member_is_in_it(busy):
    taken = taken_by(busy)
    assert taken["account"]["profile"]["username"] == "minji"
    assert len(taken["account"]["sessions"]) == 1
    assert "lesson.completed" in [entry["type"] for entry in taken["progress"]["entries"]]
    assert taken["progress"]["standing"]["xp"] == busy.standing().xp
    assert taken["exercises"]["attempts"][0]["answer"] == "six & a <b>half</b>"
    assert taken["comments"]["written"][0]["body"] == "My <i>words</i>\n\nto **all**"
    assert len(taken["comments"]["helpful"]) == 1
    assert taken["notifications"]["told"][0]["kind"] == "reply"
    assert taken["review"] == {"wanted": False}
    assert (taken["reports"]["sent"][0]["body"], taken["reports"]["sent"][0]["contact"]) == ("teh", "me@example.org")


def test_nothing_of_anybody_else_is_in_it(app, busy):
    for text in files_of(busy).values():
        for words in ("jun", "somebody else", "their answer", "their report"):
            assert words not in text


def test_no_secret_is_in_it(busy):
    text = files_of(busy)["data.json"]
    assert "password" not in text
    assert "token" not in text
    assert "argon2" not in text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_is_well_formed_and_stands_alone(busy, language):
    page = files_of(busy, language)["data.html"]
    checked = Checker(page)
    assert checked.open == []
    assert checked.addresses == []
    assert "script" not in checked.seen
    assert page.lstrip().startswith("<!doctype html>")
    assert f'<html lang="{language}">' in page


def test_what_was_typed_is_text_on_the_page(busy):
    page = files_of(busy)["data.html"]
    assert "six &amp; a &lt;b&gt;half&lt;/b&gt;" in page
    assert "My &lt;i&gt;words&lt;/i&gt;\n\nto **all**" in page


def test_a_new_member_gets_a_whole_zip_too(member):
    assert Checker(files_of(member)["data.html"]).open == []
    assert taken_by(member)["comments"]["written"] == []


def test_the_file_is_named_for_whom_and_when(app):
    answer = Visitor(app).sign_up("민지", "ko").get("/ko/me/export")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.isascii()
    assert "filename*=UTF-8''stream-민지-20" in unquote(disposition)


def test_the_answer_is_kept_by_nobody(member):
    assert member.get("/en/me/export").headers["Cache-Control"] == "private, no-store"


def test_it_is_for_members(visitor):
    assert visitor.get("/en/me/export").location.startswith("/en/sign-in")


def test_the_settings_lead_to_both(member):
    page = member.get("/en/me/settings").text
    assert "/en/me/export" in page
    assert "/en/me/leave" in page
