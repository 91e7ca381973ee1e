"""One comment, its text as typed, and the newest ones."""

from typing import Any

from sqlalchemy import and_, or_, select

from stream.comments.comment import COLUMNS, Comment, Viewer, comments_in
from stream.comments.models import comments
from stream.db import reading


def comment_of(comment_id: int, viewer: Viewer) -> Comment | None:
    """One comment, if the viewer may see it."""
    with reading() as connection:
        rows = comments_in(connection, COLUMNS.where(comments.c.id == comment_id, _visible(viewer)), viewer)
    return rows[0] if rows else None


def source_of(comment_id: int, learner_id: str) -> tuple[str, int] | None:
    """The text of one's own comment as typed, and its version."""
    query = select(comments.c.body, comments.c.version).where(
        comments.c.id == comment_id, comments.c.learner_id == learner_id, comments.c.state.in_(("shown", "held"))
    )
    with reading() as connection:
        row = connection.execute(query).first()
    return (row.body, row.version) if row else None


def latest(limit: int, lesson_id: str | None = None) -> tuple[Comment, ...]:
    """The newest comments that everybody sees, of one lesson or of all."""
    query = COLUMNS.where(comments.c.state == "shown").order_by(comments.c.id.desc()).limit(limit)
    if lesson_id is not None:
        query = query.where(comments.c.lesson_id == lesson_id)
    with reading() as connection:
        return comments_in(connection, query, Viewer())


def _visible(viewer: Viewer) -> Any:
    if viewer.may_moderate:
        return comments.c.state != "deleted"
    return or_(comments.c.listed, and_(comments.c.state == "held", comments.c.learner_id == (viewer.learner_id or "")))
