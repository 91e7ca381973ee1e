"""What waits for moderators, and what they have decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from stream.accounts.models import User
from stream.comments.comment import COLUMNS, Comment, Viewer, comments_in
from stream.comments.models import comments, flags, patterns
from stream.db import reading
from stream.ledger.codec import instant

QUEUE_PAGE = 50


@dataclass(frozen=True, slots=True)
class Flag:
    """Why somebody asked moderators to look at a comment."""

    username: str | None
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Something for moderators to decide on."""

    comment: Comment
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words for which comments are held."""

    id: int
    words: str


def queue() -> tuple[QueueItem, ...]:
    """What waits for moderators: held comments and reported ones, the oldest first."""
    moderator = Viewer(may_moderate=True)
    query = COLUMNS.where(_to_decide_on()).order_by(comments.c.id).limit(QUEUE_PAGE)
    with reading() as connection:
        found = comments_in(connection, query, moderator)
        raised = _flags(connection, [comment.id for comment in found])
    return tuple(QueueItem(comment, raised.get(comment.id, ())) for comment in found)


def queue_size() -> int:
    """How many comments wait for moderators."""
    query = select(func.count()).select_from(comments).where(_to_decide_on())
    with reading() as connection:
        return connection.execute(query).scalar_one()


def removed(limit: int = QUEUE_PAGE) -> tuple[Comment, ...]:
    """What moderators have hidden, the newest first: it can be let through again."""
    moderator = Viewer(may_moderate=True)
    query = COLUMNS.where(comments.c.state == "hidden").order_by(comments.c.id.desc()).limit(limit)
    with reading() as connection:
        return comments_in(connection, query, moderator)


def all_patterns() -> tuple[Pattern, ...]:
    """The words for which comments are held."""
    with reading() as connection:
        rows = connection.execute(select(patterns.c.id, patterns.c.words).order_by(patterns.c.words))
        return tuple(Pattern(row.id, row.words) for row in rows)


def _to_decide_on() -> Any:
    flagged = select(flags.c.comment_id).where(flags.c.settled_at.is_(None))
    return or_(comments.c.state == "held", and_(comments.c.state == "shown", comments.c.id.in_(flagged)))


def _flags(connection: Connection, comment_ids: list[int]) -> dict[int, tuple[Flag, ...]]:
    query = (
        select(flags.c.comment_id, User.username, flags.c.why, flags.c.at)
        .outerjoin(User, User.learner_id == flags.c.learner_id)
        .where(flags.c.comment_id.in_(comment_ids), flags.c.settled_at.is_(None))
        .order_by(flags.c.at)
    )
    found: dict[int, tuple[Flag, ...]] = {}
    for row in connection.execute(query):
        found[row.comment_id] = (*found.get(row.comment_id, ()), Flag(row.username, row.why, instant(row.at)))
    return found
