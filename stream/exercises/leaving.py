"""What becomes of a member's answers and notes when the account is deleted, and what the member may take along."""

from typing import Any

from flask import Flask
from sqlalchemy import Connection, delete, select

from stream.accounts.signals import account_erased, personal_data_asked
from stream.accounts.takeout import rows_of
from stream.exercises.models import attempts, notes


def init_app(app: Flask) -> None:
    """Hear of members who leave, and of those who download what is theirs."""
    account_erased.connect(_forget, app)
    personal_data_asked.connect(_take_along, app)


def _forget(_site: Flask, *, connection: Connection, learner_id: str, **_more: Any) -> None:
    for table in (attempts, notes):
        connection.execute(delete(table).where(table.c.learner_id == learner_id))


def _take_along(_site: Flask, *, learner_id: str) -> tuple[str, dict[str, Any]]:
    tried = (attempts.c.exercise, attempts.c.answer, attempts.c.passed, attempts.c.at)
    noted = (notes.c.exercise, notes.c.text, notes.c.saved_at)
    mine = {
        "attempts": select(*tried).where(attempts.c.learner_id == learner_id).order_by(attempts.c.id),
        "notes": select(*noted).where(notes.c.learner_id == learner_id).order_by(notes.c.exercise),
    }
    return "exercises", rows_of(mine)
