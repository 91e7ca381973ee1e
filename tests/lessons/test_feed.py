"""The site's feed tells of lessons and of what is said about them, and of nothing that is not out yet."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import given
import pytest

from stream import clock

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(visitor: given.Visitor, language: str = "en") -> list[tuple[str, str]]:
    """(title, day of the last change) of each entry, in order."""
    answer = visitor.get(f"/{language}/feed.xml")
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    found = ElementTree.fromstring(answer.data).iter(f"{ATOM}entry")
    return [(entry.findtext(f"{ATOM}title", ""), entry.findtext(f"{ATOM}updated", "")[:10]) for entry in found]


def titles(visitor: given.Visitor, language: str = "en") -> list[str]:
    return [title for title, _ in entries(visitor, language)]


def test_it_has_the_lessons_of_its_language(lessons: Path, visitor: given.Visitor) -> None:
    given.lesson(lessons, "only-korean", 7, languages=("ko",))
    assert sorted(titles(visitor)) == ["dial in en", "encoder in en", "seeds in en"]
    assert "only-korean in ko" in titles(visitor, "ko")


def test_comments_stand_between_the_lessons_by_time(member: given.Visitor, visitor: given.Visitor) -> None:
    member.comment("Hello")
    assert titles(visitor)[0] == "minji · dial in en"


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_it_has_nothing_that_is_in_no_list(lessons: Path, visitor: given.Visitor, status: str) -> None:
    given.lesson(lessons, "dial", 2, status=status)
    assert "dial in en" not in titles(visitor)


def test_a_scheduled_lesson_comes_at_its_time(lessons: Path, visitor: given.Visitor, monkeypatch) -> None:
    due = datetime.now(UTC) + timedelta(days=10)
    given.lesson(lessons, "later", 8, status="scheduled", publish_at=due.isoformat())
    assert visitor.get("/en/lessons/later").status_code == 404
    assert "later in en" not in titles(visitor)
    monkeypatch.setattr(clock, "now", lambda: due + timedelta(hours=1))
    assert visitor.get("/en/lessons/later").status_code == 200
    assert entries(visitor)[0] == ("later in en", f"{due:%Y-%m-%d}")
