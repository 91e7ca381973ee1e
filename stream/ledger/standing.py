"""Where a learner stands, folded from a history of events and nothing else: no rulebook, no clock, no catalogue.

Instants are kept as the earliest seen, so that acts which arrive late (from another device) lead to the same standing
in whatever order they come.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from stream.ledger.events import (
    AchievementUnlocked,
    CourseFinished,
    Event,
    ExerciseAttempted,
    ExercisePassed,
    LessonCompleted,
    LessonOpened,
    LessonReopened,
    ReportResolved,
    ReviewAnswered,
    XpAdjusted,
)


@dataclass(frozen=True, slots=True)
class Completion:
    """A lesson done now, and what completing it gave: all of which taking it back at once takes back."""

    at: datetime
    xp: int
    course: str
    revision: str = ""
    courses: Mapping[str, int] = field(default_factory=dict)  # course finished by it -> XP
    achievements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A remembered answer: which item of which lesson, when, and when it was due."""

    item: str
    lesson: str
    at: datetime
    day: date
    due: date


def _empty() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Standing:
    """The fold of a history. `Standing()` is the start. Its mappings are views that refuse to be changed."""

    xp: int = 0
    completions: Mapping[str, Completion] = field(default_factory=_empty)  # lesson -> completion, if done now
    opened: Mapping[str, Mapping[str, datetime]] = field(default_factory=_empty)  # lesson -> language -> at
    attempts: Mapping[str, int] = field(default_factory=_empty)  # exercise -> how many
    failed: Mapping[str, datetime] = field(default_factory=_empty)  # exercise -> first failure
    passed: Mapping[str, datetime] = field(default_factory=_empty)  # exercise -> first pass
    finished: Mapping[str, datetime] = field(default_factory=_empty)  # course -> at
    achievements: Mapping[str, datetime] = field(default_factory=_empty)  # key -> earned at
    active: Mapping[date, datetime] = field(default_factory=_empty)  # local day -> first act of it
    reviews: tuple[Review, ...] = ()  # remembered ones
    review_xp: Mapping[date, int] = field(default_factory=_empty)  # local day -> XP given for reviews
    fixed: Mapping[str, datetime] = field(default_factory=_empty)  # report -> fixed at


def evolve(standing: Standing, event: Event) -> Standing:
    """The standing after one more event."""
    return replay((event,), standing)


def replay(events: Iterable[Event], start: Standing | None = None) -> Standing:
    """The standing after these events, in this order. Copies once, not for each event."""
    draft = _Draft(start or Standing())
    for event in events:
        draft.apply(event)
    return draft.frozen()


