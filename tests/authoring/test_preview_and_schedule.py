"""Drafts and scheduled lessons as learners will see them: nothing is recorded, and nobody else knows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import given
import pytest
from authors import Author
from flask import Flask
from sqlalchemy import text

from stream import clock
from stream.db import reading

NINE = datetime(2027, 1, 1, 0, 0, tzinfo=UTC)  # nine o'clock in Seoul


@pytest.fixture
def draft(lessons: Path) -> None:
    """A draft, `secret`."""
    given.lesson(lessons, "secret", 4, status="draft")


def events(app: Flask) -> int:
    """How many there are."""
    with app.app_context(), reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM events")).scalar_one())


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(("language", "words"), [("en", "A preview: only those"), ("ko", "secret in ko")])
def test_an_author_sees_the_draft_in_either_language(author: Author, language: str, words: str) -> None:
    page = author.get(f"/{language}/lessons/secret").text
    assert words in page
    assert 'role="note"' in page


@pytest.mark.usefixtures("draft")
def test_whatever_one_does_in_a_preview_is_not_recorded(app: Flask, author: Author) -> None:
    before = events(app)
    page = author.get("/en/lessons/secret").text
    assert '<button class="button big" disabled>Complete lesson' in page
    assert "/secret/open" not in page
    for act in ("complete", "reopen", "open"):
        assert author.post(f"/en/lessons/secret/{act}").status_code == 404
    answer = author.post("/en/lessons/secret/exercise", exercise="dial", answer="five", htmx=True)
    assert "Right." in answer.text
    assert "A preview: nothing is recorded." in answer.text
    author.post("/en/lessons/secret/exercise", exercise="dial", answer="my note", do="save")
    assert "my note" not in author.get("/en/lessons/secret").text
    assert events(app) == before
    assert author.standing().xp == 0


@pytest.mark.usefixtures("draft")
def test_to_others_the_draft_is_not_there(visitor: given.Visitor, member: given.Visitor) -> None:
    for someone in (visitor, member):
        assert someone.get("/en/lessons/secret").status_code == 404
        assert someone.post("/en/lessons/secret/exercise", exercise="dial", answer="five").status_code == 404


def test_a_scheduled_lesson_appears_when_its_time_comes_without_a_restart(
    lessons: Path, visitor: given.Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.lesson(lessons, "later", 4, status="scheduled", publish_at="2027-01-01T09:00:00+09:00", tags="[fresh]")
    places = ("/en/lessons/later", "/ko/lessons/later", "/en/tags/fresh")
    lists = ("/en/", "/en/courses/dials", "/sitemap.xml", "/en/search?q=later", "/en/feed.xml")
    for at, is_there in ((NINE - timedelta(seconds=1), False), (NINE, True)):
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        assert [visitor.get(place).status_code for place in places] == [200 if is_there else 404] * 3
        told = ["lessons/later" in visitor.get(place).text or "1/4" in visitor.get(place).text for place in lists[1:]]
        assert told == [is_there] * 4, at


def test_its_author_sees_it_before_and_is_told_when(lessons: Path, author: Author) -> None:
    given.lesson(lessons, "later", 4, status="scheduled", publish_at="2999-01-01T09:00:00+09:00")
    assert "Everybody sees it from this moment on:" in author.get("/en/lessons/later").text
    assert "published" not in author.get("/en/lessons/later").text.split('class="crumb"')[1].split("</p>")[0]
