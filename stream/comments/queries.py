"""Threads as one viewer sees them: frozen values, a constant number of reads however much was written."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Integer, Select, String, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from stream.accounts.models import User
from stream.accounts.publishing import IS_PUBLIC
from stream.accounts.shown import shown_without
from stream.catalogue.model import Lesson
from stream.comments.drafts import place_of
from stream.comments.models import comments, drafts, follows, helpful
from stream.comments.threads import Thread, thread_at, threads_of
from stream.comments.writers import may_still_change
from stream.db import reading, values
from stream.ledger.codec import instant
from stream.passages.anchoring import changes
from stream.passages.service import Anchor, may_be_passage
from stream.progress.queries import xp_of
from stream.statements import Prepared

PAGE = 50
Sort = Literal["newest", "oldest"]
SORTS: tuple[Sort, ...] = ("newest", "oldest")

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
    _Parent.c.parent_id.label("grandparent_id"),
    _ParentWriter.username.label("parent_writer"),
    _votes.scalar_subquery().label("votes"),
    _mine.exists().label("is_found_helpful"),
).select_from(
    comments.outerjoin(User, User.learner_id == comments.c.learner_id)
    .outerjoin(_Parent, _Parent.c.id == comments.c.parent_id)
    .outerjoin(_ParentWriter, _ParentWriter.learner_id == _Parent.c.learner_id)
)


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
    xp: int | None  # none: the writer does not show it
    helpful: int
    is_found_helpful: bool  # by the viewer
    is_mine: bool
    is_reply: bool
    parent_id: int | None
    in_reply_to: str | None  # the parent's writer, where the parent is itself a reply
    is_pinned: bool
    answer_id: int | None
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
class BlockThread:
    """The talk about one block: its comments, and how its words have changed since the thread began."""

    block: str
    quote: str
    changes: tuple[tuple[str, str], ...]  # empty: not changed
    page: ThreadPage
    is_gone: bool = False


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
    kept_as: tuple[Hashable, ...] = ()  # what it is known by


@dataclass(frozen=True, slots=True)
class _Extras:
    """What only a member has: alerts and a draft."""

    alerts: str = "mine"
    draft: str = ""


def discussion_of(lesson: Lesson, language: str, viewer: Viewer, sort: Sort, number: int = 1) -> Discussion:
    """The lesson's thread, its block threads as marks, and what has lost its place in the text."""
    with reading() as connection:
        found = threads_of(connection, lesson.id)
        main = next((thread for thread in found if thread.kind == "lesson"), None)
        page = _page(connection, main, viewer, sort, number)
        marks = _marks(found, language)
        return Discussion(
            page=page,
            total=sum(thread.shown for thread in found),
            marks=marks,
            quotes=_quotes(lesson, language, marks),
            detached=_detached(connection, found, language, viewer),
            waiting=_waiting(connection, lesson.id, viewer),
        )


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
        page = _page_of(connection, [thread], viewer, "oldest", number)
    anchor = _last_anchor(thread, language)
    return BlockThread(anchor.block_id, anchor.text, (), page, is_gone=True)


def block_extras(lesson: Lesson, block: str, thread_id: int | None, viewer: Viewer) -> _Extras:
    """The viewer's alerts and draft for a block thread."""
    with reading() as connection:
        thread = Thread(thread_id, "block", 0, {}) if thread_id else None
        return _extras(connection, thread, viewer, place_of(lesson.id, block, None))


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


@dataclass(frozen=True, slots=True)
class Position:
    """Where a comment is to be found: on which page of which thread. `block` is "" on the lesson's own thread."""

    lesson_id: str
    block: str
    number: int
    is_gone: bool = False


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


def latest(limit: int, lesson_id: str | None = None) -> tuple[Comment, ...]:
    """The newest comments that everybody sees, of one lesson or of all."""
    query = COLUMNS.where(comments.c.state == "shown").order_by(comments.c.id.desc()).limit(limit)
    if lesson_id is not None:
        query = query.where(comments.c.lesson_id == lesson_id)
    with reading() as connection:
        return comments_in(connection, query, Viewer())


def _page(connection: Connection, thread: Thread | None, viewer: Viewer, sort: Sort, number: int) -> ThreadPage:
    if thread is None:
        return ThreadPage(None, (), 0, 1, False, sort)
    return _page_of(connection, [thread], viewer, sort, number)


def _page_of_all(connection: Connection, found: list[Thread], viewer: Viewer, number: int) -> ThreadPage:
    """A block's thread reads from its beginning."""
    if not found:
        return ThreadPage(None, (), 0, 1, False, "oldest")
    return _page_of(connection, found, viewer, "oldest", number)


def _in_order(inside: Any, sort: Sort) -> Select[Any]:
    order = comments.c.root_id.desc() if sort == "newest" else comments.c.root_id
    query = COLUMNS.where(inside, comments.c.listed).order_by(comments.c.unpinned, order, comments.c.id)
    return query.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer))


