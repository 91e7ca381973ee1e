"""What is due for a learner today: takeaways and exercises of the lessons they have done."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from stream.catalogue.model import Catalogue, Lesson, Translation
from stream.clock import local_day
from stream.db import reading
from stream.exercises.queries import subject_of
from stream.ledger.standing import Standing
from stream.markdown.document import Exercise
from stream.progress.models import events
from stream.review.models import without_review
from stream.review.schedule import Answered, due_day

REVIEWED = frozenset({"choice", "short"})  # kinds of exercises that can be checked


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be remembered: an exercise, or a takeaway (cleaned HTML) of a lesson."""

    key: str
    lesson: Lesson
    text: Translation
    due: date
    exercise: Exercise | None = None
    takeaway: str = ""


@dataclass(frozen=True, slots=True)
class Today:
    """Where and when: the learner's own day, the instant, and their time zone."""

    day: date
    at: datetime
    zone: str


def due_items(
    standing: Standing, learner_id: str, catalogue: Catalogue, language: str, today: Today
) -> tuple[Item, ...]:
    """What is due, the longest due first. One read."""
    answered = _answers(learner_id)
    found = (
        item
        for lesson, learned in _done(standing, catalogue, today)
        for item in _items(lesson, language, learned, answered)
        if item.due <= today.day
    )
    return tuple(sorted(found, key=lambda item: (item.due, item.key)))


def item_of(
    key: str, standing: Standing, learner_id: str, catalogue: Catalogue, language: str, today: Today
) -> Item | None:
    """One item of a lesson that the learner has done, due or not."""
    answered = _answers(learner_id)
    return next(
        (
            item
            for lesson, learned in _done(standing, catalogue, today)
            for item in _items(lesson, language, learned, answered)
            if item.key == key
        ),
        None,
    )


def wants_reviews(learner_id: str) -> bool:
    """Whether the learner has not switched reviews off."""
    with reading() as connection:
        mine = select(without_review.c.learner_id).where(without_review.c.learner_id == learner_id)
        return connection.execute(mine).first() is None


def _done(standing: Standing, catalogue: Catalogue, today: Today) -> Iterator[tuple[Lesson, date]]:
    for key, completion in standing.completions.items():
        lesson = catalogue.by_id.get(key)
        if lesson is not None and lesson.is_readable(today.at):
            yield lesson, local_day(completion.at, today.zone)


def _items(
    lesson: Lesson, language: str, learned: date, answered: Mapping[str, tuple[Answered, ...]]
) -> Iterator[Item]:
    text = lesson.translation(language)
    for number, takeaway in enumerate(text.document.takeaways, start=1):
        key = f"{lesson.id}/takeaway-{number}"
        yield Item(key, lesson, text, due_day(learned, answered.get(key, ())), takeaway=takeaway)
    for exercise in text.document.exercises:
        if exercise.kind in REVIEWED:
            key = subject_of(lesson, exercise)
            yield Item(key, lesson, text, due_day(learned, answered.get(key, ())), exercise=exercise)


def _answers(learner_id: str) -> Mapping[str, tuple[Answered, ...]]:
    query = (
        select(events.c.subject, events.c.data, events.c.local_day)
        .where(events.c.learner_id == learner_id, events.c.type == "review.answered")
        .order_by(events.c.occurred_at, events.c.id)
    )
    found: dict[str, tuple[Answered, ...]] = {}
    with reading() as connection:
        for row in connection.execute(query):
            answer = Answered(date.fromisoformat(row.local_day), bool(json.loads(row.data)["good"]))
            found[row.subject] = (*found.get(row.subject, ()), answer)
    return found
