"""Threads a page at a time: what stands on a page, and on which page a comment stands."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Integer, Select, and_, bindparam, func, or_, select

from stream.comments.comment import COLUMNS, Comment, Viewer, comments_in, seen
from stream.comments.models import comments
from stream.comments.threads import Thread, threads_of
from stream.db import reading
from stream.statements import Prepared

PAGE = 50
Sort = Literal["newest", "oldest"]
SORTS: tuple[Sort, ...] = ("newest", "oldest")


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A stretch of a thread. `number` counts pages from 1."""

    thread_id: int | None
    comments: tuple[Comment, ...]
    shown: int
    number: int
    has_more: bool
    sort: Sort


@dataclass(frozen=True, slots=True)
class Position:
    """Where a comment is to be found: on which page of which thread. `block` is "" on the lesson's own thread."""

    lesson_id: str
    block: str
    number: int
    is_gone: bool = False


def _in_order(inside: Any, sort: Sort) -> Select[Any]:
    order = comments.c.root_id.desc() if sort == "newest" else comments.c.root_id
    query = COLUMNS.where(inside, comments.c.listed).order_by(comments.c.unpinned, order, comments.c.id)
    return query.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


_IN_THREAD = {sort: Prepared(_in_order(comments.c.thread_id == bindparam("thread"), sort)) for sort in SORTS}


def page_of(connection: Connection, found: list[Thread], viewer: Viewer, sort: Sort, number: int) -> ThreadPage:
    """A page of these threads as if they were one."""
    ids, stretch = [thread.id for thread in found], {"limit": PAGE + 1, "offset": PAGE * (number - 1)}
    if len(ids) == 1:
        read = _IN_THREAD[sort].rows(connection, me=viewer.learner_id or "", thread=ids[0], **stretch)
        rows = seen(connection, read, viewer)
    else:
        query = _in_order(comments.c.thread_id.in_(ids), sort).params(**stretch)
        rows = comments_in(connection, query, viewer)
    shown = sum(thread.shown for thread in found)
    return ThreadPage(ids[0], rows[:PAGE], shown, number, len(rows) > PAGE, sort)


def position_of(comment: Comment, language: str) -> Position:
    """Where readers of the lesson in `language` find the comment, newest exchanges first."""
    with reading() as connection:
        thread = next(each for each in threads_of(connection, comment.lesson_id) if each.id == comment.thread_id)
        before = _before(comment, oldest_first=thread.kind == "block")
        count = connection.execute(select(func.count()).select_from(comments).where(before)).scalar_one()
    anchor = thread.anchors.get(language)
    if thread.kind == "lesson":
        return Position(comment.lesson_id, "", 1 + count // PAGE)
    if anchor is None or anchor.state == "gone":
        return Position(comment.lesson_id, "", 1, is_gone=True)
    return Position(comment.lesson_id, anchor.block_id, 1 + count // PAGE)


def _before(comment: Comment, oldest_first: bool) -> Any:
    """What stands before a comment in its thread."""
    here = (comments.c.thread_id == comment.thread_id) & comments.c.listed
    unpinned = 0 if comment.is_pinned else 1
    sooner = comments.c.root_id < comment.root_id if oldest_first else comments.c.root_id > comment.root_id
    same_exchange = and_(comments.c.root_id == comment.root_id, comments.c.id < comment.id)
    same_rank = and_(comments.c.unpinned == unpinned, or_(sooner, same_exchange))
    return here & or_(comments.c.unpinned < unpinned, same_rank)
