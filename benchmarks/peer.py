"""The same histories kept by the `eventsourcing` library, written as its documentation does: to compare rates.

Its SQLite recorder, because our ledger is read from SQLite, too. Each of our events is one of theirs, with the same
facts, on an aggregate for each learner whose methods do about what our fold does.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from stream.ledger.chain import LedgerRow
from stream.ledger.codec import StoredEvent, from_stored


class Learner(Aggregate):
    """What one learner did, and where that leads."""

    @event("Began")
    def __init__(self) -> None:
        self.xp = 0
        self.completions: dict[str, tuple[datetime, int, str]] = {}
        self.opened: dict[str, dict[str, datetime]] = {}
        self.attempts: Counter[str] = Counter()
        self.passed: dict[str, datetime] = {}
        self.finished: dict[str, datetime] = {}
        self.achievements: dict[str, datetime] = {}
        self.active: dict[str, datetime] = {}
        self.reviews: list[tuple[str, str, datetime]] = []

    @event("LessonOpened")
    def lesson_opened(self, at: datetime, day: str, xp: int, lesson: str, language: str) -> None:
        """Keep when it was opened first."""
        self.opened.setdefault(lesson, {}).setdefault(language, at)

    @event("LessonCompleted")
    def lesson_completed(
        self, at: datetime, day: str, xp: int, lesson: str, course: str, language: str, revision: str,
        course_lessons: list[str], published: int, published_done: int,
    ) -> None:  # fmt: skip
        """Keep the completion and what it gave."""
        self.xp += xp
        self.completions[lesson] = (at, xp, course)
        self.active.setdefault(day, at)

    @event("LessonReopened")
    def lesson_reopened(self, at: datetime, day: str, xp: int, lesson: str, achievements: list[str]) -> None:
        """Take it back."""
        self.xp += xp
        self.completions.pop(lesson, None)
        for key in achievements:
            self.achievements.pop(key, None)

    @event("ExerciseAttempted")
    def exercise_attempted(self, at: datetime, day: str, xp: int, exercise: str, lesson: str, passed: bool) -> None:
        """Count it."""
        self.attempts[exercise] += 1
        self.active.setdefault(day, at)

    @event("ExercisePassed")
    def exercise_passed(self, at: datetime, day: str, xp: int, exercise: str, lesson: str) -> None:
        """Keep when it was passed first."""
        self.xp += xp
        self.passed.setdefault(exercise, at)

    @event("CourseFinished")
    def course_finished(self, at: datetime, day: str, xp: int, course: str, lesson: str) -> None:
        """Keep when it was finished first."""
        self.xp += xp
        self.finished.setdefault(course, at)

    @event("ReviewAnswered")
    def review_answered(self, at: datetime, day: str, xp: int, item: str, lesson: str, good: bool, due: str) -> None:
        """Keep what was remembered."""
        self.xp += xp
        self.active.setdefault(day, at)
        if good:
            self.reviews.append((item, lesson, at))

    @event("AchievementUnlocked")
    def achievement_unlocked(self, at: datetime, day: str, xp: int, achievement: str, because: str) -> None:
        """Keep when it was earned first."""
        self.achievements.setdefault(achievement, at)


class Library:
    """An application with so many learners in it."""

    def __init__(self, file: Path) -> None:
        places = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file)}
        self.application: Application[UUID] = Application(env=places)
        self.learners: list[UUID] = []
        self.count = 0

    def record(self, history: Sequence[LedgerRow]) -> None:
        """Have a learner who did all this."""
        learner = Learner()
        for row in history:
            getattr(learner, row.type.replace(".", "_"))(**_facts(StoredEvent.of(row)))
        self.count += len(history)
        self.application.save(learner)
        self.learners.append(learner.id)

    def replayed(self) -> list[Learner]:
        """Every learner, read from the file and made anew from the events."""
        return [self.application.repository.get(each) for each in self.learners]


@contextmanager
def recorded(histories: Sequence[Sequence[LedgerRow]]) -> Iterator[Library]:
    """An application that holds these histories."""
    with TemporaryDirectory() as folder:
        library = Library(Path(folder) / "peer.db")
        for history in histories:
            library.record(history)
        yield library
        library.application.close()


def _facts(stored: StoredEvent) -> dict[str, Any]:
    """The event as keywords, of kinds that the library stores by itself: instants, texts, numbers, lists."""
    happened = from_stored(stored)
    names = {each.name for each in fields(happened)} - {"courses", "is_late", "done_since"}
    facts = {name: getattr(happened, name) for name in names}
    if stored.type == "exercise.attempted":
        del facts["achievements"]
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value
        case tuple():
            return list(value)
        case str() | int():
            return value
        case _:
            return value.isoformat()
