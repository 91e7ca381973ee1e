"""The web around notifications: bell, inbox, what one wants to hear of, and stopping mail without signing in."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext as _

from stream import accounts, mail
from stream.accounts import Member
from stream.accounts.login import members_only
from stream.accounts.queries import mailbox_of, names_of
from stream.notifications import leaving, letters, queries, service, unsubscribing
from stream.notifications.queries import Notification, Preferences
from stream.notifications.service import MailRules
from stream.web.content import at
from stream.web.htmx import fragments, redirect_to, wants_fragment
from stream.web.page import site_settings
from stream.web.paging import page_number
from stream.web.security import without_token

blueprint = Blueprint("notifications", __name__, url_prefix="/<language>")


def init_app(app: Flask) -> None:
    """Show the bell on every page of a member, and write the mails that carry notifications."""
    app.context_processor(_bell)
    mail.register(app, "notification", letters.notification)
    mail.register(app, "digest", letters.digest)
    leaving.init_app(app)


def mail_rules() -> MailRules | None:
    """How this site sends mail; None when it sends none."""
    settings = site_settings()
    return MailRules(settings.mail_cap, settings.time_zone) if settings.has_mail else None


@blueprint.get("/notifications")
@members_only
def inbox() -> Response:
    """What the member was told, newest first."""
    number = page_number()
    found = queries.inbox_of(_me().learner_id, number)
    return _page("notifications/inbox.html", inbox=found, number=number, lines=lines_of(found.lines))


@blueprint.get("/notifications/bell")
@members_only
def bell() -> Response:
    """The bell alone; asked for again while a page is being looked at."""
    if not wants_fragment():
        return redirect_to(url_for("notifications.inbox"))
    return fragments("notifications/_bell.html", unread=queries.unread_count(_me().learner_id))


@blueprint.post("/notifications/<int:notification_id>/open")
@members_only
def open_one(notification_id: int) -> Response:
    """Go where a notification leads; it is read then."""
    found = queries.notification_of(_me().learner_id, notification_id)
    if found is None:
        abort(404)
    service.mark_read(_me().learner_id, at(), only=notification_id)
    return redirect_to(letters.address_of(found))


@blueprint.post("/notifications/<int:notification_id>/read")
@members_only
def read_one(notification_id: int) -> Response:
    """Note that a notification was seen."""
    service.mark_read(_me().learner_id, at(), only=notification_id)
    return redirect_to(url_for("notifications.inbox"))


@blueprint.post("/notifications/read")
@members_only
def read_all() -> Response:
    """Note that all were seen."""
    service.mark_read(_me().learner_id, at())
    return redirect_to(url_for("notifications.inbox"))


@blueprint.get("/me/notifications")
@members_only
def preferences() -> Response:
    """What the member wants to hear of, and how."""
    return _page("notifications/preferences.html", wish=queries.preferences_of(_me().learner_id), **_mail_state())


@blueprint.post("/me/notifications", endpoint="preferences_post")
@members_only
def save_preferences() -> Response:
    """Keep what the member wants."""
    form = request.form
    by_mail = form.get("mail", "off")
    if by_mail not in queries.MAIL_CHOICES:
        abort(400)
    service.prefer(_me().learner_id, Preferences("replies" in form, "mentions" in form, by_mail))
    flash(_("Saved."))
    return redirect_to(url_for("notifications.preferences"))


@blueprint.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> Response:
    """Ask once more: mail programs open links by themselves."""
    learner_id = unsubscribing.learner_of(token)
    return _quiet(_page("notifications/unsubscribe.html", 200 if learner_id else 404, known=learner_id is not None,
                        token=token, done=False))  # fmt: skip


@blueprint.post("/unsubscribe/<token>", endpoint="unsubscribe_post")
@without_token
def stop(token: str) -> Response:
    """Send no more mail. The address itself is the proof, so neither sign-in nor token is asked for."""
    learner_id = unsubscribing.learner_of(token)
    if learner_id is None:
        return _quiet(_page("notifications/unsubscribe.html", 404, known=False, token=token, done=False))
    service.stop_mail(learner_id)
    return _quiet(_page("notifications/unsubscribe.html", known=True, token=token, done=True))


def lines_of(found: tuple[Notification, ...]) -> list[dict[str, Any]]:
    """Notifications with what their lines say: names, titles, links."""
    names = names_of(each.about["actor"] for each in found if "actor" in each.about)
    return [letters.line(each, names) for each in found]


def _bell() -> dict[str, Any]:
    """For whole pages of members only: a fragment that wants the bell brings it. A page that has asked already says so
    in `g.unread`.
    """
    member = accounts.member()
    if member is None or wants_fragment():
        return {"unread": 0}
    return {"unread": g.unread if "unread" in g else queries.unread_count(member.learner_id)}


def _me() -> Member:
    found = accounts.member()
    assert found is not None, "these pages are for members"
    return found


def _mail_state() -> dict[str, Any]:
    return {"has_mail": site_settings().has_mail, "mailbox": mailbox_of(_me().learner_id)}


def _page(name: str, status: int = 200, **context: Any) -> Response:
    return make_response(render_template(name, **context), status)


def _quiet(answer: Response) -> Response:
    """The address is a secret: no page after this one hears of it."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
