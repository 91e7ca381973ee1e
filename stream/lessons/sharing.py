"""The pictures that other sites show of a shared page (Open Graph)."""

from flask import Response, abort, make_response
from flask_babel import ngettext

from stream.lessons.kept_pictures import picture_of
from stream.lessons.views import blueprint
from stream.pictures.card import Card
from stream.web.content import at, catalogue, lesson_or_404, text_of
from stream.web.page import named, site_settings, tag_label


@blueprint.get("/<language>/lessons/<slug>/picture.png")
def lesson_picture(slug: str) -> Response:
    """The picture of a lesson, for whoever shares it."""
    lesson = lesson_or_404(slug)
    text, course = text_of(lesson), catalogue().course(lesson.course)
    assert course is not None
    return _picture(Card(_site_name(), text.title, named(course.title), _foot(text.minutes, lesson.level)))


@blueprint.get("/<language>/courses/<key>/picture.png")
def course_picture(key: str) -> Response:
    """The picture of a course."""
    course = catalogue().course(key)
    listed = course.listed(at()) if course else ()
    if course is None or not listed:
        abort(404)
    lessons = str(ngettext("%(num)s lesson", "%(num)s lessons", len(listed)))
    foot = f"{lessons} · {tag_label(course.level)}"
    return _picture(Card(_site_name(), named(course.title), _site_name(), foot))


def _site_name() -> str:
    return named(catalogue().site.name)


def _foot(minutes: int, level: str) -> str:
    return f"{ngettext('~%(num)s min', '~%(num)s min', minutes)} · {tag_label(level)}"


def _picture(card: Card) -> Response:
    answer = make_response(picture_of(card, site_settings().instance / "pictures"))
    answer.mimetype = "image/png"
    return answer
