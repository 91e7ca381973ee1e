"""Home, course, lesson and tag pages. A lesson page is composed here of what other features show of it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, send_file, url_for

from stream import accounts
from stream.accounts import Member
from stream.accounts.safe_next import safe_next
from stream.catalogue.model import Course, Lesson, Translation
from stream.comments.context import discussion_context, keep_with_talk, own_discussion
from stream.exercises.queries import exercises_of, own_exercises
from stream.exercises.views import exercise_context
from stream.lessons import queries, structured
from stream.lessons.queries import Position
from stream.notes.queries import OnLesson, on_lesson, own_notes
from stream.notes.views import note_context
from stream.notifications.queries import own_unread, unread_in
from stream.passages.settling import settle_if_needed
from stream.progress.queries import Outline, next_lesson, outline_of, own_standing, standing_in
from stream.progress.rules import rulebook_file
from stream.progress.views import completion_context, my_standing, panel
from stream.review.views import due_count
from stream.together import Answers, read_together
from stream.web.compression import TYPES
from stream.web.content import at, catalogue, lesson_or_404, library, neighbours, text_of
from stream.web.keeping import keep
from stream.web.kept_fragments import Key, Same
from stream.web.page import THEMES, public, site_settings

blueprint = Blueprint("lessons", __name__)
YEAR = 31_536_000


@blueprint.get("/<language>/")
def home() -> Response:
    """The courses, and where to go on."""
    keep(_still())
    standing = my_standing()
    outlines = tuple(outline_of(course, standing, at()) for course in catalogue().courses)
    shown = tuple(outline for outline in outlines if outline.items)
    return _page(
        "lessons/home.html",
        outlines=shown,
        facts=structured.facts_of_home(shown),
        next=next_lesson(shown, standing),
        panel=panel(standing),
        due=due_count(),
        problems=queries.problems_for(accounts.member(), catalogue()),
    )


@blueprint.get("/<language>/courses/<key>")
def course(key: str) -> Response:
    """A course: its lessons in order with the learner's state, and its takeaways."""
    found = catalogue().course(key)
    if found is None or not found.listed(at()):
        abort(404)
    keep(_still(), for_members=True)
    outline = outline_of(found, my_standing(), at())
    return _page(
        "lessons/course.html",
        outline=outline,
        sheet=queries.takeaways_of(outline, g.language),
        facts=structured.facts_of_course(outline),
    )


@blueprint.get("/<language>/lessons/<slug>")
def show(slug: str) -> Response:
    """The lesson page."""
    member = accounts.member()
    lesson = lesson_or_404(slug, preview=member is not None and member.may_author)
    is_preview = not lesson.is_readable(at())
    settle_if_needed(lesson)
    keep_with_talk(lesson)
    text = text_of(lesson)
    own = _own(lesson, text, member)
    standing = standing_in(own) if member else my_standing()
    of_course = catalogue().course(lesson.course)
    assert of_course is not None
    outline = outline_of(of_course, standing, at(), here=lesson)
    opened = text.language in standing.opened.get(lesson.id, {})
    context = {
        **completion_context(lesson, standing),
        **exercise_context(lesson, exercises_of(lesson, text, standing, own)),
        **discussion_context(lesson, own),
        **note_context(on_lesson(own, text.language)),
    }
    return _page(
        "lessons/show.html" if g.get("device_standing") is None else "lessons/_own.html",
        outline=outline,
        facts=None if member else structured.facts_of_lesson(lesson, text, of_course),  # search engines do not sign in
        talkable=frozenset() if is_preview else queries.talkable_blocks(text),
        panel=panel(standing),
        prose_key=_prose_key(lesson, text, context, is_preview),
        note_opening=member is not None and not opened and not is_preview,
        **_frame(lesson, outline, is_preview),
        **context,
    )


@blueprint.get("/<language>/tags/<tag>")
def tag(tag: str) -> Response:
    """Listed lessons with a tag or level, across courses. A tag that no listed lesson has is 404."""
    lessons = catalogue().tagged(tag, at())
    if not lessons:
        abort(404)
    keep(_still(), for_members=True)
    standing = my_standing()
    return _page("lessons/tag.html", tag=tag, items=queries.tagged_items(lessons, standing))


@blueprint.route("/<language>/appearance", methods=["GET", "POST"])
def appearance() -> Response:
    """Light, dark or as the system says: kept in a cookie, so that it works without JavaScript."""
    back = safe_next(request.values.get("next", ""), url_for("lessons.home"))
    if request.method != "POST":  # HEAD too
        return _page("lessons/appearance.html", next=back)
    answer = make_response(redirect(back, 303))
    theme = request.form.get("theme", "")
    secure, path = site_settings().secure, request.script_root or "/"
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=YEAR, path=path, samesite="Lax", secure=secure)
    else:
        answer.delete_cookie("theme", path=path, samesite="Lax", secure=secure)
    return answer


@blueprint.get("/media/<course>/<path:path>")
def media(course: str, path: str) -> Response:
    """A picture of a lesson. Found through the index of the lessons folder, never by joining paths."""
    file = library().media_path(course, path)
    if file is None:
        abort(404)
    answer = send_file(file, max_age=3600, conditional=True)
    if answer.mimetype in TYPES and "Range" not in request.headers:
        answer.direct_passthrough = False  # a drawing is text: its bytes are wanted, to make them fewer
        answer.make_sequence()
    return answer


def _own(lesson: Lesson, text: Translation, member: Member | None) -> Answers:
    """What of the lesson's page is the member's own, in one read."""
    parts = [own_discussion(lesson)]
    if member is not None:
        me = member.learner_id
        parts += [own_standing(me), *own_exercises(lesson, text, me), *own_notes(me, lesson.id), own_unread(me)]
    own = read_together(parts)
    if member is not None:
        g.unread = unread_in(own)
    return own


def _still() -> Callable[[], object]:
    """What tells whether a page shows what it did, besides the catalogue: the rules."""
    return rulebook_file().current


def _prose_key(lesson: Lesson, text: Translation, context: dict[str, Any], is_preview: bool) -> Key | None:
    """Everything that the lesson's text on the page depends on; None where the reader's own notes stand in it."""
    mine: OnLesson = context["mine"]
    if mine.blocks:
        return None
    marks = tuple(sorted(context["discussion"].marks.items()))
    return lesson.slug, Same(text.document), text.links, text.language, marks, accounts.member() is not None, is_preview


def _frame(lesson: Lesson, outline: Outline, is_preview: bool) -> dict[str, Any]:
    """What stands around the text, and the key by which it is kept."""
    position, foundations = queries.position_of(lesson, outline), queries.foundations_of(lesson, catalogue(), at())
    previous, following = neighbours(lesson)
    shown = lesson, previous, following, *foundations
    return {
        "position": position,
        "foundations": foundations,
        "previous": previous,
        "following": following,
        "frame_key": None if is_preview else _frame_key(outline.course, position, *shown),
    }


def _frame_key(course: Course, position: Position | None, *lessons: Lesson | None) -> Key | None:
    """Everything that head, top and bottom of a member's page depend on: the lesson, and those that they lead to. None
    for visitors, whose whole page is kept, and for an address with a query, which the head repeats.
    """
    member = accounts.member()
    if member is None or request.query_string:
        return None
    shown = (catalogue().site, course, *lessons)
    return *map(Same, shown), position, member.may_author, public(request.path)


def _page(name: str, **context: object) -> Response:
    return make_response(render_template(name, **context))
