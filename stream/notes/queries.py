"""A learner's notes and bookmarks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from stream.db import reading
from stream.ledger.codec import instant
from stream.notes.models import WHOLE, bookmarks, notes
from stream.passages.changes import changes
from stream.passages.models import anchors
from stream.passages.service import Passage, anchor_of
from stream.together import Answers, Part


@dataclass(frozen=True, slots=True)
class Mine:
    """What a learner has put beside a lesson or a passage of it.

    `quote` is the passage as it was last seen, `changes` how its words have changed since; both empty for a lesson.
    """

    note: str = ""
    version: int = 0
    is_bookmarked: bool = False
    passage: int = WHOLE
    block: str = ""
    quote: str = ""
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OnLesson:
    """All that a learner has put beside one lesson: on the whole, on its blocks, and on passages that are gone."""

    whole: Mine = field(default_factory=Mine)
    blocks: dict[str, tuple[Mine, ...]] = field(default_factory=dict)
    gone: tuple[Mine, ...] = ()

    @property
    def blank(self) -> Mine:
        """What a form begins with where there is nothing yet."""
        return Mine()

    def at(self, block: str) -> tuple[Mine, ...]:
        """What stands at a block; more than one where two blocks became one."""
        return self.blocks.get(block, ())


@dataclass(frozen=True, slots=True)
class Noted:
    """A note or a bookmark, with where it is. `block` is "" for a whole lesson, and where the passage is gone."""

    lesson_id: str
    note: str
    is_bookmarked: bool
    at: datetime
    block: str = ""
    quote: str = ""
    is_gone: bool = False


NOTES = """
SELECT CAST(passage_id AS TEXT) AS passage, text, CAST(version AS TEXT) AS version, saved_at, NULL AS e
FROM lesson_notes WHERE learner_id = :me AND lesson_id = :lesson
"""
BOOKMARKS = """
SELECT CAST(passage_id AS TEXT) AS passage, at, NULL AS c, NULL AS d, NULL AS e
FROM bookmarks WHERE learner_id = :me AND lesson_id = :lesson
"""


def own_notes(learner_id: str | None, lesson_id: str) -> tuple[Part, ...]:
    """What `on_lesson` wants to know; nothing of a visitor."""
    if learner_id is None:
        return ()
    given = {"me": learner_id, "lesson": lesson_id}
    return Part("lesson_notes", NOTES, given), Part("bookmarks", BOOKMARKS, given)


def on_lesson(own: Answers, language: str) -> OnLesson:
    """A learner's notes and bookmarks on a lesson whose text is read in `language`, from the answers to `own_notes`.
    Reads once more where passages have some.
    """
    found: dict[int, _Row] = {}
    for passage, text, version, saved_at, _ in own.get("lesson_notes", ()):
        found[int(passage)] = _Row(int(passage), text, int(version), at=saved_at)
    for passage, at, *_ in own.get("bookmarks", ()):
        row = found.setdefault(int(passage), _Row(int(passage)))
        row.is_bookmarked, row.at = True, max(row.at, at)
    places: Mapping[int, Passage] = {}
    if ids := found.keys() - {WHOLE}:
        with reading() as connection:
            places = _passages(connection, ids)
    whole, blocks, gone = Mine(), dict[str, tuple[Mine, ...]](), list[Mine]()
    for passage_id, row in sorted(found.items()):
        mine = _mine(row, places.get(passage_id), language)
        if passage_id == WHOLE:
            whole = mine
        elif mine.block:
            blocks[mine.block] = (*blocks.get(mine.block, ()), mine)
        else:
            gone.append(mine)
    return OnLesson(whole, blocks, tuple(gone))


def all_of(learner_id: str, language: str) -> list[Noted]:
    """Every note and bookmark, the latest first, with the passages as they read in `language` where they can."""
    with reading() as connection:
        found = _rows(connection, learner_id)
        places = _passages(connection, {passage_id for _, passage_id in found} - {WHOLE})
    noted = [_noted(lesson_id, row, places.get(key), language) for (lesson_id, key), row in found.items()]
    return sorted(noted, key=lambda each: each.at, reverse=True)


@dataclass(slots=True)
class _Row:
    """A note and a bookmark on the same thing."""

    passage_id: int
    note: str = ""
    version: int = 0
    is_bookmarked: bool = False
    at: str = ""


def _rows(connection: Connection, learner_id: str) -> dict[tuple[str, int], _Row]:
    """(lesson, passage) -> what the learner has put there. Two reads."""
    found: dict[tuple[str, int], _Row] = {}
    for table in (notes, bookmarks):
        for row in connection.execute(select(table).where(table.c.learner_id == learner_id)):
            mine = found.setdefault((row.lesson_id, row.passage_id), _Row(row.passage_id))
            _take(mine, row)
    return found


def _take(mine: _Row, row: Any) -> None:
    if hasattr(row, "text"):
        mine.note, mine.version, mine.at = row.text, row.version, max(mine.at, row.saved_at)
    else:
        mine.is_bookmarked, mine.at = True, max(mine.at, row.at)


def _passages(connection: Connection, ids: set[int]) -> dict[int, Passage]:
    """The passages with these ids; no read where there are none."""
    found: dict[int, Passage] = {}
    if ids:
        for row in connection.execute(select(anchors).where(anchors.c.passage_id.in_(ids))):
            found.setdefault(row.passage_id, Passage(row.passage_id, {})).anchors[row.language] = anchor_of(row)
    return found


def _mine(row: _Row, passage: Passage | None, language: str) -> Mine:
    values = {"note": row.note, "version": row.version, "is_bookmarked": row.is_bookmarked, "passage": row.passage_id}
    if passage is None:
        return Mine(**values)  # type: ignore[arg-type]
    here, last = passage.anchor_in(language), passage.last_anchor(language)
    changed = changes(here.first_text, here.text) if here is not None and here.state == "reworded" else ()
    return Mine(**values, block=here.block_id if here else "", quote=last.text, changes=changed)  # type: ignore[arg-type]


def _noted(lesson_id: str, row: _Row, passage: Passage | None, language: str) -> Noted:
    values = {"lesson_id": lesson_id, "note": row.note, "is_bookmarked": row.is_bookmarked, "at": instant(row.at)}
    if passage is None:
        return Noted(**values)  # type: ignore[arg-type]
    here, last = passage.anchor_in(language), passage.last_anchor(language)
    block = here.block_id if here else ""
    return Noted(**values, block=block, quote=last.text, is_gone=here is None)  # type: ignore[arg-type]
