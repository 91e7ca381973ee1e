"""Members' pages are answered from what is kept, and whatever happens, never show what has changed since."""

import re
from collections.abc import Callable
from pathlib import Path

import given
import pytest
from flask import Flask
from reads import reads

from stream.db import values
from stream.web.kept_pages import KeptPages

LESSON = "/en/lessons/dial"
PAGES = (LESSON, "/ko/lessons/dial", "/en/courses/dials", "/en/tags/prompting", f"{LESSON}/comments")
NEW_EACH_TIME = re.compile(r'(name="(?:csrf_token|event_id|post_id)" value=")[^"]*')
Act = Callable[[], object]


def plain(page: str) -> str:
    """Without what is new each time."""
    return NEW_EACH_TIME.sub(r"\1", page)


def kept(member: given.Visitor, address: str, **headers: str) -> str:
    """A page that was asked for before."""
    for _ in range(2):
        member.get(address, **headers)
    return member.get(address, **headers).text


def made(member: given.Visitor, address: str, **headers: str) -> str:
    """The page, made for this request alone, and nothing in it of what is kept."""
    member.client.application.extensions["stream.fragments"].forget()
    return member.get(address, Range="bytes=0-", **headers).text


@pytest.fixture
def acts(
    app: Flask, member: given.Visitor, other: given.Visitor, moderator: given.Visitor, lessons: Path
) -> dict[str, Act]:
    """What may change what `member` sees."""
    number = 0

    def comment() -> None:
        nonlocal number
        number = member.comment("Mine, **all** of it.")

    def answer() -> None:
        other.get(LESSON)
        other.post(f"{LESSON}/comments", body="@minji yes", parent=str(number))

    def edit(name: str, old: str, new: str) -> None:
        path = next(lessons.glob(name))
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    def settings(**changed: str) -> object:
        member.get("/en/me/settings")
        return member.post("/en/me/settings", **{"language": "", "time_zone": "", **changed})

    def shown(*parts: str) -> object:
        member.get("/en/me/settings")
        return member.post("/en/me/shown", **dict.fromkeys(parts, "on"))

    return {
        "opens it": lambda: member.post(f"{LESSON}/open"),
        "completes it": lambda: member.post(f"{LESSON}/complete"),
        "takes it back": lambda: member.post(f"{LESSON}/reopen"),
        "completes another": lambda: member.post("/en/lessons/seeds/complete"),
        "answers wrongly": lambda: member.post(f"{LESSON}/exercise", exercise="dial", answer="nine", do="attempt"),
        "answers": lambda: member.post(f"{LESSON}/exercise", exercise="dial", answer="five", do="attempt"),
        "notes an answer": lambda: member.post(f"{LESSON}/exercise", exercise="dial", answer="hm", do="note"),
        "writes a note": lambda: member.post(f"{LESSON}/note", note="Look again", version="0"),
        "bookmarks": lambda: member.post(f"{LESSON}/bookmark", bookmark="yes"),
        "comments": comment,
        "is answered": lambda: (
            other.get(LESSON),
            other.post(f"{LESSON}/comments", body="@minji yes", parent=str(number)),
        ),
        "reads the answer": lambda: member.get("/en/notifications"),
        "says that they have": lambda: (member.get("/en/notifications"), member.post("/en/notifications/read")),
        "asks for alerts": lambda: member.post(f"{LESSON}/alerts", alerts="all"),
        "finds one helpful": lambda: member.post(f"/en/comments/{number + 1}/helpful"),
        "is pinned": lambda: (moderator.get(LESSON), moderator.post(f"/en/comments/{number}/pin")),
        "moves": lambda: settings(time_zone="America/New_York"),
        "hides points": lambda: shown("achievements", "rhythm"),
        "becomes an author": lambda: given.role(app, "minji", "author"),
        "becomes a member": lambda: given.role(app, "minji", "member"),
        "the lesson is edited": lambda: edit("*/*dial.en.md", "five", "five (edited)"),
        "the rules change": lambda: edit("rulebook.toml", '"lesson.completed" = 40', '"lesson.completed" = 50'),
        "a course is renamed": lambda: edit("*/course.toml", 'en = "', 'en = "New: '),
    }


