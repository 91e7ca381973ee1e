"""Where a learner stands, folded from a history of events and nothing else: no rulebook, no clock, no catalogue.

Instants are kept as the earliest seen, so that acts which arrive late (from another device) lead to the same standing
in whatever order they come.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

from stream.ledger.days import ByDay
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
from stream.ledger.reviews import Review, Reviews

NONE: Mapping[Any, Any] = MappingProxyType({})


class Completion(NamedTuple):  # a tuple, as Review: folding a ledger makes hundreds of thousands a second
    """A lesson done now, and what completing it gave: all of which taking it back at once takes back."""

    at: datetime
    xp: int
    course: str
    revision: str = ""
    courses: Mapping[str, int] = NONE  # course finished by it -> XP
    achievements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The fold of a history. `Standing()` is the start. Its mappings are views that refuse to be changed."""

    xp: int = 0
    completions: Mapping[str, Completion] = field(default_factory=lambda: NONE)  # lesson -> completion, if done now
    opened: Mapping[str, Mapping[str, datetime]] = field(default_factory=lambda: NONE)  # lesson -> language -> at
    attempts: Mapping[str, int] = field(default_factory=lambda: NONE)  # exercise -> how many
    failed: Mapping[str, datetime] = field(default_factory=lambda: NONE)  # exercise -> first failure
    passed: Mapping[str, datetime] = field(default_factory=lambda: NONE)  # exercise -> first pass
    finished: Mapping[str, datetime] = field(default_factory=lambda: NONE)  # course -> at
    achievements: Mapping[str, datetime] = field(default_factory=lambda: NONE)  # key -> earned at
    active: Mapping[date, datetime] = field(default_factory=lambda: NONE)  # local day -> first act of it
    reviews: Reviews = field(default_factory=Reviews)  # remembered ones
    review_xp: Mapping[date, int] = field(default_factory=lambda: NONE)  # local day -> XP given for reviews
    fixed: Mapping[str, datetime] = field(default_factory=lambda: NONE)  # report -> fixed at

    def with_days_before(self, at: datetime) -> "Standing":
        """With only those active days of which the first act was before this instant."""
        if isinstance(self.active, ByDay):
            return replace(self, active=self.active.before(at))
        return replace(self, active=MappingProxyType({day: on for day, on in self.active.items() if on < at}))

    def with_answers_before(self, at: datetime) -> "Standing":
        """With only the remembered answers from before this instant."""
        return replace(self, reviews=self.reviews.before(at))


def evolve(standing: Standing, event: Event) -> Standing:
    """The standing after one more event."""
    return replay((event,), standing)


def replay(events: Iterable[Event], start: Standing | None = None) -> Standing:
    """The standing after these events, in this order. Copies once, not for each event."""
    fold = Fold(start or Standing())
    for event in events:
        fold.add(event, event.at, event.day, event.xp)
    return fold.standing()


