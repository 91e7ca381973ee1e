"""The exercises of a lesson as one learner sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stream.catalogue.model import Lesson, Translation
from stream.exercises.grading import Answer, Verdict, answer_from
from stream.ledger.codec import instant
from stream.ledger.standing import Standing
from stream.markdown.document import Exercise
from stream.together import Answers, Part


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


ATTEMPTS = """
SELECT exercise, answer, CAST(CAST(passed AS INTEGER) AS TEXT) AS passed, at, CAST(id AS TEXT) AS id
FROM attempts WHERE learner_id = :me AND exercise IN ({})
"""
NOTES = """
SELECT exercise, text, NULL AS c, NULL AS d, NULL AS e
FROM exercise_notes WHERE learner_id = :me AND exercise IN ({})
"""


def own_exercises(lesson: Lesson, text: Translation, learner_id: str | None) -> tuple[Part, ...]:
    """What `exercises_of` wants to know; nothing of a visitor."""
    if not (learner_id and text.document.exercises):
        return ()
    subjects = {
        f"exercise{number}": subject_of(lesson, exercise) for number, exercise in enumerate(text.document.exercises)
    }
    names, given = ", ".join(f":{name}" for name in subjects), {"me": learner_id, **subjects}
    return Part("attempts", ATTEMPTS.format(names), given), Part("exercise_notes", NOTES.format(names), given)


def exercises_of(lesson: Lesson, text: Translation, standing: Standing, own: Answers) -> tuple[ExerciseView, ...]:
    """The lesson's exercises in source order; `own` are the answers to `own_exercises`."""
    tried = _attempts(own.get("attempts", ()))
    noted = {exercise: note for exercise, note, *_ in own.get("exercise_notes", ())}
    subjects = [subject_of(lesson, exercise) for exercise in text.document.exercises]
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


def _attempts(rows: Sequence[Sequence[Any]]) -> Mapping[str, tuple[Attempt, ...]]:
    """The attempts at each exercise, oldest first."""
    found: dict[str, tuple[Attempt, ...]] = {}
    for exercise, answer, passed, at, _ in sorted(rows, key=lambda row: (row[3], int(row[4]))):
        found[exercise] = (*found.get(exercise, ()), Attempt(answer, passed == "1", instant(at)))
    return found