def test_whatever_happens_a_kept_page_is_the_one_that_would_be_made(
    app: Flask, member: given.Visitor, acts: dict[str, Act]
) -> None:
    moved = []
    for name, act in acts.items():
        before = {address: plain(kept(member, address)) for address in PAGES}
        act()
        member.get("/en/")  # what is said once is said there
        for address in PAGES:
            assert plain(member.get(address).text) == plain(made(member, address)), f"{address} after: {name}"
        if {address: plain(member.get(address).text) for address in PAGES} != before:
            moved.append(name)
    assert len(moved) > 14, moved  # most of these acts do change something


def test_it_is_kept_and_each_form_has_new_ids_in_it(app: Flask, member: given.Visitor) -> None:
    kept(member, LESSON)
    before = len(app.wsgi_app)  # type: ignore[arg-type]
    ids = [re.findall(r'name="(?:event_id|post_id)" value="([^"]*)"', member.get(LESSON).text) for _ in range(5)]
    assert len(app.wsgi_app) == before  # type: ignore[arg-type]
    every = [each for found in ids for each in found]
    assert len(every) == len(set(every)) >= 10
    assert all(re.fullmatch(r"[0-9a-f-]{36}", each) for each in every)


def test_forms_of_a_kept_page_work(member: given.Visitor) -> None:
    page = kept(member, LESSON)
    [form] = re.findall(r'<form method="post" action="[^"]*/complete".*?</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    assert member.client.post(f"{LESSON}/complete", data=fields).status_code == 303
    assert "40 XP" in member.get(LESSON).text


def test_nobody_gets_the_page_of_somebody_else(app: Flask, member: given.Visitor, other: given.Visitor) -> None:
    assert "minji" in kept(member, LESSON)
    assert "minji" not in kept(other, LESSON)
    assert "minji" not in kept(given.Visitor(app), LESSON)


def test_signing_out_or_being_signed_out_ends_it_at_once(app: Flask, member: given.Visitor) -> None:
    kept(member, LESSON)
    cookie = member.client.get_cookie("session")
    assert cookie is not None
    member.get("/en/")
    member.post("/en/sign-out")
    stolen = given.Visitor(app)
    stolen.client.set_cookie("session", cookie.value)
    assert "minji" not in stolen.get(LESSON).text


def test_it_is_nobodys_to_keep_and_a_visit_is_noted(
    app: Flask, member: given.Visitor, wait: Callable[..., None]
) -> None:
    kept(member, LESSON)
    assert member.get(LESSON).headers["Cache-Control"] == "private, no-store"
    wait(hours=2)
    member.get(LESSON)
    with app.app_context():
        assert values().row("SELECT count(*) FROM sessions WHERE seen_at > created_at") == (1,)


def test_moderators_pages_are_made_each_time(app: Flask, moderator: given.Visitor) -> None:
    before = len(app.wsgi_app)  # type: ignore[arg-type]
    kept(moderator, LESSON)
    assert len(app.wsgi_app) == before  # type: ignore[arg-type]


def test_a_fragment_is_kept_beside_its_page(member: given.Visitor) -> None:
    address, htmx = f"{LESSON}/comments", {"HX-Request": "true"}
    page, fragment = kept(member, address), kept(member, address, **htmx)
    assert "<html" in page
    assert "<html" not in fragment
    assert plain(fragment) == plain(made(member, address, **htmx))


def test_what_the_member_may_change_for_a_while_is_not_offered_longer(
    member: given.Visitor, wait: Callable[..., None]
) -> None:
    member.comment("Mine.")
    assert "Take it back" in kept(member, LESSON)
    wait(minutes=16)
    assert plain(member.get(LESSON).text) == plain(made(member, LESSON))


def test_the_middleware_is_in_front(app: Flask) -> None:
    assert isinstance(app.wsgi_app, KeptPages)


@pytest.mark.sqlite
def test_a_kept_page_takes_two_reads_and_a_made_one_three(app: Flask, member: given.Visitor) -> None:
    member.comment("Mine.")
    member.get(LESSON)
    member.post(f"{LESSON}/exercise", exercise="dial", do="attempt", answer="six")
    member.post(f"{LESSON}/note", note="For me.")
    kept(member, LESSON)
    with reads(app) as asked:
        member.get(LESSON)
    assert len(asked) == 2
    made(member, LESSON)
    with reads(app) as asked:
        assert "For me." in made(member, LESSON)
    assert 2 <= len(asked) <= 3
