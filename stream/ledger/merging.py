"""Acts that arrive late, from another device: what they change when everything is put in the order of time.

All acts of a learner, recorded and new, are played anew in the order of (instant, id); the difference to the same
without the new ones is what the new events give and take. So devices may be merged in any order, as often as one likes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from stream.ledger.achievements import Published
from stream.ledger.decisions import (
    AdjustXp,
    AnswerReview,
    AttemptExercise,
    Command,
    CompleteLesson,
    OpenLesson,
    ReopenLesson,
    ResolveReport,
    decide_all,
)
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
from stream.ledger.rulebook import Rulebook
from stream.ledger.standing import Standing, replay


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a learner did: the id it was given where it happened, and the command it amounts to."""

    id: str
    command: Command


@dataclass(frozen=True, slots=True)
class Merged:
    """An event to record for the fact with this id; None where it only follows from the facts."""

    fact: str | None
    event: Event


def standing_of(facts: Iterable[Fact], rulebook: Rulebook) -> Standing:
    """Where these facts lead, in the order of time."""
    standing = Standing()
    for fact in _in_order(facts):
        _, standing = decide_all(standing, [fact.command], rulebook)
    return standing


def facts_of(history: Iterable[tuple[str, Event]], published: Published) -> list[Fact]:
    """What recorded events (with their ids) say that the learner did; what only followed from it is left out."""
    found = ((key, _command_of(event, published)) for key, event in history)
    return [Fact(key, command) for key, command in found if command]


def merged(history: Sequence[tuple[str, Event]], new: Sequence[Fact], rulebook: Rulebook) -> list[Merged]:
    """The events that record the `new` facts, oldest first, and then whatever follows from them.

    A fact whose id is in the history is known and gives nothing. All must carry the same published lessons.
    """
    known = {key for key, _ in history}
    fresh = [fact for fact in _in_order({fact.id: fact for fact in new}.values()) if fact.id not in known]
    if not fresh:
        return []
    recorded = facts_of(history, fresh[0].command.published)
    before, after = standing_of(recorded, rulebook), standing_of([*recorded, *fresh], rulebook)
    given = _given([event for _, event in history], rulebook)
    consequences = _consequences(fresh[-1].command, before, after, given, rulebook)
    return [*_acts(fresh, before, after, given), *consequences]


def _in_order(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: (fact.command.at, fact.id))


def _command_of(event: Event, published: Published) -> Command | None:
    when = {"at": event.at, "day": event.day, "published": published}
    match event:
        case LessonOpened():
            return OpenLesson(lesson=event.lesson, language=event.language, **when)  # type: ignore[arg-type]
        case LessonCompleted():
            return CompleteLesson(
                lesson=event.lesson,
                course=event.course,
                language=event.language,
                revision=event.revision,
                **when,  # type: ignore[arg-type]
            )
        case LessonReopened():
            return ReopenLesson(lesson=event.lesson, **when)  # type: ignore[arg-type]
        case ExerciseAttempted():
            return AttemptExercise(
                exercise=event.exercise,
                lesson=event.lesson,
                passed=event.passed,
                **when,  # type: ignore[arg-type]
            )
        case ReviewAnswered():
            return AnswerReview(item=event.item, lesson=event.lesson, good=event.good, due=event.due, **when)  # type: ignore[arg-type]
        case ReportResolved():
            return ResolveReport(report=event.report, outcome=event.outcome, **when)  # type: ignore[arg-type]
        case XpAdjusted() if event.rules:
            return None
        case XpAdjusted():
            return AdjustXp(amount=event.xp, reason=event.reason, **when)  # type: ignore[arg-type]
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Given:
    """What completing a lesson gives today, and what lessons and courses really gave when they were done: so much is
    taken back, whatever the rulebook says today.
    """

    today: int
    lessons: Mapping[str, int]
    courses: Mapping[str, int]
    finished: Set[str]  # courses that are finished, whatever has been added to them since

    def change(self, lesson: str, before: Standing, after: Standing) -> int:
        """What a lesson gives or takes that is done after, or was before, or both."""
        was, done = lesson in before.completions, lesson in after.completions
        if was == done:
            return 0
        return self.today if done else -self.lessons.get(lesson, 0)


def _given(history: Sequence[Event], rulebook: Rulebook) -> _Given:
    courses: dict[str, int] = {}
    for event in history:
        match event:
            case CourseFinished():
                courses[event.course] = event.xp
            case XpAdjusted() if event.amounts:
                courses = dict.fromkeys(courses, event.amounts["course.finished"])
    standing = replay(history)
    lessons = {lesson: completion.xp for lesson, completion in standing.completions.items()}
    return _Given(rulebook.amounts["lesson.completed"], lessons, courses, standing.finished.keys())


