"""Who is told of a comment that everybody sees: whoever is named in it or answered, and whoever asked for all."""

from collections.abc import Iterable
from datetime import datetime
from itertools import starmap
from typing import NamedTuple

from sqlalchemy import Connection, select

from stream.accounts.queries import Mentioned
from stream.comments.models import comments
from stream.notifications.service import MailRules, Notice, notify
from stream.statements import run

EXCERPT = 300


class _Announced(NamedTuple):
    """What is told of a comment, and what says to whom."""

    id: int
    thread_id: int
    parent_id: int | None
    root_id: int
    learner_id: str
    lesson_id: str
    plain: str


ANNOUNCED = f"SELECT {', '.join(_Announced._fields)} FROM comments WHERE id = :id"


def announce(
    connection: Connection, comment_id: int, mentioned: Iterable[Mentioned], mail: MailRules | None, at: datetime
) -> None:
    """Tell whoever wants to know that there is a new comment for everybody to see. Nobody is told twice."""
    [row] = starmap(_Announced, run(connection, ANNOUNCED, {"id": comment_id}))
    levels = _levels(connection, row.thread_id)
    kinds = [(each.learner_id, "mention") for each in mentioned]
    kinds += [(learner_id, "reply") for learner_id in _answered(connection, row) if levels.get(learner_id) != "none"]
    kinds += [(learner_id, "comment") for learner_id, level in levels.items() if level == "all"]
    about = {
        "actor": row.learner_id,
        "lesson": row.lesson_id,
        "comment": str(row.id),
        "excerpt": row.plain[:EXCERPT],
    }
    told = (Notice(to, kind, f"comment:{row.id}", about) for to, kind in kinds if to != row.learner_id)
    notify(connection, told, mail, at)


def _levels(connection: Connection, thread_id: int) -> dict[str, str]:
    query = "SELECT learner_id, level FROM thread_follows WHERE thread_id = :id"
    return dict(run(connection, query, {"id": thread_id}))


def _answered(connection: Connection, row: _Announced) -> list[str]:
    """Who is answered: the writer of the parent, and of the comment that began the exchange."""
    if row.parent_id is None:
        return []
    above = comments.c.id.in_([row.parent_id, row.root_id]) & (comments.c.state == "shown")
    found = connection.execute(select(comments.c.learner_id).where(above))
    return list(dict.fromkeys(each.learner_id for each in found))
