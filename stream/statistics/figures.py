"""The figures themselves, counted by the database: one query for each table, however many learners there are."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, Subquery, case, distinct, func, select

from stream.db import reading
from stream.progress.models import events

GONE_AFTER = timedelta(days=14)  # without any act for so long, somebody has stopped
BEGINNINGS = ("lesson.opened", "lesson.completed")  # a completion without scripts has no opening before it


@dataclass(frozen=True, slots=True)
class Asked:
    """Which course, which of its lessons are listed, since when people came, and what day it is."""

    lessons: tuple[str, ...]
    since: date | None
    today: date


@dataclass(frozen=True, slots=True)
class Funnel:
    """Of those who began the course: who completed a lesson of it, half, and all of its lessons as it is now."""

    began: int
    one: int
    half: int
    every: int


@dataclass(frozen=True, slots=True)
class LessonFigures:
    """Learners who opened a lesson, and who have it completed now; `stopped` after it and never came back."""

    lesson: str
    opened: int
    completed: int
    stopped: int


@dataclass(frozen=True, slots=True)
class ExerciseFigures:
    """Learners who tried and who passed; answers in all, and wrong ones."""

    exercise: str
    tried: int
    passed: int
    answers: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday on: who did anything, and how many lessons were completed."""

    monday: date
    learners: int
    completions: int


