"""What members may do with the comments of others: find them helpful, report them. Each commits once."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from stream.comments.models import comments, flags, helpful
from stream.comments.writers import Unfit, Writer, check_writer
from stream.db import insert_once, write
from stream.ledger.codec import instant_text
from stream.refusal import Refusal


def find_helpful(writer: Writer, comment_id: int, is_helpful: bool) -> None:
    """Mark a comment as helpful, once for each member, or take that back. One's own cannot be marked."""
    if writer.is_blocked:
        raise Refusal("blocked", 403)

    def work(connection: Connection) -> None:
        row = shown_comment(connection, comment_id)
        if row.learner_id == writer.learner_id:
            raise Refusal("own-comment", 403)
        if is_helpful:
            insert_once(connection, helpful, comment_id=comment_id, learner_id=writer.learner_id)
        else:
            mine = (helpful.c.comment_id == comment_id) & (helpful.c.learner_id == writer.learner_id)
            connection.execute(delete(helpful).where(mine))

    write(work)


def flag(writer: Writer, comment_id: int, why: str, at: datetime) -> None:
    """Ask moderators to look at a comment. Once for each member; its writer never learns who asked."""
    check_writer(writer)
    if not why.strip():
        raise Unfit("empty")

    def work(connection: Connection) -> None:
        if shown_comment(connection, comment_id).learner_id == writer.learner_id:
            raise Refusal("own-comment", 403)
        values = {"comment_id": comment_id, "learner_id": writer.learner_id, "why": why.strip()[:500]}
        insert_once(connection, flags, at=instant_text(at), **values)

    write(work)


def shown_comment(connection: Connection, comment_id: int) -> Any:
    """A comment that everybody sees."""
    row = connection.execute(select(comments).where(comments.c.id == comment_id, comments.c.state == "shown")).first()
    if row is None:
        raise Refusal("unknown-comment", 404)
    return row
