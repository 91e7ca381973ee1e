"""What becomes of the wish for no reviews when the account is deleted. The answers stand in the ledger."""

from typing import Any

from flask import Flask
from sqlalchemy import Connection, delete

from stream.accounts.signals import account_erased
from stream.review.models import without_review


def init_app(app: Flask) -> None:
    """Hear of members who leave."""
    account_erased.connect(_forget, app)


def _forget(_site: Flask, *, connection: Connection, learner_id: str, **_more: Any) -> None:
    connection.execute(delete(without_review).where(without_review.c.learner_id == learner_id))
