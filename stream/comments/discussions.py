"""All the talk about a lesson, a page of it at a time."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_

from stream.catalogue.model import Lesson
from stream.comments.block_threads import BlockThread, detached_threads, marks_of, quotes_of
from stream.comments.comment import COLUMNS, Comment, Viewer, comments_in
from stream.comments.models import comments
from stream.comments.thread_pages import PAGE, Sort, ThreadPage, page_of
from stream.comments.threads import Thread, threads_of
from stream.comments.versions import version_within
from stream.db import snapshot
from stream.statements import run


@dataclass(frozen=True, slots=True)
class Discussion:
    """All the talk about a lesson."""

    page: ThreadPage
    total: int  # comments that everybody sees, on the lesson and on its blocks
    marks: dict[str, int]  # block id -> number of comments on it
    quotes: tuple[tuple[str, str, int], ...]  # (block id, its beginning, number of comments) in order of the text
    detached: tuple[BlockThread, ...]
    waiting: tuple[Comment, ...]  # held ones: the viewer's own, for moderators all
    alerts: str = "mine"  # "all" or "none"; as the draft, whoever asks adds their own
    draft: str = ""
    kept_as: tuple[Hashable, ...] = ()  # what it is known by, where others see the same but for what is their own


def discussion_of(lesson: Lesson, language: str, viewer: Viewer, sort: Sort, number: int = 1) -> tuple[Discussion, int]:
    """The lesson's thread, its block threads as marks, and what has lost its place in the text; and its version."""
    with snapshot() as connection:
        version = version_within(connection, lesson.id)
        found = threads_of(connection, lesson.id)
        main = next((thread for thread in found if thread.kind == "lesson"), None)
        page = _page(connection, main, viewer, sort, number)
        marks = marks_of(found, language)
        read = Discussion(
            page=page,
            total=sum(thread.shown for thread in found),
            marks=marks,
            quotes=quotes_of(lesson, language, marks),
            detached=detached_threads(connection, found, language, viewer),
            waiting=_waiting(connection, lesson.id, viewer),
        )
    return read, version


def with_new(found: Discussion, comment: Comment) -> Discussion:
    """The first page, newest first, after a comment on the lesson has come: it follows what is pinned."""
    before = found.page.comments
    pinned = sum(each.is_pinned for each in before)
    listed = (*before[:pinned], comment, *before[pinned:])
    page = ThreadPage(
        thread_id=comment.thread_id,
        comments=listed[:PAGE],
        shown=found.page.shown + 1,
        number=1,
        has_more=found.page.has_more or len(listed) > PAGE,
        sort="newest",
    )
    return replace(found, page=page, total=found.total + 1)


def as_writer_sees(found: Discussion, learner_id: str) -> Discussion:
    """What everybody sees, as one of its writers does."""
    detached = tuple(replace(thread, page=_with_own(thread.page, learner_id)) for thread in found.detached)
    return replace(found, page=_with_own(found.page, learner_id), detached=detached)


def _with_own(page: ThreadPage, learner_id: str) -> ThreadPage:
    seen = (each._replace(is_mine=True) if each.learner_id == learner_id else each for each in page.comments)
    return replace(page, comments=tuple(seen))


def _page(connection: Connection, thread: Thread | None, viewer: Viewer, sort: Sort, number: int) -> ThreadPage:
    if thread is None:
        return ThreadPage(None, (), 0, 1, False, sort)
    return page_of(connection, [thread], viewer, sort, number)


def _waiting(connection: Connection, lesson_id: str, viewer: Viewer) -> tuple[Comment, ...]:
    if viewer.learner_id is None or not (viewer.may_moderate or _has_held(connection, lesson_id, viewer.learner_id)):
        return ()
    held = and_(comments.c.lesson_id == lesson_id, comments.c.state == "held")
    if not viewer.may_moderate:
        held = and_(held, comments.c.learner_id == viewer.learner_id)
    return comments_in(connection, COLUMNS.where(held).order_by(comments.c.id).limit(PAGE), viewer)


def _has_held(connection: Connection, lesson_id: str, learner_id: str) -> bool:
    """Mostly not: asked without the layers above the driver, and at the same moment as all the rest."""
    query = "SELECT 1 FROM comments WHERE lesson_id = :lesson AND learner_id = :me AND state = 'held'"
    return bool(run(connection, query, {"lesson": lesson_id, "me": learner_id}))
