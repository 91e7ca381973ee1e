"""Keeping a note and setting a bookmark, on a lesson or on a passage of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert, select

from stream.catalogue.model import Lesson
from stream.db import insert_once, write
from stream.ledger.codec import instant_text
from stream.notes.models import WHOLE, bookmarks, notes
from stream.passages.models import passages
from stream.passages.service import open_passage
from stream.refusal import Refusal

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


@dataclass(frozen=True, slots=True)
class Place:
    """What a note is about: a `passage` that is known, a `block` of the text in `language`, or the whole lesson."""

    lesson: Lesson
    language: str
    block: str = ""
    passage: int = WHOLE


def save(learner_id: str, place: Place, new: NewText, at: datetime) -> None:
    """Keep the note; an empty one removes it. Raises TooLong, ChangedElsewhere or Refusal, and then keeps nothing."""
    if len(new.text) > LONGEST:
        raise TooLong

    def work(connection: Connection) -> None:
        passage_id = _passage_id(connection, place, at)
        mine = _mine(notes, learner_id, place, passage_id)
        row = connection.execute(select(notes.c.text, notes.c.version).where(mine)).first()
        version = row.version if row else 0
        if version != new.version and row is not None and row.text != new.text:
            raise ChangedElsewhere(row.text, row.version)
        connection.execute(delete(notes).where(mine))
        if new.text.strip():
            key = {"learner_id": learner_id, "lesson_id": place.lesson.id, "passage_id": passage_id}
            values = {"text": new.text, "version": version + 1, "saved_at": instant_text(at)}
            connection.execute(insert(notes).values(**key, **values))

    write(work)


def bookmark(learner_id: str, place: Place, is_set: bool, at: datetime) -> None:
    """Set the bookmark on a lesson or passage, or take it away."""

    def work(connection: Connection) -> None:
        passage_id = _passage_id(connection, place, at)
        if is_set:
            key = {"learner_id": learner_id, "lesson_id": place.lesson.id, "passage_id": passage_id}
            insert_once(connection, bookmarks, **key, at=instant_text(at))
            return
        connection.execute(delete(bookmarks).where(_mine(bookmarks, learner_id, place, passage_id)))

    write(work)


def _passage_id(connection: Connection, place: Place, at: datetime) -> int:
    """The passage that is meant. Raises Refusal where the lesson has no such passage or block."""
    if place.passage != WHOLE:
        its = (passages.c.id == place.passage) & (passages.c.lesson_id == place.lesson.id)
        if connection.execute(select(passages.c.id).where(its)).first() is None:
            raise Refusal("unknown-block", 404)
        return place.passage
    if place.block:
        return open_passage(connection, place.lesson, place.language, place.block, at)
    return WHOLE


def _mine(table: Table, learner_id: str, place: Place, passage_id: int):  # type: ignore[no-untyped-def]
    key = (table.c.learner_id == learner_id) & (table.c.lesson_id == place.lesson.id)
    return key & (table.c.passage_id == passage_id)
