"""Following passages into an edited lesson, at the first request that sees the edit."""

import logging

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from stream.catalogue.model import Lesson
from stream.db import write
from stream.passages.service import settle, unsettled

log = logging.getLogger(__name__)


def settle_if_needed(lesson: Lesson) -> None:
    """Match blocks old to new where a text has changed. A database that cannot be written keeps nobody from reading."""
    seen: dict[str, tuple[str, ...]] = current_app.extensions.setdefault("stream.settled", {})
    now = tuple(text.revision for text in lesson.translations.values())
    if seen.get(lesson.id) == now:
        return
    try:
        if unsettled(lesson):
            write(lambda connection: settle(connection, lesson))
        seen[lesson.id] = now
    except SQLAlchemyError as error:
        log.warning("passages of %s not followed: %s", lesson.id, error.__class__.__name__)
