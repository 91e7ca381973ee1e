"""Answering an item that is due, and doing without reviews."""

from sqlalchemy import Connection, delete

from stream.db import insert_once, write
from stream.ledger.decisions import AnswerReview
from stream.ledger.rulebook import Rulebook
from stream.progress.service import Act, Outcome, record
from stream.review.models import without_review


def answer(act: Act, command: AnswerReview, rulebook: Rulebook) -> Outcome:
    """Record an answer, once however often it is sent."""
    return record(act, [command], rulebook)


def want_reviews(learner_id: str, wanted: bool) -> None:
    """Offer reviews, or offer none. What is due waits; nothing is lost."""

    def work(connection: Connection) -> None:
        if wanted:
            connection.execute(delete(without_review).where(without_review.c.learner_id == learner_id))
        else:
            insert_once(connection, without_review, learner_id=learner_id)

    write(work)
