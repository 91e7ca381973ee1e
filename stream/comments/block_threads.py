"""The talk about blocks: beside them, and where a block is gone; how many comments each has."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from stream.catalogue.model import Lesson
from stream.comments.comment import COLUMNS, Comment, Viewer, comments_in
from stream.comments.drafts import place_of
from stream.comments.models import comments, drafts, follows
from stream.comments.thread_pages import PAGE, ThreadPage, page_of
from stream.comments.threads import Thread, thread_at, threads_of
from stream.db import reading
from stream.passages.changes import changes
from stream.passages.service import Anchor, may_be_passage


@dataclass(frozen=True, slots=True)
class BlockThread:
    """The talk about one block: its comments, and how its words have changed since the thread began."""

    block: str
    quote: str
    changes: tuple[tuple[str, str], ...]  # empty: not changed
    page: ThreadPage
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Extras:
    """What only a member has: alerts and a draft."""

    alerts: str = "mine"
    draft: str = ""


def block_thread_of(lesson: Lesson, language: str, block: str, viewer: Viewer, number: int = 1) -> BlockThread | None:
    """The talk about one block of the text in `language`; None when the text has no such block."""
    text = lesson.translation(language)
    if not may_be_passage(text, block):
        return None
    words = next(each.text for each in text.document.blocks if each.id == block)
    with reading() as connection:
        found = thread_at(threads_of(connection, lesson.id), text.language, block)
        page = _page_of_all(connection, found, viewer, number)
    anchors = [thread.anchors[text.language] for thread in found]
    changed = next((changes(anchor.first_text, words) for anchor in anchors if anchor.state == "reworded"), ())
    return BlockThread(block, words, changed, page)


def detached_thread_of(
    lesson: Lesson, language: str, thread_id: int, viewer: Viewer, number: int = 1
) -> BlockThread | None:
    """The talk about a block that is gone from the text in `language`."""
    with reading() as connection:
        found = (thread for thread in threads_of(connection, lesson.id) if thread.id == thread_id)
        thread = next((each for each in found if _is_gone(each, language)), None)
        if thread is None:
            return None
        page = page_of(connection, [thread], viewer, "oldest", number)
    anchor = _last_anchor(thread, language)
    return BlockThread(anchor.block_id, anchor.text, (), page, is_gone=True)


def block_extras(lesson: Lesson, block: str, thread_id: int | None, viewer: Viewer) -> Extras:
    """The viewer's alerts and draft for a block thread."""
    with reading() as connection:
        thread = Thread(thread_id, "block", 0, {}) if thread_id else None
        return _extras(connection, thread, viewer, place_of(lesson.id, block, None))


def marks_of(found: Iterable[Thread], language: str) -> dict[str, int]:
    """How many comments each block of this text has, where it has any."""
    marks: dict[str, int] = {}
    for thread in found:
        anchor = thread.anchors.get(language)
        if anchor is not None and anchor.state != "gone" and thread.shown:
            marks[anchor.block_id] = marks.get(anchor.block_id, 0) + thread.shown
    return marks


def quotes_of(lesson: Lesson, language: str, marks: dict[str, int]) -> tuple[tuple[str, str, int], ...]:
    """(block id, its text, number of comments) of each marked block, in order of the text."""
    blocks = lesson.translation(language).document.blocks
    return tuple((block.id, block.text, marks[block.id]) for block in blocks if block.id in marks)


def detached_threads(
    connection: Connection, found: Iterable[Thread], language: str, viewer: Viewer
) -> tuple[BlockThread, ...]:
    """Threads whose block is gone from this text, with its last words; one read for all of them."""
    gone = {thread.id: thread for thread in found if _is_gone(thread, language)}
    if not gone:
        return ()
    query = (
        COLUMNS.where(comments.c.thread_id.in_(gone), comments.c.listed)
        .order_by(comments.c.thread_id, comments.c.root_id, comments.c.id)
        .limit(PAGE)
    )
    rows = comments_in(connection, query, viewer)
    return tuple(_gone_thread(thread, language, rows) for thread in gone.values())


def _page_of_all(connection: Connection, found: list[Thread], viewer: Viewer, number: int) -> ThreadPage:
    """A block's thread reads from its beginning."""
    if not found:
        return ThreadPage(None, (), 0, 1, False, "oldest")
    return page_of(connection, found, viewer, "oldest", number)


def _extras(connection: Connection, thread: Thread | None, viewer: Viewer, place: str) -> Extras:
    if viewer.learner_id is None:
        return Extras()
    mine = follows.c.learner_id == viewer.learner_id
    level = select(follows.c.level).where(mine, follows.c.thread_id == (thread.id if thread else 0))
    draft = select(drafts.c.body).where(drafts.c.learner_id == viewer.learner_id, drafts.c.place == place)
    row = connection.execute(
        select(level.scalar_subquery().label("level"), draft.scalar_subquery().label("draft"))
    ).one()
    return Extras(row.level or "mine", row.draft or "")


def _is_gone(thread: Thread, language: str) -> bool:
    anchor = thread.anchors.get(language)
    return thread.kind == "block" and thread.shown > 0 and (anchor is None or anchor.state == "gone")


def _gone_thread(thread: Thread, language: str, rows: Iterable[Comment]) -> BlockThread:
    anchor = _last_anchor(thread, language)
    mine = tuple(comment for comment in rows if comment.thread_id == thread.id)
    page = ThreadPage(thread.id, mine, thread.shown, 1, len(mine) < thread.shown, "oldest")
    return BlockThread(anchor.block_id, anchor.text, (), page, is_gone=True)


def _last_anchor(thread: Thread, language: str) -> Anchor:
    return thread.anchors.get(language) or next(iter(thread.anchors.values()))
