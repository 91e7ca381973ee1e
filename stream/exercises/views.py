"""The web around an exercise: one address takes attempts and notes.

A visitor's answer is checked and shown, and nothing is stored: so it needs no token, and a page that is the same for
every visitor needs to hold none.
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from stream import accounts
from stream.catalogue.model import Lesson
from stream.exercises import queries, service
from stream.exercises.grading import Answer, grade
from stream.exercises.queries import ExerciseView
from stream.ledger.decisions import AttemptExercise
from stream.progress.acts import occasion, sent_act
from stream.progress.rules import rulebook
from stream.progress.views import act_limit, my_standing, progress_fragments
from stream.refusal import Refusal
from stream.together import read_together
from stream.web.content import at, lesson_or_404, text_of
from stream.web.htmx import fragments, redirect_to, wants_fragment
from stream.web.kept_fragments import Key, Same
from stream.web.limits import limited, member_key
from stream.web.security import require_token, without_token

blueprint = Blueprint("exercises", __name__, url_prefix="/<language>")


@blueprint.post("/lessons/<slug>/exercise")
@without_token
@limited(act_limit, who=member_key)
def answer(slug: str) -> Response:
    """Check an answer, or keep a note."""
    member = accounts.member()
    lesson = lesson_or_404(slug, preview=member is not None and member.may_author)
    if member is not None:
        require_token()
    view = _sent(lesson, member.learner_id if member else None)
    if request.form.get("do") == "save":
        return _save(lesson, view)
    return _attempt(lesson, view)


def exercise_context(lesson: Lesson, views: tuple[ExerciseView, ...]) -> dict[str, Any]:
    """What `exercises/_exercises.html` needs."""
    return {
        "lesson": lesson,
        "exercises": views,
        "is_preview": not lesson.is_readable(at()),
        "exercise_xp": rulebook().amounts["exercise.passed"],
    }


@blueprint.app_template_global()
def exercise_key(view: ExerciseView, lesson: Lesson, xp: int, is_preview: bool) -> Key | None:
    """Everything that an exercise nobody has answered depends on besides the page's language; None for any other."""
    if view.tried or view.verdict or view.saved or view.answer != Answer():
        return None
    return Same(lesson), view.exercise.key, xp, is_preview, accounts.shown(), accounts.member() is not None


def _sent(lesson: Lesson, learner_id: str | None) -> ExerciseView:
    """The exercise that the form names, with the answer it holds."""
    views = _views(lesson, learner_id)
    key = request.form.get("exercise", views[0].exercise.key if views else "")
    view = next((view for view in views if view.exercise.key == key), None)
    if view is None:
        raise Refusal("unknown-exercise", 404)
    options = {option.key for option in view.exercise.options}
    chosen = frozenset(request.form.getlist("choice")) & options
    return replace(view, answer=Answer(request.form.get("answer", "").replace("\r\n", "\n"), chosen))


def _attempt(lesson: Lesson, view: ExerciseView) -> Response:
    verdict = grade(view.exercise, view.answer)
    view = replace(view, verdict=verdict)
    if verdict in ("empty", "too-long"):
        return _shown(lesson, view, status=422)
    if accounts.member() is None or not lesson.is_readable(at()):
        return _shown(lesson, view)
    command = AttemptExercise(exercise=view.subject, lesson=lesson.id, passed=verdict == "right", **occasion())
    rules = rulebook()
    outcome = service.attempt(sent_act(), command, view.answer.stored(), rules)
    if not wants_fragment():
        return _back(lesson, view)
    after = replace(_fresh(lesson, view), verdict=verdict)
    context = {**exercise_context(lesson, (after,)), "exercise_view": after}
    return progress_fragments("exercises/_exercise.html", lesson, outcome, rules, context)


def _save(lesson: Lesson, view: ExerciseView) -> Response:
    member = accounts.member()
    if member is None:
        back = url_for("lessons.show", slug=lesson.slug, _anchor="exercise")
        return redirect_to(url_for("accounts.sign_in", next=back))
    if grade(view.exercise, view.answer) == "too-long":
        return _shown(lesson, replace(view, verdict="too-long"), status=422)
    if not lesson.is_readable(at()):
        return _shown(lesson, view)
    service.save_note(member.learner_id, view.subject, view.answer.text, at())
    return _shown(lesson, replace(view, saved=True)) if wants_fragment() else _back(lesson, view)


def _views(lesson: Lesson, learner_id: str | None) -> tuple[ExerciseView, ...]:
    """All exercises of the lesson as they stand."""
    text = text_of(lesson)
    own = read_together(queries.own_exercises(lesson, text, learner_id))
    return queries.exercises_of(lesson, text, my_standing(), own)


def _fresh(lesson: Lesson, view: ExerciseView) -> ExerciseView:
    """The exercise as it stands after recording."""
    member = accounts.member()
    assert member is not None
    return next(each for each in _views(lesson, member.learner_id) if each.subject == view.subject)


def _shown(lesson: Lesson, view: ExerciseView, status: int = 200) -> Response:
    """The exercise again: in its place for htmx, on a page of its own without scripts."""
    context = {**exercise_context(lesson, (view,)), "exercise_view": view}
    if wants_fragment():
        return fragments("exercises/_exercise.html", status=status, **context)
    return make_response(render_template("exercises/exercise.html", **context), status)


def _back(lesson: Lesson, view: ExerciseView) -> Response:
    return redirect_to(url_for("lessons.show", slug=lesson.slug, _anchor=f"exercise-{view.exercise.key}"))
