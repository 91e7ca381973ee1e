"""What moderators may do with comments and their writers. Each act is recorded with who, when and why."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from stream.accounts.admin_acts import SITE, Deed, record
from stream.accounts.service import block_member, unblock_member
from stream.comments import tree
from stream.comments.announcing import announce
from stream.comments.models import comments, flags, patterns
from stream.comments.texts import made_of
from stream.comments.writers import Unfit
from stream.db import insert_once, reading, write
from stream.ledger.codec import instant_text
from stream.notifications.service import MailRules, Notice, notify, withdraw
from stream.refusal import Refusal

LONGEST_PATTERN = 200
FLOOD_REACHES_BACK = timedelta(hours=1)


def approve(moderator: str, comment_id: int, mail: MailRules | None, at: datetime, why: str = "") -> None:
    """Let a held or hidden comment be seen by everybody; only now do others hear of it."""
    body = _row(comment_id).body
    mentioned = made_of(body)[1]

    def work(connection: Connection) -> None:
        row = _locked(connection, comment_id, ("held", "hidden"))
        _set_state(connection, row, "shown")
        _settle_flags(connection, comment_id, at)
        record(connection, Deed(moderator, "approve", f"comment:{comment_id}", why), at)
        announce(connection, comment_id, mentioned, mail, at)
        notify(connection, [_told(row, "approved", "")], mail, at)

    write(work)


def hide(moderator: str, comment_id: int, why: str, mail: MailRules | None, at: datetime) -> None:
    """Take a comment out of sight; its writer is told why and keeps the text."""
    _require(why)

    def work(connection: Connection) -> None:
        row = _locked(connection, comment_id, ("held", "shown"))
        _set_state(connection, row, "hidden")
        withdraw(connection, f"comment:{comment_id}")
        _settle_flags(connection, comment_id, at)
        record(connection, Deed(moderator, "hide", f"comment:{comment_id}", why), at)
        notify(connection, [_told(row, "hidden", why)], mail, at)

    write(work)


def erase(moderator: str, comment_id: int, why: str, at: datetime) -> None:
    """Remove the text of a comment for good: for what must not stay in the database either."""
    _require(why)

    def work(connection: Connection) -> None:
        row = _locked(connection, comment_id, ("held", "shown", "hidden"))
        wiped = {"body": "", "html": "", "plain": ""}
        connection.execute(update(comments).where(comments.c.id == comment_id).values(wiped))
        _set_state(connection, row, "deleted")
        withdraw(connection, f"comment:{comment_id}")
        _settle_flags(connection, comment_id, at)
        record(connection, Deed(moderator, "delete", f"comment:{comment_id}", why), at)

    write(work)


def keep(moderator: str, comment_id: int, why: str, at: datetime) -> None:
    """Leave a reported comment as it is."""

    def work(connection: Connection) -> None:
        _locked(connection, comment_id, ("shown",))
        _settle_flags(connection, comment_id, at)
        record(connection, Deed(moderator, "keep", f"comment:{comment_id}", why), at)

    write(work)


def pin(moderator: str, comment_id: int, is_pinned: bool, at: datetime) -> None:
    """Put an exchange first in its thread, or back to where it was."""

    def work(connection: Connection) -> None:
        row = _locked(connection, comment_id, ("shown",))
        if row.parent_id is not None:
            raise Refusal("unknown-comment", 404)
        exchange = update(comments).where(comments.c.root_id == comment_id)
        connection.execute(exchange.values(unpinned=0 if is_pinned else 1))
        record(connection, Deed(moderator, "pin" if is_pinned else "unpin", f"comment:{comment_id}"), at)

    write(work)


def mark_answer(learner_id: str, may_moderate: bool, comment_id: int, is_answer: bool, at: datetime) -> None:
    """Say that a reply answers the question it belongs to: moderators may, and whoever asked."""

    def work(connection: Connection) -> None:
        row = _locked(connection, comment_id, ("shown",))
        root = connection.execute(select(comments).where(comments.c.id == row.root_id)).one()
        if row.id == row.root_id or not (may_moderate or root.learner_id == learner_id):
            raise Refusal("unknown-comment", 404)
        value = comment_id if is_answer else None
        connection.execute(update(comments).where(comments.c.id == row.root_id).values(answer_id=value))
        if may_moderate:
            record(connection, Deed(learner_id, "answer" if is_answer else "unanswer", f"comment:{comment_id}"), at)

    write(work)


def block(moderator: str, learner_id: str, why: str, at: datetime) -> None:
    """Let a member read, but not write; they are told why when they try."""
    _require(why)
    write(lambda connection: block_member(connection, moderator, learner_id, why, at))


def unblock(moderator: str, learner_id: str, why: str, at: datetime) -> None:
    """Let a member write again."""
    write(lambda connection: unblock_member(connection, moderator, learner_id, why, at))


def hold_flood(learner_id: str, at: datetime) -> None:
    """Hold what somebody who floods the site has written of late, and write down that the site did so."""
    for comment_id in _quarantine(learner_id, at):
        deed = Deed(SITE, "hold", f"comment:{comment_id}", "flood")
        write(lambda connection, deed=deed: record(connection, deed, at))  # type: ignore[misc]


def add_pattern(moderator: str, words: str, at: datetime) -> None:
    """Hold every new comment with these words in it."""
    words = " ".join(words.replace("\0", " ").split())  # PostgreSQL takes no NUL
    if not 2 <= len(words) <= LONGEST_PATTERN:
        raise Unfit("pattern-length")

    def work(connection: Connection) -> None:
        if insert_once(connection, patterns, words=words, created_at=instant_text(at)):
            record(connection, Deed(moderator, "add-pattern", "patterns", words), at)

    write(work)


def remove_pattern(moderator: str, pattern_id: int, at: datetime) -> None:
    """No longer hold comments for these words."""

    def work(connection: Connection) -> None:
        words = connection.execute(select(patterns.c.words).where(patterns.c.id == pattern_id)).scalar_one_or_none()
        if words is not None:
            connection.execute(delete(patterns).where(patterns.c.id == pattern_id))
            record(connection, Deed(moderator, "remove-pattern", "patterns", words), at)

    write(work)


def _row(comment_id: int) -> Any:
    with reading() as connection:
        return _locked(connection, comment_id, ("held", "hidden"))


def _locked(connection: Connection, comment_id: int, states: tuple[str, ...]) -> Any:
    """The comment, if it is in one of these states; a second click of a moderator finds another one."""
    row = connection.execute(select(comments).where(comments.c.id == comment_id)).first()
    if row is None:
        raise Refusal("unknown-comment", 404)
    if row.state not in states:
        raise Refusal("already-done", 409)
    return row


def _set_state(connection: Connection, row: Any, state: str) -> None:
    connection.execute(update(comments).where(comments.c.id == row.id).values(state=state, held_why=None))
    tree.settle(connection, row.root_id)


def _settle_flags(connection: Connection, comment_id: int, at: datetime) -> None:
    open_flags = update(flags).where(flags.c.comment_id == comment_id, flags.c.settled_at.is_(None))
    connection.execute(open_flags.values(settled_at=instant_text(at)))


def _told(row: Any, kind: str, why: str) -> Notice:
    excerpt = row.body if kind == "hidden" else row.plain[:300]  # out of sight, but not taken from its writer
    about = {"lesson": row.lesson_id, "comment": str(row.id), "excerpt": excerpt, "why": why}
    return Notice(row.learner_id, kind, f"{kind}:{row.id}:{row.version}", about)


def _require(why: str) -> None:
    if not why.strip():
        raise Unfit("why-missing")


def _quarantine(learner_id: str, at: datetime) -> list[int]:
    """Hold what a member who floods the site has written of late; the numbers of those comments.

    Nothing is lost: a moderator lets through what deserves it.
    """
    recent = (
        (comments.c.learner_id == learner_id)
        & (comments.c.state == "shown")
        & (comments.c.created_at >= instant_text(at - FLOOD_REACHES_BACK))
    )

    def work(connection: Connection) -> list[int]:
        rows = connection.execute(select(comments.c.id, comments.c.root_id).where(recent)).all()
        connection.execute(update(comments).where(recent).values(state="held", held_why="flood"))
        for root_id in {row.root_id for row in rows}:
            tree.settle(connection, root_id)
        for row in rows:
            withdraw(connection, f"comment:{row.id}")
        return [row.id for row in rows]

    return write(work)
