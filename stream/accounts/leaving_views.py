"""The web around taking along what is one's own, and around deleting the account."""

import io

from flask import Response, make_response, render_template, request, send_file

from stream.accounts import guard, leaving, login, words
from stream.accounts.leaving import Farewell
from stream.accounts.login import members_only
from stream.accounts.problems import InvalidInput
from stream.accounts.sessions import Member
from stream.accounts.takeout import takeout_of
from stream.accounts.views import blueprint
from stream.clock import local_day
from stream.web.content import at
from stream.web.page import site_settings


@blueprint.get("/me/export")
@members_only
def export() -> Response:
    """Everything the site keeps about the member, as a file."""
    found = _me()
    packed = io.BytesIO(takeout_of(found.id, found.learner_id, at()))
    name = f"stream-{found.username}-{local_day(at(), login.time_zone())}.zip"
    answer = send_file(packed, "application/zip", as_attachment=True, download_name=name)
    del answer.headers["Cache-Control"]  # the one for personal answers follows
    return answer


@blueprint.get("/me/leave")
@members_only
def leave() -> Response:
    """What deleting the account means, and the form that does it."""
    return _page(_me())


@blueprint.post("/me/leave", endpoint="leave_post")
@members_only
def delete_account() -> Response:
    """Delete the account. Every device is signed out, and this one forgets what it kept."""
    found = _me()
    try:
        with guard.charged(guard.password_budgets(found.id, site_settings())):
            leaving.erase(_farewell(found), at())
    except InvalidInput as wrong:
        return _page(found, 422, words.errors(wrong.problems))
    except guard.TooMany as many:
        answer = _page(found, 429, {"leave_password": words.too_many(many.seconds)})
        answer.headers["Retry-After"] = str(many.seconds)
        return answer
    login.end()
    answer = make_response(render_template("accounts/left.html"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _farewell(found: Member) -> Farewell:
    form = request.form
    return Farewell(found.id, _typed_name(), form.get("leave_password", ""), form.get("comments", ""))


def _typed_name() -> str:
    return request.form.get("typed_name", "")[:300]


def _me() -> Member:
    found = login.member()
    assert found is not None, "these pages are for members"
    return found


def _page(found: Member, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    """The form; after a mistake with what was chosen, and never with a password."""
    html = render_template(
        "accounts/leave.html",
        member=found,
        typed_name=_typed_name(),
        chosen=request.form.get("comments", ""),
        errors=errors or {},
    )
    return make_response(html, status)
