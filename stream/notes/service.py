"""Keeping a note and setting a bookmark."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from stream.db import insert_once, write
from stream.ledger.codec import instant_text
from stream.notes.models import bookmarks, notes

LONGEST = 20_000  # characters


class TooLong(Exception):
    """The note is longer than any that is kept."""


class ChangedElsewhere(Exception):
    """The note was changed on another device since this form was opened; `text` is how it reads now."""

    def __init__(self, text: str, version: int) -> None:
        super().__init__("changed elsewhere")
        self.text, self.version = text, version


@dataclass(frozen=True, slots=True)
class NewText:
    """What a note is to say, and the version of it that was read before."""

    text: str
    version: int


def save(learner_id: str, lesson_id: str, new: NewText, at: datetime) -> None:
    """Keep the note; an empty one removes it. Raises TooLong or ChangedElsewhere, and then keeps nothing."""
    if len(new.text) > LONGEST:
        raise TooLong

    def work(connection: Connection) -> None:
        mine = (notes.c.learner_id == learner_id) & (notes.c.lesson_id == lesson_id)
        row = connection.execute(select(notes.c.text, notes.c.version).where(mine)).first()
        version = row.version if row else 0
        if version != new.version and row is not None and row.text != new.text:
            raise ChangedElsewhere(row.text, row.version)
        connection.execute(delete(notes).where(mine))
        if new.text.strip():
            values = {"learner_id": learner_id, "lesson_id": lesson_id, "text": new.text, "version": version + 1}
            connection.execute(insert(notes).values(saved_at=instant_text(at), **values))

    write(work)


def bookmark(learner_id: str, lesson_id: str, is_set: bool, at: datetime) -> None:
    """Set the bookmark on a lesson, or take it away."""

    def work(connection: Connection) -> None:
        if is_set:
            insert_once(connection, bookmarks, learner_id=learner_id, lesson_id=lesson_id, at=instant_text(at))
            return
        mine = (bookmarks.c.learner_id == learner_id) & (bookmarks.c.lesson_id == lesson_id)
        connection.execute(delete(bookmarks).where(mine))

    write(work)
