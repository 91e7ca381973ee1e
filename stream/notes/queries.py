"""A learner's notes and bookmarks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from stream.db import reading
from stream.ledger.codec import instant
from stream.notes.models import bookmarks, notes


@dataclass(frozen=True, slots=True)
class Mine:
    """What a learner has put beside one lesson."""

    note: str = ""
    version: int = 0
    is_bookmarked: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """A lesson with a note or a bookmark, the latest first."""

    lesson_id: str
    note: str
    is_bookmarked: bool
    at: datetime


def mine_on(learner_id: str | None, lesson_id: str) -> Mine:
    """The learner's note and bookmark on a lesson; visitors have none."""
    if learner_id is None:
        return Mine()
    set_mark = select(bookmarks.c.lesson_id).where(
        bookmarks.c.learner_id == learner_id, bookmarks.c.lesson_id == lesson_id
    )
    note = select(notes.c.text, notes.c.version).where(notes.c.learner_id == learner_id, notes.c.lesson_id == lesson_id)
    with reading() as connection:
        is_bookmarked = connection.execute(set_mark).first() is not None
        row = connection.execute(note).first()
    return Mine(row.text, row.version, is_bookmarked) if row else Mine(is_bookmarked=is_bookmarked)


def all_of(learner_id: str) -> list[Noted]:
    """Every lesson with a note or a bookmark."""
    with reading() as connection:
        noted = connection.execute(select(notes).where(notes.c.learner_id == learner_id)).all()
        marked = connection.execute(select(bookmarks).where(bookmarks.c.learner_id == learner_id)).all()
    marks = {row.lesson_id: instant(row.at) for row in marked}
    found = [Noted(row.lesson_id, row.text, row.lesson_id in marks, instant(row.saved_at)) for row in noted]
    with_note = {each.lesson_id for each in found}
    found += [Noted(key, "", True, at) for key, at in marks.items() if key not in with_note]
    return sorted(found, key=lambda each: each.at, reverse=True)
