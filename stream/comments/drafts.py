"""Texts that could not be sent, kept for the form they were meant for."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from stream.comments.models import drafts
from stream.db import reading, write
from stream.ledger.codec import instant_text
from stream.statements import run


def place_of(lesson_id: str, block: str, parent: int | None) -> str:
    """What a draft was meant for."""
    return f"{lesson_id}|{block}|{parent or ''}"[:400]


def draft_of(learner_id: str, place: str) -> str:
    """A text that was kept for a form."""
    query = select(drafts.c.body).where(drafts.c.learner_id == learner_id, drafts.c.place == place)
    with reading() as connection:
        return connection.execute(query).scalar_one_or_none() or ""


def keep_draft(learner_id: str, place: str, body: str, at: datetime) -> None:
    """Keep a text that could not be sent, for the form it was meant for."""

    def work(connection: Connection) -> None:
        mine = (drafts.c.learner_id == learner_id) & (drafts.c.place == place)
        connection.execute(delete(drafts).where(mine))
        if body.strip():
            values = {"learner_id": learner_id, "place": place, "body": body, "saved_at": instant_text(at)}
            connection.execute(insert(drafts).values(values))

    write(work)


def forget_draft(connection: Connection, learner_id: str, place: str) -> None:
    """Keep a form's text no longer: it was sent."""
    query = "DELETE FROM comment_drafts WHERE learner_id = :me AND place = :place"
    run(connection, query, {"me": learner_id, "place": place})
