"""How often the talk about a lesson has changed: what is kept of it is good for as long as the number stands still."""

from collections.abc import Callable
from functools import partial

from stream.db import values

QUERY = "SELECT version FROM talk_versions WHERE lesson_id = :key"


def talk_version(lesson_id: str) -> Callable[[], int | None]:
    """Asks for the number of a lesson, also after this request; None while nobody has said anything."""
    return partial(values().of, QUERY, lesson_id)
