"""What becomes of a member's notes and bookmarks when the account is deleted, and what the member may take along."""

from typing import Any

from flask import Flask
from sqlalchemy import Connection, Table, delete, select

from stream.accounts.signals import account_erased, personal_data_asked
from stream.accounts.takeout import rows_of
from stream.notes.models import bookmarks, notes
from stream.passages.models import anchors


def init_app(app: Flask) -> None:
    """Hear of members who leave, and of those who download what is theirs."""
    account_erased.connect(_forget, app)
    personal_data_asked.connect(_take_along, app)


def _forget(_site: Flask, *, connection: Connection, learner_id: str, **_more: Any) -> None:
    for table in (notes, bookmarks):
        connection.execute(delete(table).where(table.c.learner_id == learner_id))


def _take_along(_site: Flask, *, learner_id: str) -> tuple[str, dict[str, Any]]:
    mine = {
        "notes": select(notes.c.lesson_id, _paragraph(notes), notes.c.text, notes.c.saved_at).where(
            notes.c.learner_id == learner_id
        ),
        "bookmarks": select(bookmarks.c.lesson_id, _paragraph(bookmarks), bookmarks.c.at).where(
            bookmarks.c.learner_id == learner_id
        ),
    }
    return "notes", rows_of(mine)


def _paragraph(table: Table) -> Any:
    """The words of the passage that a note or bookmark is on, in one of its languages; none for a whole lesson."""
    words = select(anchors.c.text).where(anchors.c.passage_id == table.c.passage_id).order_by(anchors.c.language)
    return words.limit(1).scalar_subquery().label("paragraph")
