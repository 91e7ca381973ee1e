"""The Atom feed of a lesson's comments, and the newest comments for the site's feed. Only what everybody sees."""

from datetime import datetime

from flask import Response, make_response, render_template, url_for

from stream.catalogue.model import Lesson
from stream.comments import queries
from stream.comments.comment import Comment
from stream.comments.views import blueprint
from stream.web.content import at, catalogue, lesson_or_404
from stream.web.page import public

ENTRIES = 50


@blueprint.get("/lessons/<slug>/feed.xml")
def lesson_feed(slug: str) -> Response:
    """The newest comments of one lesson."""
    lesson = lesson_or_404(slug)
    entries = newest(lesson.id)
    xml = render_template(
        "comments/feed.xml",
        address=public(url_for("comments.lesson_feed", slug=slug)),
        page=public(url_for("lessons.show", slug=slug, _anchor="comments")),
        entries=entries,
        updated=max((changed_at(comment) for comment, _ in entries), default=None),
        about=lesson,
    )
    answer = make_response(xml)
    answer.mimetype = "application/atom+xml"
    return answer


def newest(lesson_id: str | None = None) -> list[tuple[Comment, Lesson]]:
    """The newest comments with their lessons, of one lesson or of all that readers find."""
    found = ((comment, _readable(comment)) for comment in queries.latest(ENTRIES, lesson_id))
    return [(comment, lesson) for comment, lesson in found if lesson is not None]


def changed_at(comment: Comment) -> datetime:
    """When it was written, or last edited."""
    return comment.edited_at or comment.created_at


def _readable(comment: Comment) -> Lesson | None:
    lesson = catalogue().by_id.get(comment.lesson_id)
    return lesson if lesson is not None and lesson.is_readable(at()) else None
