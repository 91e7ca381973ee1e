"""The web around signing up, in and out, and around setting a new password by a link."""

import hashlib
import logging

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from stream.accounts import forms, guard, login, names, resets, service, words
from stream.accounts.agents import label_of
from stream.accounts.forms import Entry
from stream.accounts.problems import InvalidInput
from stream.accounts.safe_next import safe_next, unwrapped
from stream.accounts.signals import signed_in_with_act
from stream.refusal import Refusal
from stream.web.content import at
from stream.web.htmx import redirect_to, wants_fragment
from stream.web.page import site_settings

log = logging.getLogger(__name__)
Errors = dict[str, str]  # field → what is wrong with it

blueprint = Blueprint("accounts", __name__, url_prefix="/<language>")


@blueprint.get("/sign-in")
def sign_in() -> Response:
    """The form, or straight on for somebody who is signed in."""
    typed = forms.entry(request.args)
    return redirect_to(_goal(typed)) if login.member() else entry_page("accounts/sign_in.html", typed)


@blueprint.post("/sign-in", endpoint="sign_in_post")
def check_sign_in() -> Response:
    """Sign in, do what was pressed before, and go back there."""
    typed = forms.entry(request.form)
    try:
        forms.require_filled(typed)
        with guard.charged(guard.sign_in_budgets(typed.username, site_settings())):
            token = service.sign_in(typed.username, typed.password, device(), at())
    except InvalidInput as wrong:
        log.info("sign-in refused for account %s", trace_of(typed.username))
        return entry_page("accounts/sign_in.html", typed, 422, words.errors(wrong.problems))
    except guard.TooMany as many:
        log.warning("too many sign-ins for account %s", trace_of(typed.username))
        return _too_many("accounts/sign_in.html", typed, many.seconds)
    return arrive(token, typed)


@blueprint.get("/sign-up")
def sign_up() -> Response:
    """The form; no page at all where the admin makes the accounts."""
    only_where_people_may_come()
    if site_settings().registration == "invite" and not login.member():
        return make_response(render_template("accounts/invite_needed.html"))
    typed = forms.entry(request.args)
    return redirect_to(_goal(typed)) if login.member() else entry_page("accounts/sign_up.html", typed)


@blueprint.post("/sign-up", endpoint="sign_up_post")
def make_account() -> Response:
    """Make the account, sign in, do what was pressed before, and go back there."""
    only_where_people_may_come()
    if site_settings().registration == "invite":
        return make_response(render_template("accounts/invite_needed.html"), 403)
    typed = forms.entry(request.form)
    new = service.NewMember(typed.username, typed.password, g.language, login.device_zone())
    try:
        with guard.charged(guard.sign_up_budgets(site_settings()), always=True):
            token = service.sign_up(new, device(), at())
    except InvalidInput as wrong:
        return entry_page("accounts/sign_up.html", typed, 422, words.errors(wrong.problems))
    except guard.TooMany as many:
        return _too_many("accounts/sign_up.html", typed, many.seconds)
    return arrive(token, typed)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this device's session, and let the browser forget what it kept of the pages."""
    if found := login.member():
        service.sign_out(found.id, found.session_id, at())
        log.info("sign-out of learner %s", found.learner_id)
    login.end()
    answer = redirect_to(url_for("lessons.home"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@blueprint.get("/reset")
def reset_help() -> Response:
    """How to get back in, with a mail server and without."""
    return make_response(render_template("accounts/reset_help.html", has_mail=site_settings().has_mail))


@blueprint.get("/reset/<token>")
def reset(token: str) -> Response:
    """The form for a new password. Looking at it does not use the link up."""
    owner = resets.owner_of_link(token, at())
    return _reset_page(token, owner[1]) if owner else _reset_over()


@blueprint.post("/reset/<token>", endpoint="reset_post")
def use_reset(token: str) -> Response:
    """Set the new password and sign in with it."""
    owner = resets.owner_of_link(token, at())
    if owner is None:
        return _reset_over()
    try:
        session_token = resets.use_reset_link(token, request.form.get("password", ""), device(), at())
    except InvalidInput as wrong:
        return _reset_page(token, owner[1], 422, words.errors(wrong.problems))
    except Refusal:  # used a moment ago, in another tab
        return _reset_over()
    login.begin(session_token)
    flash(_("The new password is set. Every other device was signed out."))
    return quiet(redirect_to(url_for("lessons.home")))


def ask_to_sign_in(back: str, act: str, kept: str = "", kept_for: str = "") -> Response:
    """Answer a form of somebody whose session has ended. Without scripts the sign-in page carries the text along;
    with them it stays in the tab, and comes back into its form by itself.
    """
    if wants_fragment() or not kept.strip():
        return redirect_to(url_for("accounts.sign_in", next=back, act=act if kept.strip() else None))
    return entry_page("accounts/sign_in.html", Entry(next=back, act=act, kept=kept, kept_for=kept_for), 401)


def device() -> str:
    """What the list of sessions will call this device."""
    return label_of(request.user_agent.string)


def only_where_people_may_come() -> None:
    """There is no sign-up where the admin makes the accounts."""
    if site_settings().registration == "closed":
        abort(404)


def _goal(typed: Entry) -> str:
    """Where to go afterwards: never to sign-in again."""
    home = url_for("lessons.home")
    return unwrapped(safe_next(typed.next, home), home)


def arrive(token: str, typed: Entry) -> Response:
    """Begin the session, do what was pressed before, and go on to where the member wanted to be."""
    found = login.begin(token)
    goal = _goal(typed)
    if typed.act:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        signed_in_with_act.send(app, member=found, act=typed.act, next=goal, kept=typed.kept, kept_for=typed.kept_for)
    return redirect_to(goal)


def entry_page(
    template: str, typed: Entry, status: int = 200, errors: Errors | None = None, invite: str = ""
) -> Response:
    """Sign-in or sign-up with the typed name kept, and never the password."""
    html = render_template(
        template,
        username=names.tidied(typed.username)[: names.LONGEST * 3],
        next=_goal(typed),
        act=typed.act,
        kept_text=typed.kept,
        kept_for=typed.kept_for,
        errors=errors or {},
        registration=site_settings().registration,
        has_mail=site_settings().has_mail,
        invite=invite,
    )
    return make_response(html, status)


def _too_many(template: str, typed: Entry, seconds: int) -> Response:
    answer = entry_page(template, typed, 429, {"username": words.too_many(seconds)})
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _reset_page(token: str, username: str, status: int = 200, errors: Errors | None = None) -> Response:
    html = render_template("accounts/reset.html", token=token, username=username, errors=errors or {})
    return quiet(make_response(html, status))


def _reset_over() -> Response:
    return quiet(make_response(render_template("accounts/reset_over.html"), 410))


def quiet(answer: Response) -> Response:
    """The address is a secret: no page after this one hears of it."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def trace_of(username: str) -> str:
    """Tells in the log which tries belong together, not what was typed: that may be a password."""
    return hashlib.sha256(names.key(username).encode()).hexdigest()[:8]
