"""The web around private notes and bookmarks: forms beside the lesson, and one page that finds them again."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from stream import accounts
from stream.accounts.login import members_only
from stream.catalogue.model import Lesson
from stream.notes import queries, service
from stream.notes.queries import Mine
from stream.notes.service import ChangedElsewhere, NewText, TooLong
from stream.progress.views import act_limit
from stream.web.content import at, catalogue, lesson_or_404
from stream.web.htmx import fragments, redirect_to, wants_fragment
from stream.web.limits import limiter, member_key

blueprint = Blueprint("notes", __name__, url_prefix="/<language>")


def note_context(lesson: Lesson) -> dict[str, Any]:
    """What `notes/_mine.html` needs."""
    member = accounts.member()
    return {
        "mine": queries.mine_on(member.learner_id if member else None, lesson.id),
        "note_problem": "",
        "saved": False,
    }


@blueprint.post("/lessons/<slug>/note")
@members_only
@limiter.limit(act_limit, key_func=member_key)
def save(slug: str) -> Response:
    """Keep a private note on the lesson."""
    lesson = lesson_or_404(slug)
    text = request.form.get("note", "").replace("\r\n", "\n")
    version = request.form.get("version", 0, type=int)
    try:
        service.save(_my_id(), lesson.id, NewText(text, version), at())
    except TooLong:
        problem = _("That is too long: 20,000 characters at most. Nothing is lost, shorten it and save it again.")
        return _shown(lesson, text, version, problem, 422)
    except ChangedElsewhere as newer:
        problem = _("You have changed this note on another device. Saving again replaces it; it reads now:")
        return _shown(lesson, text, newer.version, f"{problem}\n\n{newer.text}", 409)
    return _back(lesson, saved=True)


@blueprint.post("/lessons/<slug>/bookmark")
@members_only
@limiter.limit(act_limit, key_func=member_key)
def bookmark(slug: str) -> Response:
    """Set or take away the bookmark."""
    lesson = lesson_or_404(slug)
    service.bookmark(_my_id(), lesson.id, request.form.get("bookmark") != "no", at())
    return _back(lesson)


@blueprint.get("/me/notes")
@members_only
def all_notes() -> Response:
    """Every lesson with a note or a bookmark, the latest first. Those of lessons that are gone are still here."""
    found = queries.all_of(_my_id())
    return make_response(render_template("notes/notes.html", found=found, lessons=catalogue().by_id, now=at()))


def _back(lesson: Lesson, saved: bool = False) -> Response:
    if not wants_fragment():
        return redirect_to(url_for("lessons.show", slug=lesson.slug, _anchor="mine"))
    return fragments("notes/_mine.html", lesson=lesson, **{**note_context(lesson), "saved": saved})


def _shown(lesson: Lesson, text: str, version: int, problem: str, status: int) -> Response:
    """The form with what was typed: in its place for htmx, else on a page of its own."""
    mine: Mine = replace(note_context(lesson)["mine"], note=text, version=version)
    context = {"lesson": lesson, "mine": mine, "note_problem": problem, "saved": False}
    if wants_fragment():
        answer = fragments("notes/_mine.html", status=422, **context)  # 422 is swapped
        return answer
    return make_response(render_template("notes/note.html", **context), status)


def _my_id() -> str:
    found = accounts.member()
    assert found is not None, "notes are for members"
    return found.learner_id
