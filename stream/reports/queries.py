"""Problem reports as values: for their reporters, and for whoever settles them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from stream.accounts.models import User
from stream.db import reading
from stream.ledger.codec import instant
from stream.reports.models import reports

PAGE = 50
NEWEST_FIRST = reports.c.id.desc()


@dataclass(frozen=True, slots=True)
class Report:
    """A report. `reporter` is a member's name, or none for visitors and those who have left."""

    reference: str
    category: str
    body: str
    contact: str
    lesson_id: str | None
    language: str
    revision: str
    place: str
    quote: str
    state: str
    answer: str
    created_at: datetime
    settled_at: datetime | None
    learner_id: str | None
    reporter: str | None


def report_of(reference: str) -> Report | None:
    """The report with this reference."""
    return next(iter(_reports(reports.c.reference == reference)), None)


def open_reports() -> tuple[Report, ...]:
    """What is to be settled, oldest first."""
    return _reports(reports.c.state == "open", reports.c.id)


def settled_reports() -> tuple[Report, ...]:
    """What was settled, newest first."""
    return _reports(reports.c.state != "open")


def reports_by(learner_id: str) -> tuple[Report, ...]:
    """What a member has reported, newest first."""
    return _reports(reports.c.learner_id == learner_id)


def open_count() -> int:
    """How many reports are to be settled."""
    with reading() as connection:
        return connection.execute(select(func.count()).where(reports.c.state == "open")).scalar_one()


def open_by_lesson() -> Mapping[str, int]:
    """How many reports are to be settled, by the lesson's id."""
    query = select(reports.c.lesson_id, func.count()).where(reports.c.state == "open").group_by(reports.c.lesson_id)
    with reading() as connection:
        return {lesson_id: number for lesson_id, number in connection.execute(query) if lesson_id}


def _reports(condition: Any, order: Any = NEWEST_FIRST) -> tuple[Report, ...]:
    query = (
        select(reports, User.username)
        .outerjoin(User, User.learner_id == reports.c.learner_id)
        .where(condition)
        .order_by(order)
        .limit(PAGE)
    )
    with reading() as connection:
        return tuple(_report(row) for row in connection.execute(query))


def _report(row: Any) -> Report:
    return Report(
        reference=row.reference,
        category=row.category,
        body=row.body,
        contact=row.contact,
        lesson_id=row.lesson_id,
        language=row.language,
        revision=row.revision,
        place=row.place,
        quote=row.quote,
        state=row.state,
        answer=row.answer,
        created_at=instant(row.created_at),
        settled_at=instant(row.settled_at) if row.settled_at else None,
        learner_id=row.learner_id,
        reporter=row.username,
    )
