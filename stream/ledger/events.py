"""What can happen to a learner: one frozen value per kind of event, in the past tense.

An event carries the XP it earned, so that a change of the rulebook can move nobody's XP by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

BY_HAND, RULES = "xp", "rules"  # what a correction of the balance is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What all events have: the instant (UTC), the learner's own calendar day, and the XP earned."""

    type: ClassVar[str]
    about: ClassVar[str]  # the field that holds the subject; empty where the balance itself is it
    at: datetime
    day: date
    xp: int = 0

    @property
    def subject(self) -> str:
        """What it is about: the id of a lesson, exercise, course…"""
        return str(getattr(self, self.about)) if self.about else "xp"


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonOpened(Happening):
    """A lesson was opened, for the first time in this language."""

    type: ClassVar[str] = "lesson.opened"
    about: ClassVar[str] = "lesson"
    lesson: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonCompleted(Happening):
    """A lesson was completed. The rest is what `decide` saw of the catalogue, so that a replay sees the same."""

    type: ClassVar[str] = "lesson.completed"
    about: ClassVar[str] = "lesson"
    lesson: str
    course: str
    language: str
    revision: str = ""
    course_lessons: tuple[str, ...] = ()
    published: int = 0
    published_done: int = 0
    is_late: bool = False  # came from a device after later acts were recorded; then `done_since` is what holds now
    done_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonReopened(Happening):
    """A completion was taken back, with the course bonuses and achievements that went with it."""

    type: ClassVar[str] = "lesson.reopened"
    about: ClassVar[str] = "lesson"
    lesson: str
    courses: tuple[str, ...] = ()
    achievements: tuple[str, ...] = ()
    is_late: bool = False  # as in LessonCompleted
    done_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseAttempted(Happening):
    """An answer was given. The answer itself is not here: the ledger holds nothing personal."""

    type: ClassVar[str] = "exercise.attempted"
    about: ClassVar[str] = "exercise"
    exercise: str
    lesson: str
    passed: bool
    achievements: tuple[str, ...] = ()  # never earned, as an attempt shows that came late


@dataclass(frozen=True, slots=True, kw_only=True)
class ExercisePassed(Happening):
    """An exercise was passed for the first time."""

    type: ClassVar[str] = "exercise.passed"
    about: ClassVar[str] = "exercise"
    exercise: str
    lesson: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFinished(Happening):
    """Every lesson that the course had then was done; `lesson` was the last of them."""

    type: ClassVar[str] = "course.finished"
    about: ClassVar[str] = "course"
    course: str
    lesson: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAnswered(Happening):
    """An item that was due came back and was answered."""

    type: ClassVar[str] = "review.answered"
    about: ClassVar[str] = "item"
    item: str
    lesson: str
    good: bool
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportResolved(Happening):
    """A problem that the learner had reported was settled."""

    type: ClassVar[str] = "report.resolved"
    about: ClassVar[str] = "report"
    report: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementUnlocked(Happening):
    """An achievement was earned; `because` is the subject of the event that showed it.

    A second one for the same achievement, with an earlier `at`, corrects the date: late acts fall into place.
    """

    type: ClassVar[str] = "achievement.unlocked"
    about: ClassVar[str] = "achievement"
    achievement: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class XpAdjusted(Happening):
    """The balance was corrected, for a reason that the learner sees: by hand, or because the rules changed.

    `amounts` and `cap` are the numbers of the new rules: from here on whatever stands counts as having given these, so
    that taking it back takes back what it gave, the correction included. Empty: as it did.
    """

    type: ClassVar[str] = "xp.adjusted"
    about: ClassVar[str] = ""
    reason: str
    rules: str = ""  # version of the rulebook that brought it; empty: corrected by hand
    former: str = ""  # version of the rulebook before
    amounts: Mapping[str, int] = field(default_factory=dict)
    cap: int = 0

    @property
    def subject(self) -> str:
        """Tells corrections by hand from those that a later change of the rules replaces."""
        return RULES if self.rules else BY_HAND


Event = (
    LessonOpened
    | LessonCompleted
    | LessonReopened
    | ExerciseAttempted
    | ExercisePassed
    | CourseFinished
    | ReviewAnswered
    | ReportResolved
    | AchievementUnlocked
    | XpAdjusted
)

TYPES: Mapping[str, type[Event]] = {
    each.type: each
    for each in (
        LessonOpened,
        LessonCompleted,
        LessonReopened,
        ExerciseAttempted,
        ExercisePassed,
        CourseFinished,
        ReviewAnswered,
        ReportResolved,
        AchievementUnlocked,
        XpAdjusted,
    )
}
