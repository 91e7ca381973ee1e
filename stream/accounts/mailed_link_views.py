"""The web around links by mail: asking for one, and using the one that signs in."""

import logging

from flask import Response, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from stream import mail
from stream.accounts import guard, login, mailed_links, words
from stream.accounts.mailed_links import KINDS, Kind
from stream.accounts.views import blueprint, device, quiet
from stream.refusal import Refusal
from stream.web.content import at
from stream.web.htmx import redirect_to
from stream.web.page import site_settings

log = logging.getLogger(__name__)
LONGEST = 320


@blueprint.get("/sign-in/link")
def link_by_mail() -> Response:
    """The form; no such page on a site without mail."""
    return _form(_kind(request.args.get("for", "")))


@blueprint.post("/sign-in/link")
def send_link() -> Response:
    """Have a link sent, and say the same whoever asked."""
    kind, who = _kind(request.form.get("for", "")), request.form.get("who", "").strip()[:LONGEST]
    if not who:
        return _form(kind, 422, {"who": str(words.PROBLEMS["who-missing"])})
    try:
        with guard.charged(guard.mailed_link_budgets(who, site_settings()), always=True):
            mailed_links.ask(kind, who, at())
    except guard.TooMany as many:
        answer = _form(kind, 429, {"who": words.too_many(many.seconds)}, who)
        answer.headers["Retry-After"] = str(many.seconds)
        return answer
    mail.wake()
    return make_response(render_template("accounts/link_sent.html", kind=kind))


@blueprint.get("/sign-in/link/<token>")
def mailed_link(token: str) -> Response:
    """A button: programs that look at every link in a mail must not use it up."""
    owner = mailed_links.owner_of(token, at())
    if owner is None:
        return _over()
    return quiet(make_response(render_template("accounts/link.html", token=token, username=owner)))


@blueprint.post("/sign-in/link/<token>", endpoint="mailed_link_post")
def use_mailed_link(token: str) -> Response:
    """Sign in."""
    try:
        login.begin(mailed_links.sign_in(token, device(), at()))
    except Refusal:
        log.info("a link that is over was used to sign in")
        return _over()
    flash(_("You are signed in."))
    return quiet(redirect_to(url_for("lessons.home")))


def _kind(asked: str) -> Kind:
    if not site_settings().has_mail:
        abort(404)
    return KINDS[1] if asked == KINDS[1] else KINDS[0]


def _form(kind: Kind, status: int = 200, errors: dict[str, str] | None = None, who: str = "") -> Response:
    html = render_template("accounts/link_by_mail.html", kind=kind, errors=errors or {}, who=who)
    return make_response(html, status)


def _over() -> Response:
    return quiet(make_response(render_template("accounts/link_over.html"), 410))
