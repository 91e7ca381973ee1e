"""The web around a device's progress: its standing from its events, merging them into an account, what is kept."""

from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, g, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from stream import accounts
from stream.accounts.login import device_zone, members_only
from stream.accounts.safe_next import safe_next
from stream.devices.uploads import MOST, Occasion, Unreadable, Upload, read
from stream.exercises.service import keep_answers
from stream.ledger.merging import standing_of
from stream.progress import service
from stream.progress.rules import rulebook, rulebook_file
from stream.progress.views import panel, standing_key
from stream.web.content import at, catalogue
from stream.web.htmx import fragments, wants_fragment
from stream.web.keeping import keep, keep_until
from stream.web.limits import limited
from stream.web.page import site_settings
from stream.web.security import require_token, without_token

blueprint = Blueprint("devices", __name__, url_prefix="/<language>")
ACCEPTED_LATER = timedelta(minutes=1)  # what was refused as from the future may be taken then
MOST_BYTES = 4_000_000  # of one merge: a year of long answers
SHOWN_ON = frozenset(
    {"lessons.show", "lessons.home", "lessons.course", "lessons.tag", "progress.achievements", "progress.levels"}
)


@blueprint.app_context_processor
def _shows_progress() -> dict[str, bool]:
    """Whether a device's progress changes this page."""
    return {"shows_progress": request.endpoint in SHOWN_ON}


@blueprint.post("/standing")
@without_token
@limited("1200 per minute")  # of one address: a whole class may sit behind one router
def standing() -> Response:
    """The widget for a device's events, or with `page` that whole page as it is for them. Nothing is stored."""
    try:
        upload = _upload()
    except Unreadable as unreadable:
        return make_response(render_template("devices/_unreadable.html", why=_said(unreadable.code)), 422)
    found = standing_of(upload.facts, rulebook())
    page = request.form.get("page", "")
    if not page:
        keep(rulebook_file().current)
        keep_until(at() + ACCEPTED_LATER)
    if page and accounts.member() is None:
        g.device_standing = found
        return _page_for_device(page)
    shown = panel(found)
    keys = {"progress/_standing.html": ("standing", standing_key(shown))}
    return fragments("progress/_standing.html", panel=shown, keys=keys)


@blueprint.post("/events")
@without_token  # asked for below: reading the form before would hold it to the size of other forms
@members_only
@limited("60 per minute")
def merge() -> Response:
    """Add a device's events to the account, each once. Says how many were new, known and refused, and why."""
    request.max_content_length = request.max_form_memory_size = MOST_BYTES
    require_token()
    member = accounts.member()
    assert member is not None, "this is for members"
    try:
        upload = _upload()
    except Unreadable as unreadable:
        return _answer({"error": unreadable.code, "why": _said(unreadable.code)}, 422)
    answers = partial(keep_answers, member.learner_id, upload.answers)
    done = service.merge(member.learner_id, upload.facts, rulebook(), at(), alongside=answers)
    refused = [{"id": each.id, "code": each.code, "why": _said(each.code)} for each in upload.refused]
    gained = {"xp": done.outcome.after.xp - done.outcome.before.xp} if accounts.shown().xp else {}
    return _answer({"new": done.new, "known": done.known, "refused": refused, **gained})


@blueprint.get("/device")
def device() -> Response:
    """What this browser keeps, and how to take it along or clear it."""
    return make_response(render_template("devices/device.html"))


def _upload() -> Upload:
    zone = device_zone() or site_settings().time_zone
    return read(request.form.get("events", "[]"), Occasion(catalogue(), at(), zone))


def _page_for_device(page: str) -> Response:
    """The page at this path, shown with `g.device_standing`. It is nobody else's, so nothing may keep it."""
    path = urlsplit(safe_next(page, "")).path.removeprefix(request.script_root)
    try:
        endpoint, values = current_app.url_map.bind("").match(path)
    except HTTPException:
        abort(404)
    if endpoint not in SHOWN_ON or values.get("language") != g.language:
        abort(404)
    view = current_app.view_functions[endpoint]
    return make_response(view(**{name: value for name, value in values.items() if name != "language"}))


def _answer(result: dict[str, Any], status: int = 200) -> Response:
    """JSON for scripts; a page for a form."""
    if request.accept_mimetypes.best == "application/json" or wants_fragment():
        return make_response(jsonify(result), status)
    return make_response(render_template("devices/merged.html", result=result, home=url_for("lessons.home")), status)


def _said(code: str) -> str:
    """Why an event, or all of them, was not taken."""
    texts = {
        "no-json": _("What was sent is not JSON."),
        "no-list": _("What was sent is no list of events."),
        "too-many-events": _("That is too much at once: at most %(most)s events.", most=MOST),
        "no-event": _("It is not made like an event."),
        "bad-id": _("Its id is not made like one."),
        "bad-time": _("Its time cannot be read."),
        "unknown-lesson": _("There is no such lesson here."),
        "unknown-type": _("There is no such kind of act."),
        "unknown-exercise": _("The lesson has no such exercise."),
        "no-answer": _("It holds no answer."),
    }
    return str(texts[code])
