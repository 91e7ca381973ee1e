"""Which comments of an exchange take a place in everybody's list, made anew whenever the state of one changes."""

from typing import Any

from sqlalchemy import Connection, func, select, update

from stream.comments.models import comments, threads


def settle(connection: Connection, root_id: int) -> None:
    """Set `listed` throughout the exchange that began with `root_id`, and the thread's count. A tombstone stays
    as long as a reply to it is listed.
    """
    exchange = (
        select(comments.c.id, comments.c.parent_id, comments.c.state, comments.c.listed, comments.c.thread_id)
        .where(comments.c.root_id == root_id)
        .order_by(comments.c.id.desc())
    )
    rows = connection.execute(exchange).all()
    answered: set[int | None] = set()  # comments with a listed reply; replies are younger than what they answer
    for row in rows:
        listed = _is_listed(row, answered)
        if listed:
            answered.add(row.parent_id)
        if listed != row.listed:
            connection.execute(update(comments).where(comments.c.id == row.id).values(listed=listed))
    if rows:
        count(connection, rows[0].thread_id)


def _is_listed(row: Any, answered: set[int | None]) -> bool:
    return row.state == "shown" or (row.state in ("hidden", "deleted") and row.id in answered)


def count(connection: Connection, thread_id: int) -> None:
    """Count the thread's comments that everybody sees."""
    shown = select(func.count()).where(comments.c.thread_id == thread_id, comments.c.state == "shown")
    connection.execute(update(threads).where(threads.c.id == thread_id).values(shown=shown.scalar_subquery()))
