"""What follows from a command: `decide(standing, command, rulebook)`. Pure; the only place that reads the rulebook.

A command carries its instant, the learner's calendar day, and the lessons published now; nothing is asked of the world.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stream.ledger.achievements import Published
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
from stream.ledger.recount import Change, adjustment
from stream.ledger.rulebook import Rulebook
from stream.ledger.standing import Completion, Standing, evolve, replay

UNDO_WINDOW = timedelta(minutes=10)  # so long after a completion, taking it back takes back all that came with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What all commands have."""

    at: datetime
    day: date
    published: Published


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLesson(Request):
    """Begin a lesson in a language."""

    lesson: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteLesson(Request):
    """Complete a lesson, as it stands in this revision."""

    lesson: str
    course: str
    language: str
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenLesson(Request):
    """Take a completion back."""

    lesson: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptExercise(Request):
    """Answer an exercise; whether that was right is decided where the answers are."""

    exercise: str
    lesson: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReview(Request):
    """Answer an item that was due."""

    item: str
    lesson: str
    good: bool
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveReport(Request):
    """Settle a problem that the learner reported."""

    report: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustXp(Request):
    """Correct the balance, for a reason."""

    amount: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckAchievements(Request):
    """Unlock what past deeds have earned and no event says yet, such as after a new achievement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRules(Request):
    """Count what was done so far by changed rules, as `change.policy` says, and unlock what they add."""

    change: Change


Command = (
    OpenLesson
    | CompleteLesson
    | ReopenLesson
    | AttemptExercise
    | AnswerReview
    | ResolveReport
    | AdjustXp
    | RecheckAchievements
    | ChangeRules
)


def decide(standing: Standing, command: Command, rulebook: Rulebook) -> tuple[Event, ...]:
    """The events that `command` leads to; none, where there is nothing to do. Raises ValueError for what cannot be."""
    return decide_all(standing, [command], rulebook)[0]


def decide_all(
    standing: Standing, commands: Iterable[Command], rulebook: Rulebook
) -> tuple[tuple[Event, ...], Standing]:
    """The events that the commands of one act lead to, such as opening a lesson and completing it, and the standing
    after them. Achievements are looked for once, at the end.
    """
    events: list[Event] = []
    looking: tuple[Command, str] | None = None  # for what they are looked for, and what brought it about
    for command in commands:
        deeds = list(_deeds(standing, command, rulebook))
        if deeds or _is_checked(command):
            looking = command, deeds[0].subject if deeds and not isinstance(command, ChangeRules) else ""
        events += deeds
        standing = replay(deeds, standing) if deeds else standing
    if looking is not None:
        unlocked = list(_unlocked(standing, *looking, rulebook))
        events += unlocked
        standing = replay(unlocked, standing) if unlocked else standing
    return tuple(events), standing


def _is_checked(command: Command) -> bool:
    """Whether achievements are looked for though nothing was done."""
    match command:
        case ChangeRules():
            return command.change.policy != "from-now"
        case _:
            return isinstance(command, RecheckAchievements)


def _deeds(standing: Standing, command: Command, rulebook: Rulebook) -> Iterator[Event]:
    """What happened, without the achievements that follow from it."""
    match command:
        case OpenLesson():
            yield from _open(standing, command)
        case CompleteLesson():
            yield from _complete(standing, command, rulebook)
        case ReopenLesson():
            yield from _reopen(standing, command, rulebook)
        case AttemptExercise():
            yield from _attempt(standing, command, rulebook)
        case AnswerReview():
            yield _review(standing, command, rulebook)
        case ResolveReport():
            yield from _resolve(standing, command)
        case AdjustXp():
            yield _adjust(command)
        case ChangeRules():
            yield from _change(standing, command, rulebook)
        case RecheckAchievements():
            return


def _open(standing: Standing, command: OpenLesson) -> Iterator[Event]:
    known = standing.opened.get(command.lesson, {}).get(command.language)
    if known is None:
        yield LessonOpened(at=command.at, day=command.day, lesson=command.lesson, language=command.language)


def _complete(standing: Standing, command: CompleteLesson, rulebook: Rulebook) -> Iterator[Event]:
    if command.lesson in standing.completions:
        return
    done = {*standing.completions, command.lesson}
    listed = set[str]().union(*command.published.values())
    lessons = command.published.get(command.course, ())
    yield LessonCompleted(
        at=command.at,
        day=command.day,
        xp=rulebook.amounts["lesson.completed"],
        lesson=command.lesson,
        course=command.course,
        language=command.language,
        revision=command.revision,
        course_lessons=lessons,
        published=len(listed),
        published_done=len(listed & done),
    )
    if lessons and command.course not in standing.finished and done.issuperset(lessons):
        bonus = rulebook.amounts["course.finished"]
        yield CourseFinished(at=command.at, day=command.day, xp=bonus, course=command.course, lesson=command.lesson)


def _reopen(standing: Standing, command: ReopenLesson, rulebook: Rulebook) -> Iterator[Event]:
    completion = standing.completions.get(command.lesson)
    if completion is None:
        return
    plain = LessonReopened(at=command.at, day=command.day, xp=-completion.xp, lesson=command.lesson)
    if command.at - completion.at >= UNDO_WINDOW:
        yield plain
        return
    yield LessonReopened(
        at=command.at,
        day=command.day,
        xp=-completion.xp - sum(completion.courses.values()),
        lesson=command.lesson,
        courses=tuple(sorted(completion.courses)),
        achievements=_no_longer_held(evolve(standing, plain), completion, command, rulebook),
    )


def _no_longer_held(
    without: Standing, completion: Completion, command: ReopenLesson, rulebook: Rulebook
) -> tuple[str, ...]:
    """Of the achievements that the completion brought, those that do not hold without it."""
    found = ((key, rulebook.achievement(key)) for key in completion.achievements)
    return tuple(key for key, rule in found if rule is None or not rule.evaluate(without, command.published).holds)


def _attempt(standing: Standing, command: AttemptExercise, rulebook: Rulebook) -> Iterator[Event]:
    at, day, exercise, lesson = command.at, command.day, command.exercise, command.lesson
    yield ExerciseAttempted(at=at, day=day, exercise=exercise, lesson=lesson, passed=command.passed)
    if command.passed and exercise not in standing.passed:
        xp = rulebook.amounts["exercise.passed"]
        yield ExercisePassed(at=at, day=day, xp=xp, exercise=exercise, lesson=lesson)


def _review(standing: Standing, command: AnswerReview, rulebook: Rulebook) -> Event:
    left = rulebook.review_cap - standing.review_xp.get(command.day, 0)
    return ReviewAnswered(
        at=command.at,
        day=command.day,
        xp=max(0, min(rulebook.amounts["review.answered"], left)) if command.good else 0,
        item=command.item,
        lesson=command.lesson,
        good=command.good,
        due=command.due,
    )


def _resolve(standing: Standing, command: ResolveReport) -> Iterator[Event]:
    if command.report not in standing.fixed:
        yield ReportResolved(at=command.at, day=command.day, report=command.report, outcome=command.outcome)


def _adjust(command: AdjustXp) -> Event:
    if not command.reason.strip():
        raise ValueError("a correction of XP needs a reason")
    return XpAdjusted(at=command.at, day=command.day, xp=command.amount, reason=command.reason)


def _change(standing: Standing, command: ChangeRules, rulebook: Rulebook) -> Iterator[Event]:
    event = adjustment(standing, command.change, rulebook, command.at, command.day)
    if event is not None:
        yield event


def _unlocked(standing: Standing, command: Command, because: str, rulebook: Rulebook) -> Iterator[Event]:
    """Achievements that hold now and are not recorded, or are recorded with a later date than the true one."""
    for achievement in rulebook.achievements:
        since = achievement.since(standing, command.published)
        if since is not None:
            yield AchievementUnlocked(at=since, day=command.day, achievement=achievement.key, because=because)
