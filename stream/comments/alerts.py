"""Which threads members want to hear of."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from stream.catalogue.model import Lesson
from stream.comments.models import follows
from stream.comments.threads import open_lesson_thread
from stream.db import write


def set_alerts(learner_id: str, lesson: Lesson, level: str, at: datetime) -> None:
    """Hear of "all" comments in the lesson's thread, of replies to oneself ("mine"), or of "none"."""
    write(lambda connection: _follow(connection, learner_id, open_lesson_thread(connection, lesson.id, at), level))


def set_thread_alerts(learner_id: str, thread_id: int, level: str) -> None:
    """The same for one thread on a block."""
    write(lambda connection: _follow(connection, learner_id, thread_id, level))


def _follow(connection: Connection, learner_id: str, thread_id: int, level: str) -> None:
    mine = (follows.c.learner_id == learner_id) & (follows.c.thread_id == thread_id)
    connection.execute(delete(follows).where(mine))
    if level in ("all", "none"):
        connection.execute(insert(follows).values(learner_id=learner_id, thread_id=thread_id, level=level))
