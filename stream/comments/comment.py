"""A comment as one viewer sees it: a frozen value, a constant number of reads however many are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, String, bindparam, func, select
from sqlalchemy.orm import aliased

from stream.accounts.models import User
from stream.accounts.publishing import IS_PUBLIC
from stream.accounts.shown import shown_without
from stream.comments.models import comments, helpful
from stream.comments.writers import may_still_change
from stream.ledger.codec import instant
from stream.progress.queries import xp_of
from stream.statements import Prepared

_Root = comments.alias("root")
_Parent = comments.alias("parent")
_ParentWriter = aliased(User)
_me = bindparam("me", type_=String)
_mine = select(helpful.c.comment_id).where(helpful.c.comment_id == comments.c.id, helpful.c.learner_id == _me)
_votes = select(func.count()).where(helpful.c.comment_id == comments.c.id)
# Everything about comments that their pages show, in one read, for `me`. Made once: putting it together takes as
# long as reading ten comments.
COLUMNS: Select[Any] = select(
    comments,
    User.username,
    User.role,
    User.hides,
    IS_PUBLIC.label("has_profile"),
    _Root.c.learner_id.label("asker_id"),
    _Root.c.answer_id.label("marked_id"),
    _Parent.c.parent_id.label("grandparent_id"),
    _ParentWriter.username.label("parent_writer"),
    _votes.scalar_subquery().label("votes"),
    _mine.exists().label("is_found_helpful"),
).select_from(
    comments.outerjoin(User, User.learner_id == comments.c.learner_id)
    .outerjoin(_Root, _Root.c.id == comments.c.root_id)
    .outerjoin(_Parent, _Parent.c.id == comments.c.parent_id)
    .outerjoin(_ParentWriter, _ParentWriter.learner_id == _Parent.c.learner_id)
)
_ONE = Prepared(COLUMNS.where(comments.c.id == bindparam("id")))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks. `learner_id` is none for visitors."""

    learner_id: str | None = None
    may_moderate: bool = False
    is_blocked: bool = False


class Comment(NamedTuple):  # a tuple: a page makes and compares hundreds
    """A comment as the viewer sees it. A tombstone (`state` "deleted" or "hidden") has no text."""

    id: int
    thread_id: int
    root_id: int
    lesson_id: str
    state: str
    html: str
    plain: str
    language: str
    created_at: datetime
    edited_at: datetime | None
    version: int
    learner_id: str
    writer: str | None  # none: the account is gone
    has_profile: bool  # whether the writer has published one
    role: str
    xp: int | None  # none: the writer does not show it, or has left
    helpful: int
    is_found_helpful: bool  # by the viewer
    is_mine: bool
    is_reply: bool
    parent_id: int | None
    in_reply_to: str | None  # the parent's writer, where the parent is itself a reply
    is_pinned: bool
    answer_id: int | None
    is_answer: bool  # to the comment that began the exchange
    asker_id: str | None  # who wrote that one
    held_why: str | None

    def __hash__(self) -> int:
        """By what tells comments apart: they are looked up by all they show, and hashing that takes longer."""
        return hash((self.id, self.version, self.helpful))

    @property
    def is_shown(self) -> bool:
        """Whether it has a text to show."""
        return self.state in ("shown", "held")

    def may_change(self, at: datetime, edit_for: timedelta) -> bool:
        """Whether the viewer may still edit it or take it back."""
        return self.is_mine and self.is_shown and may_still_change(self.created_at, at, edit_for)


def comments_in(connection: Connection, query: Select[Any], viewer: Viewer) -> tuple[Comment, ...]:
    """The comments that a query over COLUMNS finds."""
    return seen(connection, connection.execute(query, {"me": viewer.learner_id or ""}).all(), viewer)


def comment_within(connection: Connection, comment_id: int) -> Comment:
    """One comment as a read or write sees it, and as any visitor would."""
    [comment] = seen(connection, _ONE.rows(connection, me="", id=comment_id), Viewer())
    return comment


def seen(connection: Connection, rows: Sequence[Any], viewer: Viewer) -> tuple[Comment, ...]:
    """Rows of COLUMNS as comments."""
    xp = xp_of(connection, {row.learner_id for row in rows})
    return tuple(_comment(row, xp.get(row.learner_id, 0), viewer) for row in rows)


def _comment(row: Any, xp: int, viewer: Viewer) -> Comment:
    has_text = row.state in ("shown", "held") or viewer.may_moderate
    return Comment(
        id=row.id,
        thread_id=row.thread_id,
        root_id=row.root_id,
        lesson_id=row.lesson_id,
        state=row.state,
        html=row.html if has_text else "",
        plain=row.plain if has_text else "",
        language=row.language,
        created_at=instant(row.created_at),
        edited_at=instant(row.edited_at) if row.edited_at else None,
        version=row.version,
        learner_id=row.learner_id,
        writer=row.username,
        has_profile=bool(row.has_profile),
        role=row.role or "member",
        xp=xp if row.username is not None and shown_without(row.hides).xp else None,
        helpful=row.votes,
        is_found_helpful=bool(row.is_found_helpful),
        is_mine=row.learner_id == viewer.learner_id,
        is_reply=row.parent_id is not None,
        parent_id=row.parent_id,
        in_reply_to=row.parent_writer if row.grandparent_id is not None else None,
        is_pinned=row.unpinned == 0,
        answer_id=row.answer_id,
        is_answer=row.marked_id == row.id,
        asker_id=row.asker_id,
        held_why=row.held_why,
    )
