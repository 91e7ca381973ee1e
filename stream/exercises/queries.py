"""The exercises of a lesson as one learner sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from stream.catalogue.model import Lesson, Translation
from stream.db import reading
from stream.exercises.grading import Answer, Verdict, answer_from
from stream.exercises.models import attempts, notes
from stream.ledger.codec import instant
from stream.ledger.standing import Standing
from stream.markdown.document import Exercise


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try."""

    answer: str
    passed: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ExerciseView:
    """An exercise with what the learner has done with it. `verdict` is about the answer just sent, if any."""

    exercise: Exercise
    subject: str
    passed: bool = False
    attempts: tuple[Attempt, ...] = ()
    answer: Answer = field(default_factory=Answer)
    verdict: Verdict | None = None
    saved: bool = False

    @property
    def tried(self) -> bool:
        """Whether the model answer may be shown."""
        return bool(self.attempts) or self.passed or self.verdict in ("right", "wrong")


def subject_of(lesson: Lesson, exercise: Exercise) -> str:
    """What the ledger calls this exercise."""
    return f"{lesson.id}/{exercise.key}"


def exercises_of(
    lesson: Lesson, text: Translation, learner_id: str | None, standing: Standing
) -> tuple[ExerciseView, ...]:
    """The lesson's exercises in source order; two reads for a member, none for a visitor."""
    subjects = [subject_of(lesson, exercise) for exercise in text.document.exercises]
    tried = _attempts(learner_id, subjects) if learner_id and subjects else {}
    noted = _notes(learner_id, subjects) if learner_id and subjects else {}
    return tuple(
        _view(exercise, subject, standing, tried.get(subject, ()), noted.get(subject, ""))
        for exercise, subject in zip(text.document.exercises, subjects, strict=True)
    )


def _view(exercise: Exercise, subject: str, standing: Standing, tried: tuple[Attempt, ...], note: str) -> ExerciseView:
    last = tried[-1] if tried else None
    answer = answer_from(last.answer, exercise) if last else Answer()
    if note:
        answer = Answer(note, answer.chosen)
    verdict: Verdict | None = None if last is None else "right" if last.passed else "wrong"
    return ExerciseView(exercise, subject, subject in standing.passed, tried, answer, verdict)


def _attempts(learner_id: str, subjects: list[str]) -> Mapping[str, tuple[Attempt, ...]]:
    query = (
        select(attempts.c.exercise, attempts.c.answer, attempts.c.passed, attempts.c.at)
        .where(attempts.c.learner_id == learner_id, attempts.c.exercise.in_(subjects))
        .order_by(attempts.c.at, attempts.c.id)
    )
    found: dict[str, tuple[Attempt, ...]] = {}
    with reading() as connection:
        for row in connection.execute(query):
            found[row.exercise] = (*found.get(row.exercise, ()), Attempt(row.answer, row.passed, instant(row.at)))
    return found


def _notes(learner_id: str, subjects: list[str]) -> Mapping[str, str]:
    query = select(notes.c.exercise, notes.c.text).where(
        notes.c.learner_id == learner_id, notes.c.exercise.in_(subjects)
    )
    with reading() as connection:
        return {row.exercise: row.text for row in connection.execute(query)}
