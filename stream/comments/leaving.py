"""What becomes of a member's comments when the account is deleted, and what the member may take along of them."""

import secrets
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import Connection, delete, or_, select, update

from stream.accounts.leaving import take_out
from stream.accounts.signals import account_erased, personal_data_asked
from stream.accounts.takeout import rows_of
from stream.accounts.traces import Traces
from stream.comments import tree
from stream.comments.models import comments, drafts, flags, follows, helpful, threads
from stream.ledger.codec import instant_text
from stream.markdown.comments import VERSION, compile_comment

WRITTEN = (
    comments.c.id,
    comments.c.lesson_id,
    comments.c.parent_id,
    comments.c.language,
    comments.c.body,
    comments.c.state,
    comments.c.created_at,
    comments.c.edited_at,
)


def init_app(app: Flask) -> None:
    """Hear of members who leave, and of those who download what is theirs."""
    account_erased.connect(_forget, app)
    personal_data_asked.connect(_take_along, app)


def _forget(
    _site: Flask, *, connection: Connection, learner_id: str, keep_comments: bool, traces: Traces, at: datetime
) -> None:
    for table in (helpful, flags, follows, drafts):
        connection.execute(delete(table).where(table.c.learner_id == learner_id))
    if not keep_comments:
        _remove(connection, learner_id, at)
    _take_name_out(connection, learner_id, traces)
    for column in (flags.c.why, drafts.c.body):
        take_out(connection, column, traces)
    nobody = secrets.token_hex(16)  # kept nowhere: nothing leads from the comments to the ledger any more
    connection.execute(update(comments).where(comments.c.learner_id == learner_id).values(learner_id=nobody))


def _remove(connection: Connection, learner_id: str, at: datetime) -> None:
    """Take all comments of a member back; where replies remain, a line says that there was one."""
    mine = comments.c.learner_id == learner_id
    theirs = flags.c.comment_id.in_(select(comments.c.id).where(mine)) & flags.c.settled_at.is_(None)
    connection.execute(update(flags).where(theirs).values(settled_at=instant_text(at)))
    gone = {"state": "deleted", "held_why": None, "body": "", "html": "", "plain": ""}
    connection.execute(update(comments).where(mine).values(gone))
    for root_id in connection.execute(select(comments.c.root_id).where(mine).distinct()).scalars().all():
        tree.settle(connection, root_id)


def _take_name_out(connection: Connection, learner_id: str, traces: Traces) -> None:
    """Of the member's own comments, and of those that call the member by name."""
    concerned = or_(comments.c.learner_id == learner_id, comments.c.body.contains("@"))
    query = select(comments.c.id, comments.c.learner_id, comments.c.body, comments.c.version).where(concerned)
    for row in connection.execute(query).all():
        body = traces.out_of_own(row.body) if row.learner_id == learner_id else traces.out_of(row.body)
        if body != row.body:
            values = {"body": body, "version": row.version + 1, **_made_of(body, traces)}
            connection.execute(update(comments).where(comments.c.id == row.id).values(values))


def _made_of(body: str, traces: Traces) -> dict[str, Any]:
    made = compile_comment(body, known=traces.other_in)
    return {"html": made.html, "plain": made.plain, "renderer": VERSION}


def _take_along(_site: Flask, *, learner_id: str) -> tuple[str, dict[str, Any]]:
    """The member's own comments, and what they did with others': those by number only."""
    mine = {
        "written": select(*WRITTEN).where(comments.c.learner_id == learner_id).order_by(comments.c.id),
        "helpful": select(helpful.c.comment_id).where(helpful.c.learner_id == learner_id),
        "reported": select(flags.c.comment_id, flags.c.why, flags.c.at).where(flags.c.learner_id == learner_id),
        "followed": (
            select(threads.c.lesson_id, threads.c.kind, follows.c.level)
            .join(threads, threads.c.id == follows.c.thread_id)
            .where(follows.c.learner_id == learner_id)
        ),
        "drafts": select(drafts.c.place, drafts.c.body, drafts.c.saved_at).where(drafts.c.learner_id == learner_id),
    }
    return "comments", rows_of(mine)
