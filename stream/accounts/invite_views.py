"""Signing up by an invite, and the admin's page of invites."""

from typing import Any

from flask import Response, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext as _

from stream.accounts import forms, guard, invites, login, service, words
from stream.accounts.invites import NewInvite
from stream.accounts.login import admins_only
from stream.accounts.problems import InvalidInput, Problem
from stream.accounts.qr import qr_code
from stream.accounts.views import arrive, blueprint, device, entry_page, only_where_people_may_come, quiet
from stream.refusal import Refusal
from stream.web.content import at
from stream.web.htmx import redirect_to
from stream.web.limits import Budget
from stream.web.page import public, site_settings

SIGN_UPS = "300 per hour"  # by one invite: a class, with its typing errors
SIGN_UP = "accounts/sign_up.html"


@blueprint.get("/invite/<token>")
def invite(token: str) -> Response:
    """The sign-up form of whoever has the invite. Looking takes no place."""
    only_where_people_may_come()
    if not _is_open(token):
        return _over()
    return quiet(entry_page(SIGN_UP, forms.entry(request.args), invite=token))


@blueprint.post("/invite/<token>", endpoint="invite_post")
def come_by_invite(token: str) -> Response:
    """Make the account. A class behind one router signs up together: what counts is the invite, not the address."""
    only_where_people_may_come()
    if not _is_open(token):
        return _over()
    typed = forms.entry(request.form)
    new = service.NewMember(typed.username, typed.password, g.language, login.device_zone())
    try:
        with guard.charged([Budget(SIGN_UPS, "invite", token[:64])], always=True):
            session_token = service.sign_up(new, device(), at(), token)
    except InvalidInput as wrong:
        return quiet(entry_page(SIGN_UP, typed, 422, words.errors(wrong.problems), invite=token))
    except guard.TooMany as many:
        return quiet(entry_page(SIGN_UP, typed, 429, {"username": words.too_many(many.seconds)}, invite=token))
    except Refusal:  # the last place was taken a moment ago
        return _over()
    return quiet(arrive(session_token, typed))


@blueprint.get("/admin/invites")
@admins_only
def invitations() -> Response:
    """All invites, and the form for a new one."""
    return _page()


@blueprint.post("/admin/invites")
@admins_only
def make_invite() -> Response:
    """Make one, and show its address this once."""
    me = login.member()
    assert me is not None, "this page is for admins"
    try:
        token = invites.make(_asked(), me.learner_id, at())
    except InvalidInput as wrong:
        return _page(422, errors=words.errors(wrong.problems))
    address = public(url_for("accounts.invite", token=token))
    return quiet(_page(made=address, qr=qr_code(address)))


@blueprint.post("/admin/invites/<int:invite_id>/revoke")
@admins_only
def revoke_invite(invite_id: int) -> Response:
    """Let nobody else come by it."""
    me = login.member()
    assert me is not None, "this page is for admins"
    invites.revoke(invite_id, me.learner_id, at())
    flash(_("Nobody else comes by this invite."))
    return redirect_to(url_for("accounts.invitations"))


def _is_open(token: str) -> bool:
    """A guess costs a try of the address."""
    if invites.is_open(token, at()):
        return True
    try:
        with guard.charged(guard.sign_up_budgets(site_settings())):
            raise InvalidInput(Problem("invite", "wrong"))
    except (InvalidInput, guard.TooMany):
        return False


def _asked() -> NewInvite:
    form = request.form
    return NewInvite(_number(form.get("places", "1")), _number(form.get("days", "")), form.get("note", "").strip())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _over() -> Response:
    return quiet(make_response(render_template("accounts/invite_over.html"), 410))


def _page(status: int = 200, errors: dict[str, str] | None = None, **made: Any) -> Response:
    html = render_template(
        "accounts/invites.html",
        invites=invites.latest(at()),
        registration=site_settings().registration,
        typed={name: request.form.get(name, "") for name in ("places", "days", "note")} if errors else {},
        days=invites.DAYS,
        errors=errors or {},
        **{"made": "", "qr": None, **made},
    )
    return make_response(html, status)
