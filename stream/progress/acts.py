"""From a request to an act: who, when, on which day, seeing which lessons. And what the act's answer announces."""

import re
from typing import Any

from flask import request
from flask_babel import gettext as _

from stream import accounts, clock
from stream.catalogue.model import Lesson
from stream.ledger.decisions import Command, CompleteLesson, OpenLesson
from stream.ledger.events import AchievementUnlocked, CourseFinished, LessonCompleted
from stream.ledger.levels import level_name
from stream.progress.rules import level_names, rulebook
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
    text = text_of(lesson)
    completion = CompleteLesson(
        lesson=lesson.id, course=lesson.course, language=text.language, revision=text.revision, **occasion()
    )
    return [opening(lesson), completion]


def opening(lesson: Lesson) -> OpenLesson:
    return OpenLesson(lesson=lesson.id, language=text_of(lesson).language, **occasion())


def announcements(outcome: Outcome) -> list[tuple[str, str]]:
    """(title, text) of what an act brought: XP, a course, a level, achievements. Read out politely, never a dialog."""
    rules, names = rulebook(), level_names()
    said: list[tuple[str, str]] = []
    gained = outcome.after.xp - outcome.before.xp
    shows = accounts.shown()
    if gained and shows.xp:
        said.append((_("%(xp)s XP", xp=signed(gained)), _("Balance: %(xp)s XP", xp=number(outcome.after.xp))))
    before, after = rules.curve.level_at(outcome.before.xp), rules.curve.level_at(outcome.after.xp)
    if after > before and shows.xp:
        said.append((level_name(after, names), _("Level %(level)s reached", level=after)))
    for event in outcome.events:
        if isinstance(event, CourseFinished) and (course := catalogue().course(event.course)):
            said.append((named(course.title), _("Course finished")))
        if (
            shows.achievements
            and isinstance(event, AchievementUnlocked)
            and event.achievement not in outcome.before.achievements
        ):
            said.append((achievement_name(event.achievement), _("Achievement unlocked")))
    if not said and any(isinstance(event, LessonCompleted) for event in outcome.events):
        said.append((_("Lesson completed"), ""))  # to whoever sees nothing of the game
    return said