class _Draft:
    """A standing while it is being folded."""

    def __init__(self, start: Standing) -> None:
        self.xp = start.xp
        self.completions = dict(start.completions)
        self.opened = {lesson: dict(languages) for lesson, languages in start.opened.items()}
        self.attempts = dict(start.attempts)
        self.failed = dict(start.failed)
        self.passed = dict(start.passed)
        self.finished = dict(start.finished)
        self.achievements = dict(start.achievements)
        self.active = dict(start.active)
        self.reviews = list(start.reviews)
        self.review_xp = dict(start.review_xp)
        self.fixed = dict(start.fixed)

    def frozen(self) -> Standing:
        """The value."""
        return Standing(
            xp=self.xp,
            completions=MappingProxyType(self.completions),
            opened=MappingProxyType({lesson: MappingProxyType(each) for lesson, each in self.opened.items()}),
            attempts=MappingProxyType(self.attempts),
            failed=MappingProxyType(self.failed),
            passed=MappingProxyType(self.passed),
            finished=MappingProxyType(self.finished),
            achievements=MappingProxyType(self.achievements),
            active=MappingProxyType(self.active),
            reviews=tuple(sorted(self.reviews, key=lambda review: (review.at, review.item))),
            review_xp=MappingProxyType(self.review_xp),
            fixed=MappingProxyType(self.fixed),
        )

    def apply(self, event: Event) -> None:
        """Fold in one event."""
        self.xp += event.xp
        match event:
            case LessonOpened():
                _keep_earliest(self.opened.setdefault(event.lesson, {}), event.language, event.at)
            case LessonCompleted():
                self._complete(event)
            case LessonReopened():
                self._reopen(event)
            case ExerciseAttempted():
                self._attempt(event)
            case ExercisePassed():
                _keep_earliest(self.passed, event.exercise, event.at)
            case CourseFinished():
                self._finish(event)
            case ReviewAnswered():
                self._review(event)
            case ReportResolved() if event.outcome == "fixed":
                _keep_earliest(self.fixed, event.report, event.at)
            case AchievementUnlocked():
                self._unlock(event)
            case XpAdjusted() if event.amounts:
                self._recount(event)
            case ReportResolved() | XpAdjusted():
                pass

    def _complete(self, event: LessonCompleted) -> None:
        if event.is_late:
            self._settle(event, event.course, event.revision)
        else:
            self.completions[event.lesson] = Completion(event.at, event.xp, event.course, event.revision)
        _keep_earliest(self.active, event.day, event.at)

    def _settle(self, event: LessonCompleted | LessonReopened, course: str, revision: str) -> None:
        """After an act that came late, the lesson is done since when the event says, or not at all."""
        before = self.completions.pop(event.lesson, None)
        if event.done_since is None:
            return
        if before is None:
            self.completions[event.lesson] = Completion(event.done_since, event.xp, course, revision)
        else:
            self.completions[event.lesson] = replace(before, at=event.done_since, xp=before.xp + event.xp)

    def _reopen(self, event: LessonReopened) -> None:
        if event.is_late:
            self._settle(event, "", "")
        else:
            self.completions.pop(event.lesson, None)
        for course in event.courses:
            self.finished.pop(course, None)
        for achievement in event.achievements:
            self.achievements.pop(achievement, None)

    def _attempt(self, event: ExerciseAttempted) -> None:
        self.attempts[event.exercise] = self.attempts.get(event.exercise, 0) + 1
        _keep_earliest(self.active, event.day, event.at)
        if not event.passed:
            _keep_earliest(self.failed, event.exercise, event.at)
        for achievement in event.achievements:
            self.achievements.pop(achievement, None)

    def _finish(self, event: CourseFinished) -> None:
        self.finished.setdefault(event.course, event.at)
        if (cause := self.completions.get(event.lesson)) is not None:
            given = {**cause.courses, event.course: event.xp}
            self.completions[event.lesson] = replace(cause, courses=MappingProxyType(given))

    def _review(self, event: ReviewAnswered) -> None:
        _keep_earliest(self.active, event.day, event.at)
        self.review_xp[event.day] = self.review_xp.get(event.day, 0) + event.xp
        if event.good:
            self.reviews.append(Review(event.item, event.lesson, event.at, event.day, event.due))

    def _unlock(self, event: AchievementUnlocked) -> None:
        is_new = event.achievement not in self.achievements
        _keep_earliest(self.achievements, event.achievement, event.at)
        if is_new and (cause := self.completions.get(event.because)) is not None:
            unlocked = (*cause.achievements, event.achievement)
            self.completions[event.because] = replace(cause, achievements=unlocked)

    def _recount(self, event: XpAdjusted) -> None:
        """After a change of the rules, what stands counts as having given what the new ones give."""
        lesson, course = event.amounts["lesson.completed"], event.amounts["course.finished"]
        for key, done in self.completions.items():
            courses = MappingProxyType(dict.fromkeys(done.courses, course))
            self.completions[key] = replace(done, xp=lesson, courses=courses)
        remembered = Counter(review.day for review in self.reviews)
        for day in self.review_xp:
            self.review_xp[day] = min(remembered[day] * event.amounts["review.answered"], event.cap)


def _keep_earliest(instants: dict[Any, datetime], key: object, at: datetime) -> None:
    kept = instants.get(key)
    if kept is None or at < kept:
        instants[key] = at
