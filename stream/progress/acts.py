"""From a request to an act: who, when, on which day, seeing which lessons. And what the act's answer announces."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import request
from flask_babel import gettext as _

from stream import accounts, clock
from stream.catalogue.model import Lesson
from stream.ledger.decisions import Command, CompleteLesson, OpenLesson
from stream.ledger.events import AchievementUnlocked, CourseFinished, LessonCompleted
from stream.ledger.levels import level_name
from stream.ledger.rulebook import Rulebook
from stream.progress.rules import level_names
from stream.progress.service import Act, Outcome
from stream.progress.words import achievement_name
from stream.web.content import at, catalogue, text_of
from stream.web.page import named, new_event_id, number, signed

MADE_HERE = (
    r"merged-|report-|rules-|[0-9a-f]{8}-[0-9a-f]{4}-5"  # how ids begin that no device makes: see ledger.history
)
EVENT_ID = re.compile(rf"(?!{MADE_HERE})[0-9A-Za-z-]{{8,64}}")


def sent_act() -> Act:
    """The act that this request asks for. Its id comes with the form, so that sending it twice is recognised."""
    member = accounts.member()
    assert member is not None, "acts are recorded for members"
    sent = request.form.get("event_id", "")
    return Act(member.learner_id, sent if EVENT_ID.fullmatch(sent) else new_event_id(), at())


def occasion() -> dict[str, Any]:
    """What every command carries: the instant, the learner's own calendar day, and the lessons published now."""
    instant = at()
    return {
        "at": instant,
        "day": clock.local_day(instant, accounts.time_zone()),
        "published": catalogue().published(instant),
    }


def completing(lesson: Lesson) -> list[Command]:
    """Commands of a completion: who completes a lesson has opened it, also without JavaScript."""
    text, now = text_of(lesson), occasion()
    return [
        OpenLesson(lesson=lesson.id, language=text.language, **now),
        CompleteLesson(
            lesson=lesson.id, course=lesson.course, language=text.language, revision=text.revision, **now
        ),
    ]  # fmt: skip


def opening(lesson: Lesson) -> OpenLesson:
    return OpenLesson(lesson=lesson.id, language=text_of(lesson).language, **occasion())


class Brought(NamedTuple):
    """What an act brought its learner, as far as they are shown it: all that its announcement depends on besides the
    language.
    """

    xp: int = 0
    balance: int = 0
    level: int | None = None  # that was reached
    level_name: str = ""
    courses: tuple[str, ...] = ()  # titles of those that were finished
    achievements: tuple[str, ...] = ()  # names
    has_completed: bool = False  # a lesson


def brought(outcome: Outcome, rules: Rulebook) -> Brought:
    """What there is to announce."""
    before, after, shows = outcome.before, outcome.after, accounts.shown()
    finished = (catalogue().course(event.course) for event in outcome.events if isinstance(event, CourseFinished))
    found = Brought(
        courses=tuple(named(course.title) for course in finished if course),
        achievements=tuple(map(achievement_name, _unlocked(outcome))) if shows.achievements else (),
        has_completed=any(isinstance(event, LessonCompleted) for event in outcome.events),
    )
    if not shows.xp or after.xp == before.xp:
        return found
    level = rules.curve.level_at(after.xp)
    found = found._replace(xp=after.xp - before.xp, balance=after.xp)
    if level > rules.curve.level_at(before.xp):
        found = found._replace(level=level, level_name=level_name(level, level_names(rules)))
    return found


def _unlocked(outcome: Outcome) -> Iterator[str]:
    for event in outcome.events:
        if isinstance(event, AchievementUnlocked) and event.achievement not in outcome.before.achievements:
            yield event.achievement


def announcements(what: Brought) -> Iterator[tuple[str, str]]:
    """(title, text) of what an act brought: XP, a level, a course, achievements. Read out politely, never a dialog."""
    if what.xp:
        yield _("%(xp)s XP", xp=signed(what.xp)), _("Balance: %(xp)s XP", xp=number(what.balance))
    if what.level is not None:
        yield what.level_name, _("Level %(level)s reached", level=what.level)
    for title in what.courses:
        yield title, _("Course finished")
    for name in what.achievements:
        yield name, _("Achievement unlocked")
    if what.has_completed and what == Brought(has_completed=True):
        yield _("Lesson completed"), ""  # to whoever sees nothing of the game
