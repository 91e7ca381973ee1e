"""A learner's ledger as a statement: every entry with what it earned and the balance after it.

Describes entries by values, not words; the template finds the words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from stream.db import reading
from stream.ledger.codec import StoredEvent, Unreadable, from_stored
from stream.ledger.events import Event
from stream.progress.models import events, standings

PAGE = 100
KINDS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "lessons": ("lesson.completed", "lesson.reopened"),
    "exercises": ("exercise.attempted", "exercise.passed"),
    "courses": ("course.finished",),
    "achievements": ("achievement.unlocked",),
    "reviews": ("review.answered",),
    "corrections": ("xp.adjusted",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the statement. `balance` is the learner's XP after it, whatever the filter hides."""

    version: int
    event_id: str
    event: Event
    balance: int
    recorded_at: str
    rulebook: str
    hash: str

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.at


@dataclass(frozen=True, slots=True)
class Statement:
    """Entries that pass the filter, newest first, and what they add up to."""

    entries: tuple[Entry, ...]
    total: int  # XP of all entries that pass the filter, on this page or not
    count: int
    page: int
    pages: int


def history_of(learner_id: str) -> tuple[Entry, ...]:
    """All entries in the order they were recorded. Raises Unreadable where some are missing."""
    return tuple(_with_balance(rows_of(learner_id)))


def rows_of(learner_id: str) -> Sequence[Any]:
    """The table's rows of a learner, in order of version. Raises Unreadable where some are missing: a damaged index
    does not show all that is there.
    """
    seen = select(standings.c.version).where(standings.c.learner_id == learner_id).scalar_subquery()
    query = select(events, seen.label("seen")).where(events.c.learner_id == learner_id).order_by(events.c.version)
    with reading() as connection:
        rows = connection.execute(query).all()
        if not rows:
            _assert_none(connection, learner_id)
    if rows and [row.version for row in rows] != list(range(1, (rows[-1].seen or 0) + 1)):
        raise Unreadable("a history with gaps")
    return rows


def _assert_none(connection: Connection, learner_id: str) -> None:
    has_events = select(events.c.id).where(events.c.learner_id == standings.c.learner_id).exists()
    lost = select(standings.c.version).where(standings.c.learner_id == learner_id, ~has_events)
    if connection.execute(lost).first() is not None:
        raise Unreadable("a standing without events")


def statement_of(entries: Sequence[Entry], show: str = "all", about: str = "", page: int = 1) -> Statement:
    """The entries of a kind (a key of KINDS), or about a subject, a page at a time."""
    types = KINDS.get(show, ())
    chosen = [
        entry
        for entry in reversed(entries)
        if (not types or entry.event.type in types) and (not about or _is_about(entry.event, about))
    ]
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(max(page, 1), pages)
    shown = tuple(chosen[(page - 1) * PAGE : page * PAGE])
    return Statement(shown, sum(entry.event.xp for entry in chosen), len(chosen), page, pages)


def _is_about(event: Event, subject: str) -> bool:
    """An entry is about its own subject and about the lesson it belongs to."""
    return subject in (event.subject, getattr(event, "lesson", None))


def _with_balance(rows: Iterable[Any]) -> Iterable[Entry]:
    balance = 0
    for row in rows:
        event = from_stored(StoredEvent.of(row))
        balance += event.xp
        yield Entry(row.version, row.event_id, event, balance, row.recorded_at, row.rulebook, row.hash)


def visible(entries: Sequence[Entry], with_achievements: bool) -> list[Entry]:
    """The entries without those that somebody who hides achievements does not want to see."""
    return [entry for entry in entries if with_achievements or entry.event.type != "achievement.unlocked"]
