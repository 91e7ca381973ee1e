"""The web around private notes and bookmarks: forms beside the lesson and its blocks, and one page with all of them."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, g, make_response, render_template, request, url_for
from flask_babel import gettext as _

from stream import accounts
from stream.accounts.login import members_only
from stream.catalogue.model import Lesson
from stream.notes import queries, service
from stream.notes.models import WHOLE
from stream.notes.queries import Mine, OnLesson
from stream.notes.service import ChangedElsewhere, NewText, Place, TooLong
from stream.passages.service import may_be_passage
from stream.passages.settling import settle_if_needed
from stream.progress.views import act_limit
from stream.together import read_together
from stream.web.content import at, catalogue, lesson_or_404, text_of
from stream.web.htmx import fragments, redirect_to, wants_fragment
from stream.web.kept_fragments import Key
from stream.web.limits import limited, member_key
from stream.web.numbers import whole

blueprint = Blueprint("notes", __name__, url_prefix="/<language>")


def note_context(mine: OnLesson) -> dict[str, Any]:
    """What `notes/_mine.html` and `notes/_block.html` need."""
    return {"mine": mine, "typed": None, "note_problem": "", "saved": False}


@blueprint.app_template_global()
def blank_key(lesson: Lesson, mine: OnLesson, typed: Mine | None, is_open: bool) -> Key | None:
    """Everything that the forms below a lesson depend on besides the page's language while nothing is in them; None
    for any other.
    """
    is_blank = mine.whole == Mine(is_bookmarked=mine.whole.is_bookmarked) and not mine.gone
    return (lesson.slug, lesson.id, mine.whole.is_bookmarked) if is_blank and typed is None and not is_open else None


@blueprint.get("/lessons/<slug>/note")
@members_only
def note(slug: str) -> Response:
    """The form for a note on the lesson or, with `block`, on one of its paragraphs."""
    lesson, block = lesson_or_404(slug), request.args.get("block", "")
    if block and not may_be_passage(text_of(lesson), block):
        abort(404)
    return _form(lesson, block, is_open=True)


@blueprint.post("/lessons/<slug>/note")
@members_only
@limited(act_limit, who=member_key)
def save(slug: str) -> Response:
    """Keep a private note."""
    lesson = lesson_or_404(slug)
    text = request.form.get("note", "").replace("\r\n", "\n")
    version = request.form.get("version", 0, type=whole)
    place = _place(lesson)
    typed = Mine(note=text, version=version, passage=place.passage, block=place.block)
    try:
        service.save(_my_id(), place, NewText(text, version), at())
    except TooLong:
        problem = _("That is too long: 20,000 characters at most. Nothing is lost, shorten it and save it again.")
        return _form(lesson, place.block, typed=typed, note_problem=problem, status=422)
    except ChangedElsewhere as newer:
        problem = _("You have changed this note on another device. Saving again replaces it; it reads now:")
        typed = replace(typed, version=newer.version)
        return _form(lesson, place.block, typed=typed, note_problem=f"{problem}\n\n{newer.text}", status=409)
    return _back(lesson, place.block, saved=True)


@blueprint.post("/lessons/<slug>/bookmark")
@members_only
@limited(act_limit, who=member_key)
def bookmark(slug: str) -> Response:
    """Set or take away a bookmark."""
    lesson = lesson_or_404(slug)
    place = _place(lesson)
    service.bookmark(_my_id(), place, request.form.get("bookmark") != "no", at())
    return _back(lesson, place.block)


@blueprint.get("/me/notes")
@members_only
def all_notes() -> Response:
    """Every note and bookmark, the latest first. Those of lessons that are gone are still here."""
    found = queries.all_of(_my_id(), g.language)
    return make_response(render_template("notes/notes.html", found=found, lessons=catalogue().by_id, now=at()))


def _mine_on(lesson: Lesson) -> OnLesson:
    member = accounts.member()
    if member is None:
        return OnLesson()
    settle_if_needed(lesson)
    own = read_together(queries.own_notes(member.learner_id, lesson.id))
    return queries.on_lesson(own, text_of(lesson).language)


def _place(lesson: Lesson) -> Place:
    passage = request.form.get("passage", WHOLE, type=whole)
    return Place(lesson, text_of(lesson).language, request.form.get("block", "")[:100], passage)


def _back(lesson: Lesson, block: str, saved: bool = False) -> Response:
    if not wants_fragment():
        return redirect_to(url_for("lessons.show", slug=lesson.slug, _anchor=f"mine-{block}" if block else "mine"))
    return _form(lesson, block, saved=saved, is_open=bool(_mine_on(lesson).at(block)))


def _form(lesson: Lesson, block: str, status: int = 200, **more: Any) -> Response:
    """The forms of one place: alone for htmx, else on a page with the paragraph."""
    text = text_of(lesson)
    typed, here = more.get("typed"), _mine_on(lesson).at(block)
    if typed and not typed.passage and here:  # a blank form, but there is a note by now
        more["typed"] = replace(typed, passage=here[0].passage)
    mine = note_context(_mine_on(lesson))
    context = {"lesson": lesson, "text": text, "block": block, **mine, "is_open": False, **more}
    if wants_fragment():
        # 422 is swapped by htmx, also for a conflict
        return fragments(
            "notes/_block.html" if block else "notes/_mine.html", status=422 if status > 399 else 200, **context
        )
    quoted = next((piece.html for piece in text.document.pieces if piece.block == block), "")
    return make_response(render_template("notes/note.html", quoted=quoted, **{**context, "is_open": True}), status)


def _my_id() -> str:
    found = accounts.member()
    assert found is not None, "notes are for members"
    return found.learner_id
