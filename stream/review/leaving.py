"""The wish for no reviews: deleted with the account, and in the download. The answers stand in the ledger."""

from typing import Any

from flask import Flask
from sqlalchemy import Connection, delete

from stream.accounts.signals import account_erased, personal_data_asked
from stream.review.models import without_review
from stream.review.queries import wants_reviews


def init_app(app: Flask) -> None:
    """Hear of members who leave, and of those who download what is theirs."""
    account_erased.connect(_forget, app)
    personal_data_asked.connect(_take_along, app)


def _forget(_site: Flask, *, connection: Connection, learner_id: str, **_more: Any) -> None:
    connection.execute(delete(without_review).where(without_review.c.learner_id == learner_id))


def _take_along(_site: Flask, *, learner_id: str) -> tuple[str, dict[str, Any]]:
    return "review", {"wanted": wants_reviews(learner_id)}