def _acts(fresh: Sequence[Fact], before: Standing, after: Standing, given: _Given) -> Iterator[Merged]:
    """One event for each fact. What a lesson gains or loses stands on the last fact about it."""
    last = {_lesson_of(fact): fact.id for fact in fresh if _lesson_of(fact)}
    losses = _losses(before, after, given)
    bearer = _bearer(fresh, losses)
    for fact in fresh:
        command, borne = fact.command, losses if fact.id == bearer else _Losses()
        match command:
            case CompleteLesson():
                event: Event = _completed(command, fact.id == last[command.lesson], before, after, given)
            case ReopenLesson():
                event = _reopened(command, fact.id == last[command.lesson], borne, before, after, given)
            case OpenLesson():
                event = LessonOpened(at=command.at, day=command.day, lesson=command.lesson, language=command.language)
            case AttemptExercise():
                event = _attempted(command, borne)
            case _:
                raise ValueError(f"{type(command).__name__} does not come from a device")
        yield Merged(fact.id, event)


def _lesson_of(fact: Fact) -> str:
    return fact.command.lesson if isinstance(fact.command, CompleteLesson | ReopenLesson) else ""


@dataclass(frozen=True, slots=True)
class _Losses:
    """Bonuses and achievements that the new facts undo. They stand on the last of the facts that can undo them."""

    courses: tuple[str, ...] = ()
    achievements: tuple[str, ...] = ()
    bonus: int = 0


def _losses(before: Standing, after: Standing, given: _Given) -> _Losses:
    courses = tuple(sorted(before.finished.keys() - after.finished.keys()))
    kept = {key for key, at in after.achievements.items() if at <= before.achievements.get(key, at)}
    achievements = tuple(sorted(before.achievements.keys() - kept))
    return _Losses(courses, achievements, sum(given.courses.get(course, 0) for course in courses))


def _bearer(fresh: Sequence[Fact], losses: _Losses) -> str:
    """The id of the fact on which the losses stand: only taking back can undo a course."""
    kinds = (ReopenLesson,) if losses.courses else (ReopenLesson, AttemptExercise)
    return next((fact.id for fact in reversed(fresh) if isinstance(fact.command, kinds)), "")


def _since(standing: Standing, lesson: str) -> datetime | None:
    completion = standing.completions.get(lesson)
    return completion.at if completion else None


def _completed(
    command: CompleteLesson, is_last: bool, before: Standing, after: Standing, given: _Given
) -> LessonCompleted:
    standing = after if is_last else before
    return LessonCompleted(
        at=command.at,
        day=command.day,
        xp=given.change(command.lesson, before, after) if is_last else 0,
        lesson=command.lesson,
        course=command.course,
        language=command.language,
        revision=command.revision,
        course_lessons=command.published.get(command.course, ()),
        is_late=True,
        done_since=_since(standing, command.lesson),
    )


def _reopened(
    command: ReopenLesson, is_last: bool, losses: _Losses, before: Standing, after: Standing, given: _Given
) -> LessonReopened:
    taken = given.change(command.lesson, before, after) if is_last else 0
    return LessonReopened(
        at=command.at,
        day=command.day,
        xp=taken - losses.bonus,
        lesson=command.lesson,
        courses=losses.courses,
        achievements=losses.achievements,
        is_late=True,
        done_since=_since(after if is_last else before, command.lesson),
    )


def _attempted(command: AttemptExercise, losses: _Losses) -> ExerciseAttempted:
    return ExerciseAttempted(
        at=command.at,
        day=command.day,
        exercise=command.exercise,
        lesson=command.lesson,
        passed=command.passed,
        achievements=losses.achievements,
    )


def _consequences(
    command: Command, before: Standing, after: Standing, given: _Given, rulebook: Rulebook
) -> Iterator[Merged]:
    """Passes, finished courses and achievements that were not there, or have another date now."""
    amounts, day = rulebook.amounts, command.day
    for exercise, at in sorted(after.passed.items()):
        known = before.passed.get(exercise)
        if known is None or at < known:
            xp, lesson = amounts["exercise.passed"] if known is None else 0, exercise.rpartition("/")[0]
            yield Merged(None, ExercisePassed(at=at, day=day, xp=xp, exercise=exercise, lesson=lesson))
    for course in sorted(after.finished.keys() - before.finished.keys() - given.finished):
        at, xp = after.finished[course], amounts["course.finished"]
        yield Merged(None, CourseFinished(at=at, day=day, xp=xp, course=course, lesson=_finisher(after, course)))
    for key, at in sorted(after.achievements.items()):
        if at != before.achievements.get(key):
            yield Merged(None, AchievementUnlocked(at=at, day=day, achievement=key, because=""))


def _finisher(standing: Standing, course: str) -> str:
    """The lesson that was the last of its course."""
    return next((lesson for lesson, done in standing.completions.items() if course in done.courses), "")
