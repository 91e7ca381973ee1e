"""Following block threads into an edited lesson, at the first request that sees the edit."""

import logging

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from stream.catalogue.model import Lesson
from stream.comments import queries, threads
from stream.db import write

log = logging.getLogger(__name__)


def settle_if_needed(lesson: Lesson) -> None:
    """Match blocks old to new where a text has changed. A database that cannot be written keeps nobody from reading."""
    seen: dict[str, tuple[str, ...]] = current_app.extensions.setdefault("stream.settled", {})
    now = tuple(text.revision for text in lesson.translations.values())
    if seen.get(lesson.id) == now:
        return
    try:
        if queries.unsettled(lesson):
            write(lambda connection: threads.settle(connection, lesson))
        seen[lesson.id] = now
    except SQLAlchemyError as error:
        log.warning("threads of %s not followed: %s", lesson.id, error.__class__.__name__)