_IN_THREAD = {sort: Prepared(_in_order(comments.c.thread_id == bindparam("thread"), sort)) for sort in SORTS}


def _page_of(connection: Connection, found: list[Thread], viewer: Viewer, sort: Sort, number: int) -> ThreadPage:
    ids, stretch = [thread.id for thread in found], {"limit": PAGE + 1, "offset": PAGE * (number - 1)}
    if len(ids) == 1:
        read = _IN_THREAD[sort].rows(connection, me=viewer.learner_id or "", thread=ids[0], **stretch)
        rows = _seen(connection, read, viewer)
    else:
        query = _in_order(comments.c.thread_id.in_(ids), sort).params(**stretch)
        rows = comments_in(connection, query, viewer)
    shown = sum(thread.shown for thread in found)
    return ThreadPage(ids[0], rows[:PAGE], shown, number, len(rows) > PAGE, sort)


def _visible(viewer: Viewer) -> Any:
    if viewer.may_moderate:
        return comments.c.state != "deleted"
    return or_(comments.c.listed, and_(comments.c.state == "held", comments.c.learner_id == (viewer.learner_id or "")))


def comments_in(connection: Connection, query: Select[Any], viewer: Viewer) -> tuple[Comment, ...]:
    """The comments that a query over COLUMNS finds."""
    return _seen(connection, connection.execute(query, {"me": viewer.learner_id or ""}).all(), viewer)


def _seen(connection: Connection, rows: Sequence[Any], viewer: Viewer) -> tuple[Comment, ...]:
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
        xp=xp if shown_without(row.hides or "").xp else None,
        helpful=row.votes,
        is_found_helpful=bool(row.is_found_helpful),
        is_mine=row.learner_id == viewer.learner_id,
        is_reply=row.parent_id is not None,
        parent_id=row.parent_id,
        in_reply_to=row.parent_writer if row.grandparent_id is not None else None,
        is_pinned=row.unpinned == 0,
        answer_id=row.answer_id,
        held_why=row.held_why,
    )


def _marks(found: Iterable[Thread], language: str) -> dict[str, int]:
    marks: dict[str, int] = {}
    for thread in found:
        anchor = thread.anchors.get(language)
        if anchor is not None and anchor.state != "gone" and thread.shown:
            marks[anchor.block_id] = marks.get(anchor.block_id, 0) + thread.shown
    return marks


def _quotes(lesson: Lesson, language: str, marks: dict[str, int]) -> tuple[tuple[str, str, int], ...]:
    blocks = lesson.translation(language).document.blocks
    return tuple((block.id, block.text, marks[block.id]) for block in blocks if block.id in marks)


def _detached(
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


def _waiting(connection: Connection, lesson_id: str, viewer: Viewer) -> tuple[Comment, ...]:
    if viewer.learner_id is None or not (viewer.may_moderate or _has_held(lesson_id, viewer.learner_id)):
        return ()
    held = and_(comments.c.lesson_id == lesson_id, comments.c.state == "held")
    if not viewer.may_moderate:
        held = and_(held, comments.c.learner_id == viewer.learner_id)
    return comments_in(connection, COLUMNS.where(held).order_by(comments.c.id).limit(PAGE), viewer)


def _has_held(lesson_id: str, learner_id: str) -> bool:
    """Mostly not: asked without the layers above the driver."""
    query = "SELECT 1 FROM comments WHERE lesson_id = :lesson AND learner_id = :me AND state = 'held'"
    return values().row(query, lesson=lesson_id, me=learner_id) is not None


def _extras(connection: Connection, thread: Thread | None, viewer: Viewer, place: str) -> _Extras:
    if viewer.learner_id is None:
        return _Extras()
    mine = follows.c.learner_id == viewer.learner_id
    level = select(follows.c.level).where(mine, follows.c.thread_id == (thread.id if thread else 0))
    draft = select(drafts.c.body).where(drafts.c.learner_id == viewer.learner_id, drafts.c.place == place)
    row = connection.execute(
        select(level.scalar_subquery().label("level"), draft.scalar_subquery().label("draft"))
    ).one()
    return _Extras(row.level or "mine", row.draft or "")


def _before(comment: Comment, oldest_first: bool) -> Any:
    """What stands before a comment in its thread."""
    here = (comments.c.thread_id == comment.thread_id) & comments.c.listed
    unpinned = 0 if comment.is_pinned else 1
    sooner = comments.c.root_id < comment.root_id if oldest_first else comments.c.root_id > comment.root_id
    same_exchange = and_(comments.c.root_id == comment.root_id, comments.c.id < comment.id)
    same_rank = and_(comments.c.unpinned == unpinned, or_(sooner, same_exchange))
    return here & or_(comments.c.unpinned < unpinned, same_rank)
