"""Where comments are to be found: their lesson, their place in its text, their address."""

from flask import abort, url_for

from stream.catalogue.model import Lesson
from stream.comments import queries
from stream.comments.comment import Comment
from stream.comments.context import viewer
from stream.comments.thread_pages import Position, position_of
from stream.web.content import at, catalogue, text_of


def comment_or_404(comment_id: int) -> Comment:
    """The comment, if the viewer may see it and its lesson."""
    comment = queries.comment_of(comment_id, viewer())
    if comment is None:
        abort(404)
    lesson_of(comment)
    return comment


def lesson_of(comment: Comment) -> Lesson:
    """The comment's lesson, if readers may see it."""
    lesson = catalogue().by_id.get(comment.lesson_id)
    if lesson is None or not lesson.is_readable(at()):
        abort(404)
    return lesson


def position_in_text(comment: Comment) -> Position:
    """Where the comment stands in the text as this reader has it."""
    return position_of(comment, text_of(lesson_of(comment)).language)


def address_of(comment: Comment) -> str:
    """The page with the comment on it."""
    lesson, position = lesson_of(comment), position_in_text(comment)
    page = position.number if position.number > 1 else None
    anchor = f"comment-{comment.id}"
    if position.block:
        return url_for("comments.block_thread", slug=lesson.slug, block=position.block, page=page, _anchor=anchor)
    return url_for("lessons.show", slug=lesson.slug, page=page, _anchor=anchor)


def comments_of(lesson: Lesson) -> str:
    """The lesson's page, at its comments."""
    return url_for("lessons.show", slug=lesson.slug, _anchor="comments")
