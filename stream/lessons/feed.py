"""The site's Atom feed: lessons as they appear and change, and what is said about them, newest first."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, g, make_response, render_template, url_for

from stream.catalogue.model import Lesson, Translation
from stream.comments.comment import Comment
from stream.comments.feeds import ENTRIES, changed_at, newest
from stream.lessons.views import blueprint
from stream.web.content import at, catalogue
from stream.web.page import public

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # of a feed with nothing in it


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson, or a comment on it, and when it was last changed."""

    at: datetime
    lesson: Lesson
    comment: Comment | None = None


@blueprint.get("/<language>/feed.xml")
def feed() -> Response:
    """Lessons that have a text in this language, and comments in any."""
    entries = sorted((*_lessons(), *_comments()), key=lambda entry: entry.at, reverse=True)[:ENTRIES]
    xml = render_template(
        "lessons/feed.xml",
        address=public(url_for("lessons.feed")),
        page=public(url_for("lessons.home")),
        entries=entries,
        updated=entries[0].at if entries else EPOCH,
    )
    answer = make_response(xml)
    answer.mimetype = "application/atom+xml"
    return answer


def _lessons() -> list[Entry]:
    listed = (lesson for course in catalogue().courses for lesson in course.listed(at()))
    return [
        Entry(_appeared(lesson, lesson.translations[g.language]), lesson)
        for lesson in listed
        if g.language in lesson.translations
    ]


def _comments() -> list[Entry]:
    return [Entry(changed_at(comment), lesson, comment) for comment, lesson in newest()]


def _appeared(lesson: Lesson, text: Translation) -> datetime:
    """When this text came to this site: files tell no other date, but for the one on which a lesson was due."""
    try:
        written = datetime.fromtimestamp((catalogue().root / text.path).stat().st_mtime, UTC)
    except OSError:  # taken away a moment ago
        written = EPOCH
    return min(max(written, lesson.publish_at or written), at())
