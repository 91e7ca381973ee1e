"""What a browser sends of its learner's acts, read with suspicion: only acts, of lessons that are there, never from
the future. XP is never taken from it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stream.catalogue.model import Catalogue, Lesson
from stream.clock import local_day
from stream.exercises.grading import Answer, grade
from stream.exercises.queries import subject_of
from stream.exercises.service import Answered
from stream.ledger.achievements import Published
from stream.ledger.decisions import AttemptExercise, Command, CompleteLesson, OpenLesson, ReopenLesson
from stream.ledger.merging import Fact
from stream.markdown.document import Exercise
from stream.progress.acts import EVENT_ID

MOST = 2_000  # events in one upload: more than a learner does in a year
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)  # a device whose clock was never set says 1970


class Unreadable(Exception):
    """The upload as a whole cannot be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Refused(Exception):
    """One event cannot be used."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event that was not taken, and why. `id` is as sent, cut short."""

    id: str
    code: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What an upload amounts to. `answers` are the texts that belong to attempts among the facts."""

    facts: tuple[Fact, ...]
    refused: tuple[RefusedEvent, ...]
    answers: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """Against what an upload is read: the lessons, now, and the time zone where the device does not say its day."""

    catalogue: Catalogue
    at: datetime
    zone: str


def read(text: str, occasion: Occasion) -> Upload:
    """The facts in an upload, and what is refused. Raises Unreadable."""
    facts: list[Fact] = []
    refused: list[RefusedEvent] = []
    answers: dict[str, Answered] = {}
    for raw in _events(text):
        try:
            fact = _fact(raw, occasion)
            facts.append(fact)
            if isinstance(fact.command, AttemptExercise):
                answers[fact.id] = Answered(fact.id, fact.command, _answer_in(raw, fact.command, occasion).stored())
        except _Refused as refusal:
            refused.append(RefusedEvent(_sent_id(raw), refusal.code))
    return Upload(tuple({fact.id: fact for fact in facts}.values()), tuple(refused), tuple(answers.values()))


def _sent_id(raw: Any) -> str:
    """What was sent as an id, cut short, without what no page can show."""
    key = raw.get("id") if isinstance(raw, dict) else ""
    return _storable(key[:64]) if isinstance(key, str) else ""


def _events(text: str) -> Iterator[Any]:
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("no-json") from None
    if not isinstance(sent, list):
        raise Unreadable("no-list")
    if len(sent) > MOST:
        raise Unreadable("too-many-events")
    yield from sent


def _fact(raw: Any, occasion: Occasion) -> Fact:
    if not isinstance(raw, dict):
        raise _Refused("no-event")
    key, kind, subject = (_text(raw, name) for name in ("id", "type", "subject"))
    if not EVENT_ID.fullmatch(key):
        raise _Refused("bad-id")
    at = _instant(raw, occasion)
    data = raw.get("data")
    command = _command(kind, subject, data if isinstance(data, dict) else {}, at, raw, occasion)
    return Fact(key, command)


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value or len(value) > 300:
        raise _Refused("no-event")
    return value


def _instant(raw: Mapping[str, Any], occasion: Occasion) -> datetime:
    """When it happened: never in the future, never before lessons were."""
    try:
        at = datetime.fromisoformat(_text(raw, "at"))
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _Refused("bad-time") from None
    return max(EARLIEST, min(at, occasion.at))


def _command(
    kind: str, subject: str, data: Mapping[str, Any], at: datetime, raw: Mapping[str, Any], occasion: Occasion
) -> Command:
    lesson = occasion.catalogue.by_id.get(subject.partition("/")[0]) or _exercised(subject, occasion)
    if lesson is None or not lesson.is_readable(occasion.at):
        raise _Refused("unknown-lesson")
    if lesson.publish_at is not None:
        at = max(at, lesson.publish_at)
    when: dict[str, Any] = {"at": at, "day": _day(raw, at, occasion), "published": _published(occasion)}
    match kind:
        case "lesson.opened":
            return OpenLesson(lesson=lesson.id, language=_language(data, lesson), **when)
        case "lesson.completed":
            text = lesson.translation(_language(data, lesson))
            revision = data.get("revision")
            known = isinstance(revision, str) and re.fullmatch("[0-9a-f]{12}", revision)
            return CompleteLesson(
                lesson=lesson.id,
                course=lesson.course,
                language=text.language,
                revision=str(revision) if known else text.revision,
                **when,
            )
        case "lesson.reopened":
            return ReopenLesson(lesson=lesson.id, **when)
        case "exercise.attempted" | "exercise.passed":
            return _attempt(lesson, subject, data, when)
        case _:
            raise _Refused("unknown-type")


def _exercised(subject: str, occasion: Occasion) -> Lesson | None:
    """The lesson of an exercise, where its id has a slash of its own."""
    return occasion.catalogue.by_id.get(subject.rpartition("/")[0]) or occasion.catalogue.by_id.get(subject)


def _attempt(lesson: Lesson, subject: str, data: Mapping[str, Any], when: dict[str, Any]) -> AttemptExercise:
    """The answer is graded here, whatever the device says of it."""
    exercise = _exercise(lesson, subject)
    if exercise is None:
        raise _Refused("unknown-exercise")
    verdict = grade(exercise, _answer(exercise, data))
    if verdict not in ("right", "wrong"):
        raise _Refused("no-answer")
    return AttemptExercise(exercise=subject, lesson=lesson.id, passed=verdict == "right", **when)


def _answer(exercise: Exercise, data: Mapping[str, Any]) -> Answer:
    text, chosen = data.get("answer", ""), data.get("choice", [])
    if not isinstance(text, str) or not isinstance(chosen, list):
        raise _Refused("no-answer")
    options = {option.key for option in exercise.options}
    return Answer(_storable(text), frozenset(str(key) for key in chosen) & options)


def _answer_in(raw: Mapping[str, Any], command: AttemptExercise, occasion: Occasion) -> Answer:
    """The answer of an event that was read as this attempt."""
    exercise = _exercise(occasion.catalogue.by_id[command.lesson], command.exercise)
    assert exercise is not None, "an attempt at no exercise is refused"
    return _answer(exercise, raw.get("data") or {})


def _storable(text: str) -> str:
    """The text without what neither a table nor a page can hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _exercise(lesson: Lesson, subject: str) -> Exercise | None:
    exercises = (each for text in lesson.translations.values() for each in text.document.exercises)
    return next((each for each in exercises if subject_of(lesson, each) == subject), None)


def _language(data: Mapping[str, Any], lesson: Lesson) -> str:
    told = data.get("language")
    return told if isinstance(told, str) and told in lesson.translations else next(iter(lesson.translations))


def _day(raw: Mapping[str, Any], at: datetime, occasion: Occasion) -> date:
    """The learner's own day, if it can be that of the instant somewhere on earth."""
    try:
        told = date.fromisoformat(str(raw.get("day", "")))
    except ValueError:
        return local_day(at, occasion.zone)
    nearby = {(at + timedelta(hours=hours)).date() for hours in (-12, 14)} | {at.date()}
    return told if told in nearby else local_day(at, occasion.zone)


def _published(occasion: Occasion) -> Published:
    return occasion.catalogue.published(occasion.at)
