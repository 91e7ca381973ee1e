"""Names for what the ledger speaks of by id: lessons, courses, achievements, in the reader's language."""

from flask import Flask, g, url_for
from markupsafe import Markup, escape

from stream.catalogue.model import Lesson
from stream.progress.rules import rulebook
from stream.web.content import catalogue
from stream.web.language import foreign
from stream.web.page import named


def init_app(app: Flask) -> None:
    """Give templates the names."""
    app.jinja_env.globals.update(
        lesson_by_id=lesson_by_id,
        course_name=course_name,
        achievement_name=achievement_name,
        subject_link=subject_link,
    )


def lesson_by_id(key: str) -> Lesson | None:
    """The lesson, if the site still has it."""
    return catalogue().by_id.get(key)


def course_name(key: str) -> str:
    """A course's title; its key once it is gone."""
    course = catalogue().course(key)
    return named(course.title) if course else key


def achievement_name(key: str) -> str:
    """An achievement's name; its key once the rulebook no longer has it."""
    achievement = rulebook().achievement(key)
    return named(achievement.name) if achievement else key


def subject_link(subject: str) -> Markup:
    """A link to the lesson that a subject (a lesson, or an exercise of one) belongs to."""
    lesson = lesson_by_id(subject.partition("/")[0])
    if lesson is None:
        return escape(subject)
    text = lesson.translation(g.language)
    address = url_for("lessons.show", slug=lesson.slug)
    return Markup('<a href="{}">{}</a>').format(address, foreign(text.title, text.language))
