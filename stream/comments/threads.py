"""The threads of a lesson: one on the whole, and one on each passage that somebody has talked about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, insert, select

from stream.catalogue.model import Lesson
from stream.comments.models import threads
from stream.db import insert_once
from stream.ledger.codec import instant_text
from stream.passages.models import anchors
from stream.passages.service import Anchor, anchor_of, open_passage, settle
from stream.statements import Prepared, run


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of a lesson with the number of comments that everybody sees, and its passage's anchors by language."""

    id: int
    kind: str
    shown: int
    anchors: dict[str, Anchor]


_THREADS = Prepared(
    select(threads.c.id, threads.c.kind, threads.c.shown, *anchors.c)
    .select_from(threads.outerjoin(anchors, anchors.c.passage_id == threads.c.passage_id))
    .where(threads.c.lesson_id == bindparam("lesson", type_=String))
    .order_by(threads.c.id)
)


def threads_of(connection: Connection, lesson_id: str) -> list[Thread]:
    """All threads of a lesson, oldest first. One query."""
    found: dict[int, Thread] = {}
    for row in _THREADS.rows(connection, lesson=lesson_id):
        thread = found.setdefault(row.id, Thread(row.id, row.kind, row.shown, {}))
        if row.language is not None:
            thread.anchors[row.language] = anchor_of(row)
    return list(found.values())


def open_block_thread(connection: Connection, lesson: Lesson, language: str, block: str, at: datetime) -> int:
    """The thread at a block of the text in `language`; begun if there is none."""
    settle(connection, lesson)
    here = thread_at(threads_of(connection, lesson.id), language, block)
    if here:
        return here[0].id
    passage_id = open_passage(connection, lesson, language, block, at)
    values = {
        "lesson_id": lesson.id,
        "kind": "block",
        "passage_id": passage_id,
        "created_at": instant_text(at),
        "shown": 0,
    }
    thread_id: int = connection.execute(insert(threads).values(values).returning(threads.c.id)).scalar_one()
    return thread_id


def open_lesson_thread(connection: Connection, lesson_id: str, at: datetime) -> int:
    """The thread of the whole lesson, begun if there is none."""
    query = "SELECT id FROM threads WHERE lesson_id = :lesson AND kind = 'lesson'"
    if not (found := run(connection, query, {"lesson": lesson_id})):
        insert_once(connection, threads, lesson_id=lesson_id, kind="lesson", created_at=instant_text(at), shown=0)
        found = run(connection, query, {"lesson": lesson_id})
    return int(found[0][0])


def thread_at(found: Iterable[Thread], language: str, block: str) -> list[Thread]:
    """The threads at a block: usually one, more where two blocks became one."""
    return [
        thread
        for thread in found
        if (anchor := thread.anchors.get(language)) and anchor.state != "gone" and anchor.block_id == block
    ]