class Fold:
    """A standing while it is being folded."""

    def __init__(self, start: Standing) -> None:
        self._start = start
        self._xp = start.xp
        self._completions = _copied(start.completions)
        self._opened = _copied(start.opened)
        self._attempts = _copied(start.attempts)
        self._failed = _copied(start.failed)
        self._passed = _copied(start.passed)
        self._finished = _copied(start.finished)
        self._achievements = _copied(start.achievements)
        self._active = _copied(start.active)
        self._reviews = start.reviews
        self._remembered: list[Review] = []
        self._review_xp = _copied(start.review_xp)
        self._fixed = _copied(start.fixed)

    def standing(self) -> Standing:
        """The value. What did not change is the very thing that it began with."""
        start = self._start
        return Standing(
            xp=self._xp,
            completions=_view(self._completions, start.completions),
            opened=_view(self._opened, start.opened),
            attempts=_view(self._attempts, start.attempts),
            failed=_view(self._failed, start.failed),
            passed=_view(self._passed, start.passed),
            finished=_view(self._finished, start.finished),
            achievements=_view(self._achievements, start.achievements),
            active=_view(self._active, start.active),
            reviews=self._reviews + self._remembered,
            review_xp=_view(self._review_xp, start.review_xp),
            fixed=_view(self._fixed, start.fixed),
        )

    def add(self, event: Event, at: datetime, day: date, xp: int) -> None:
        """Fold in one more event, of which these are the instant, the day and the XP: what it says itself of them is
        not looked at, so that equal facts can be read once.
        """
        self._xp += xp
        FOLDS[type(event)](self, event, at, day, xp)

    def _open(self, event: LessonOpened, at: datetime, _day: date, _xp: int) -> None:
        languages = self._opened.get(event.lesson, NONE)
        if (known := languages.get(event.language)) is None or at < known:
            self._opened[event.lesson] = MappingProxyType({**languages, event.language: at})

    def _complete(self, event: LessonCompleted, at: datetime, day: date, xp: int) -> None:
        if event.is_late:
            self._settle(event, xp, event.course, event.revision)
        else:
            done = at, xp, event.course, event.revision, NONE, ()
            self._completions[event.lesson] = tuple.__new__(Completion, done)  # in half the time
        _keep_earliest(self._active, day, at)

    def _settle(self, event: LessonCompleted | LessonReopened, xp: int, course: str, revision: str) -> None:
        """After an act that came late, the lesson is done since when the event says, or not at all."""
        before = self._completions.pop(event.lesson, None)
        if event.done_since is None:
            return
        if before is None:
            self._completions[event.lesson] = Completion(event.done_since, xp, course, revision)
        else:
            self._completions[event.lesson] = before._replace(at=event.done_since, xp=before.xp + xp)

    def _reopen(self, event: LessonReopened, _at: datetime, _day: date, xp: int) -> None:
        if event.is_late:
            self._settle(event, xp, "", "")
        else:
            self._completions.pop(event.lesson, None)
        for course in event.courses:
            self._finished.pop(course, None)
        for achievement in event.achievements:
            self._achievements.pop(achievement, None)

    def _attempt(self, event: ExerciseAttempted, at: datetime, day: date, _xp: int) -> None:
        self._attempts[event.exercise] = self._attempts.get(event.exercise, 0) + 1
        _keep_earliest(self._active, day, at)
        if not event.passed:
            _keep_earliest(self._failed, event.exercise, at)
        for achievement in event.achievements:
            self._achievements.pop(achievement, None)

    def _pass(self, event: ExercisePassed, at: datetime, _day: date, _xp: int) -> None:
        _keep_earliest(self._passed, event.exercise, at)

    def _resolve(self, event: ReportResolved, at: datetime, _day: date, _xp: int) -> None:
        if event.outcome == "fixed":
            _keep_earliest(self._fixed, event.report, at)

    def _finish(self, event: CourseFinished, at: datetime, _day: date, xp: int) -> None:
        self._finished.setdefault(event.course, at)
        if (cause := self._completions.get(event.lesson)) is not None:
            given = MappingProxyType({**cause.courses, event.course: xp})
            self._completions[event.lesson] = cause._replace(courses=given)

    def _review(self, event: ReviewAnswered, at: datetime, day: date, xp: int) -> None:
        _keep_earliest(self._active, day, at)
        self._review_xp[day] = self._review_xp.get(day, 0) + xp
        if event.good:
            self._remembered.append(tuple.__new__(Review, (event.item, event.lesson, at, day, event.due)))

    def _unlock(self, event: AchievementUnlocked, at: datetime, _day: date, _xp: int) -> None:
        is_new = event.achievement not in self._achievements
        _keep_earliest(self._achievements, event.achievement, at)
        if is_new and (cause := self._completions.get(event.because)) is not None:
            unlocked = (*cause.achievements, event.achievement)
            self._completions[event.because] = cause._replace(achievements=unlocked)

    def _recount(self, event: XpAdjusted, _at: datetime, _day: date, _xp: int) -> None:
        """After a change of the rules, what stands counts as having given what the new ones give."""
        if not event.amounts:
            return
        lesson, course = event.amounts["lesson.completed"], event.amounts["course.finished"]
        for key, done in self._completions.items():
            courses = MappingProxyType(dict.fromkeys(done.courses, course))
            self._completions[key] = done._replace(xp=lesson, courses=courses)
        remembered = Counter(review.day for review in chain(self._reviews, self._remembered))
        for day in self._review_xp:
            self._review_xp[day] = min(remembered[day] * event.amounts["review.answered"], event.cap)


FOLDS: Mapping[type[Event], Callable[[Fold, Any, datetime, date, int], None]] = {
    LessonOpened: Fold._open,
    LessonCompleted: Fold._complete,
    LessonReopened: Fold._reopen,
    ExerciseAttempted: Fold._attempt,
    ExercisePassed: Fold._pass,
    CourseFinished: Fold._finish,
    ReviewAnswered: Fold._review,
    AchievementUnlocked: Fold._unlock,
    ReportResolved: Fold._resolve,
    XpAdjusted: Fold._recount,
}


def _copied(values: Mapping[Any, Any]) -> dict[Any, Any]:
    copy: dict[Any, Any] = values.copy()  # type: ignore[attr-defined]  # of a view: many times faster than dict()
    return copy


def _view(values: dict[Any, Any], before: Mapping[Any, Any]) -> Mapping[Any, Any]:
    if values == before:
        return before
    return values if isinstance(values, ByDay) else MappingProxyType(values)


def _keep_earliest(instants: dict[Any, datetime], key: object, at: datetime) -> None:
    kept = instants.get(key)
    if kept is None or at < kept:
        instants[key] = at