def funnel(asked: Asked) -> Funnel:
    """How far people come."""
    per_learner = _done_per_learner(asked)
    query = select(per_learner.c.done, func.count()).group_by(per_learner.c.done)
    with reading() as connection:
        began = _cohort_size(connection, asked)
        by_done = {row.done: row[1] for row in connection.execute(query)}
    total = len(asked.lessons)

    def at_least(number: int) -> int:
        return sum(people for done, people in by_done.items() if done >= number)

    return Funnel(began, at_least(1), at_least(-(-total // 2)), at_least(total))


def lesson_figures(asked: Asked) -> list[LessonFigures]:
    """Each listed lesson, in the order of the course."""
    of_cohort = events.c.learner_id.in_(_cohort(asked))
    opened = select(events.c.subject, func.count(distinct(events.c.learner_id))).where(
        _begun(asked.lessons), of_cohort
    )  # fmt: skip
    done = _done(asked.lessons)
    completed = select(done.c.subject, func.count()).where(done.c.learner_id.in_(_cohort(asked)))
    with reading() as connection:
        by_opened = _pairs(connection, opened.group_by(events.c.subject))
        by_completed = _pairs(connection, completed.group_by(done.c.subject))
        by_stopped = _stopped(connection, asked)
    return [
        LessonFigures(key, by_opened.get(key, 0), by_completed.get(key, 0), by_stopped.get(key, 0))
        for key in asked.lessons
    ]


def exercise_figures(exercises: Sequence[str], since: date | None) -> list[ExerciseFigures]:
    """Exercises that were tried, those with the most wrong answers first."""
    is_try = events.c.type == "exercise.attempted"
    is_wrong = events.c.data.contains('"passed":false')
    tried = case((is_try, events.c.learner_id))
    passed = case((events.c.type == "exercise.passed", events.c.learner_id))
    query = (
        select(
            events.c.subject,
            func.count(distinct(tried)).label("tried"),
            func.count(distinct(passed)).label("passed"),
            func.count(tried).label("answers"),
            func.count(case((is_try & is_wrong, events.c.id))).label("wrong"),
        )
        .where(events.c.type.in_(("exercise.attempted", "exercise.passed")), events.c.subject.in_(exercises))
        .where(_since(since))
        .group_by(events.c.subject)
    )
    with reading() as connection:
        found = [ExerciseFigures(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda each: (-each.wrong / max(each.answers, 1), each.exercise))


def readers_by_language(since: date | None) -> tuple[int, Mapping[str, int]]:
    """Learners who opened any lesson, and by language; somebody may read in several."""
    opened = (events.c.type == "lesson.opened") & _since(since)
    people = func.count(distinct(events.c.learner_id))
    with reading() as connection:
        total = connection.execute(select(people).where(opened)).scalar_one()
        rows = connection.execute(select(events.c.data, people).where(opened).group_by(events.c.data)).all()
    return total, {json.loads(data)["language"]: number for data, number in rows}


def weeks(today: date, count: int) -> list[Week]:
    """The last so many weeks, the oldest first; this one is not over yet."""
    this = today - timedelta(days=today.weekday())
    mondays = [this - timedelta(weeks=back) for back in range(count - 1, -1, -1)]
    columns: list[ColumnElement[int]] = []
    for monday in mondays:
        inside = events.c.local_day.between(monday.isoformat(), (monday + timedelta(days=6)).isoformat())
        columns.append(func.count(distinct(case((inside, events.c.learner_id)))))
        columns.append(func.count(case((inside & (events.c.type == "lesson.completed"), events.c.id))))
    with reading() as connection:
        row = connection.execute(select(*columns).where(events.c.local_day >= mondays[0].isoformat())).one()
    return [Week(monday, row[2 * at], row[2 * at + 1]) for at, monday in enumerate(mondays)]


def _since(since: date | None) -> ColumnElement[bool]:
    return events.c.local_day >= (since.isoformat() if since else "")


def _begun(lessons: Iterable[str]) -> ColumnElement[bool]:
    return events.c.type.in_(BEGINNINGS) & events.c.subject.in_(tuple(lessons))


def _cohort(asked: Asked):  # type: ignore[no-untyped-def]
    """Whoever began a lesson of the course in the time that was asked for."""
    began = select(events.c.learner_id).where(_begun(asked.lessons), _since(asked.since)).distinct()
    return began.correlate(None)  # a question of its own, also inside of another one about events


def _cohort_size(connection: Connection, asked: Asked) -> int:
    people = func.count(distinct(events.c.learner_id))
    return connection.execute(select(people).where(_begun(asked.lessons), _since(asked.since))).scalar_one()


def _done(lessons: tuple[str, ...]) -> Subquery:
    """Learner, lesson and version of every completion that stands now: the last word on it was no taking back."""
    about = events.c.type.in_(("lesson.completed", "lesson.reopened")) & events.c.subject.in_(lessons)
    last = (
        select(events.c.learner_id, func.max(events.c.version).label("version"))
        .where(about)
        .group_by(events.c.learner_id, events.c.subject)
        .subquery()
    )
    same = (events.c.learner_id == last.c.learner_id) & (events.c.version == last.c.version)
    query = select(events.c.learner_id, events.c.subject, events.c.version).join(last, same)
    return query.where(events.c.type == "lesson.completed").subquery()


def _done_per_learner(asked: Asked) -> Subquery:
    done = _done(asked.lessons)
    query = select(done.c.learner_id, func.count().label("done")).where(done.c.learner_id.in_(_cohort(asked)))
    return query.group_by(done.c.learner_id).subquery()


def _stopped(connection: Connection, asked: Asked) -> dict[str, int]:
    """Last completed lesson -> learners who have some but not all, and did nothing since."""
    done, per_learner = _done(asked.lessons), _done_per_learner(asked)
    seen = (
        select(events.c.learner_id, func.max(events.c.local_day).label("day")).group_by(events.c.learner_id).subquery()
    )
    last = select(done.c.learner_id, func.max(done.c.version).label("version")).group_by(done.c.learner_id).subquery()
    gone = (asked.today - GONE_AFTER).isoformat()
    query = (
        select(done.c.subject, func.count())
        .join(last, (last.c.learner_id == done.c.learner_id) & (last.c.version == done.c.version))
        .join(per_learner, per_learner.c.learner_id == done.c.learner_id)
        .join(seen, seen.c.learner_id == done.c.learner_id)
        .where(per_learner.c.done < len(asked.lessons), seen.c.day < gone)
        .group_by(done.c.subject)
    )
    return _pairs(connection, query)


def _pairs(connection: Connection, query) -> dict[str, int]:  # type: ignore[no-untyped-def]
    return {row[0]: row[1] for row in connection.execute(query)}
