"""Atom feeds of comments: of one lesson, and of all. Only what everybody sees is in them."""

from flask import Response, make_response, render_template, url_for

from stream.catalogue.model import Lesson
from stream.comments import queries
from stream.comments.queries import Comment
from stream.comments.views import blueprint
from stream.web.content import at, catalogue, lesson_or_404
from stream.web.page import public

ENTRIES = 50


@blueprint.get("/feed.xml")
def feed() -> Response:
    """The newest comments of the whole site."""
    return _feed(url_for("comments.feed"), url_for("lessons.home"), queries.latest(ENTRIES))


@blueprint.get("/lessons/<slug>/feed.xml")
def lesson_feed(slug: str) -> Response:
    """The newest comments of one lesson."""
    lesson = lesson_or_404(slug)
    found = queries.latest(ENTRIES, lesson.id)
    self, page = url_for("comments.lesson_feed", slug=slug), url_for("lessons.show", slug=slug, _anchor="comments")
    return _feed(self, page, found, lesson)


def _feed(address: str, page: str, found: tuple[Comment, ...], lesson: Lesson | None = None) -> Response:
    entries = [(comment, about) for comment in found if (about := _readable(comment)) is not None]
    updated = max((comment.edited_at or comment.created_at for comment, _ in entries), default=None)
    xml = render_template(
        "comments/feed.xml", address=public(address), page=public(page), entries=entries, updated=updated, about=lesson
    )
    answer = make_response(xml)
    answer.mimetype = "application/atom+xml"
    return answer


def _readable(comment: Comment) -> Lesson | None:
    lesson = catalogue().by_id.get(comment.lesson_id)
    return lesson if lesson is not None and lesson.is_readable(at()) else None
