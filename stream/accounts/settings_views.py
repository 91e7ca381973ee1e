"""The web around a member's own account: language, time zone, password, and where they are signed in."""

from flask import Response, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from stream import mail
from stream.accounts import forms, guard, login, mail_addresses, service, sessions, words
from stream.accounts.login import members_only
from stream.accounts.problems import InvalidInput
from stream.accounts.sessions import Member
from stream.accounts.shown import PARTS, shown_only
from stream.accounts.views import blueprint, device
from stream.accounts.zones import known_zones, zone_groups
from stream.web.content import at, catalogue
from stream.web.htmx import redirect_to
from stream.web.page import site_settings
from stream.web.security import without_token


@blueprint.get("/me/settings")
@members_only
def settings() -> Response:
    """Everything about the account on one page."""
    return _page(_me())


@blueprint.post("/me/settings", endpoint="settings_post")
@members_only
def save_settings() -> Response:
    """Keep language and time zone, and show the page in that language."""
    found = _me()
    try:
        chosen = forms.preferences(request.form, catalogue().site.languages)
    except InvalidInput as wrong:
        return _page(found, 422, words.errors(wrong.problems))
    service.set_preferences(found.id, chosen.language, chosen.time_zone)
    flash(_("Saved."))
    return redirect_to(url_for("accounts.settings", language=chosen.language))


@blueprint.post("/me/password")
@members_only
def change_password() -> Response:
    """Set a new password. All other devices are signed out; this one goes on with a new session."""
    found, form = _me(), request.form
    change = service.PasswordChange(found.id, form.get("current", ""), form.get("new", ""))
    try:
        with guard.charged(guard.password_budgets(found.id, site_settings())):
            token = service.change_password(change, device(), at())
    except InvalidInput as wrong:
        return _page(found, 422, words.errors(wrong.problems))
    except guard.TooMany as many:
        answer = _page(found, 429, {"current": words.too_many(many.seconds)})
        answer.headers["Retry-After"] = str(many.seconds)
        return answer
    login.begin(token)
    flash(_("The new password is set. Every other device was signed out."))
    return _back("password")


@blueprint.post("/me/shown")
@members_only
def choose_shown() -> Response:
    """Keep which parts of the game the member wants to see."""
    service.hide(_me().id, [part for part in PARTS if part not in request.form])
    flash(_("Saved."))
    return _back("shown")


@blueprint.post("/me/mail")
@members_only
def set_mail() -> Response:
    """Note a mail address and send it a link; it is used once that has been pressed."""
    found, form = _me(), request.form
    if not site_settings().has_mail:
        abort(404)
    try:
        with guard.charged(
            [*guard.password_budgets(found.id, site_settings()), guard.mail_budget(found.id)], always=True
        ):
            mail_addresses.set_address(found.id, form.get("mail", "").strip(), form.get("mail_current", ""), at())
    except InvalidInput as wrong:
        return _page(found, 422, words.errors(wrong.problems))
    except guard.TooMany as many:
        return _page(found, 429, {"mail": words.too_many(many.seconds)})
    mail.wake()
    flash(_("A mail is on its way. Press the link in it, and the address is used from then on."))
    return _back("mail")


@blueprint.get("/me/mail/confirm/<token>")
def confirm_address(token: str) -> Response:
    """Ask once more: mail programs open links by themselves."""
    known = mail_addresses.read_token(token) is not None
    return _confirm_page(token, "ask" if known else "over")


@blueprint.post("/me/mail/confirm/<token>", endpoint="confirm_address_post")
@without_token
def use_address(token: str) -> Response:
    """Use the address from now on. The link is the proof, so it works on any device."""
    return _confirm_page(token, "done" if mail_addresses.confirm(token, at()) else "over")


def _confirm_page(token: str, state: str) -> Response:
    html = render_template("accounts/confirm_address.html", token=token, state=state)
    answer = make_response(html, 410 if state == "over" else 200)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@blueprint.post("/me/sessions/<int:session_id>/revoke")
@members_only
def revoke_session(session_id: int) -> Response:
    """Sign one device out."""
    if not service.revoke_session(_me().id, session_id, at()):
        abort(404)
    flash(_("That device is signed out."))
    return _back("sessions")


@blueprint.post("/me/sessions/revoke-others")
@members_only
def revoke_other_sessions() -> Response:
    """Sign every other device out."""
    found = _me()
    service.revoke_other_sessions(found.id, found.session_id, at())
    flash(_("Every other device is signed out."))
    return _back("sessions")


def _me() -> Member:
    found = login.member()
    assert found is not None, "these pages are for members"
    return found


def _back(place: str) -> Response:
    return redirect_to(url_for("accounts.settings", _anchor=place))


def _page(found: Member, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    """The page; after a mistake with what was chosen, and never with a password."""
    html = render_template(
        "accounts/settings.html",
        member=found,
        languages=catalogue().site.languages,
        chosen_language=request.form.get("language", found.language or ""),
        chosen_zone=request.form.get("time_zone", found.time_zone or ""),
        site_zone=site_settings().time_zone,
        zones=zone_groups(),
        listed_zones=known_zones(),
        devices=sessions.devices(found.id, found.session_id, login.lifetime(), at()),
        has_mail=site_settings().has_mail,
        mail_address=mail_addresses.address_of(found.id),
        typed_mail=request.form.get("mail", "")[:320],
        publishes=shown_only(found.publishes),
        errors=errors or {},
    )
    return make_response(html, status)
