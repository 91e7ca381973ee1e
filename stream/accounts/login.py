"""Who is signed in during a request: Flask-Login over the session rows of `sessions`."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, abort, g, request, session, url_for
from flask_login import LoginManager, current_user, login_required, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from stream.accounts import sessions
from stream.accounts.sessions import Member
from stream.accounts.shown import Shown, shown_without
from stream.accounts.zones import known_zones
from stream.web.content import at
from stream.web.htmx import page_before, redirect_to, wants_fragment
from stream.web.page import here, site_settings

View = TypeVar("View", bound=Callable[..., Any])

log = logging.getLogger(__name__)
ZONE_COOKIE = "time_zone"  # the device's own, set by the page's script


def init_app(app: Flask) -> None:
    """Load the member of each request from the session token in the signed cookie."""
    manager = LoginManager()
    manager.session_protection = None  # it compares addresses, and a phone's changes on the way home
    manager.user_loader(load_member)
    manager.unauthorized_handler(lead_to_sign_in)
    manager.init_app(app)
    app.context_processor(lambda: {"shows": shown()})
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False  # the row knows when it was last seen


def member() -> Member | None:
    """Whoever is signed in."""
    found = g.get("_login_user") or current_user._get_current_object()  # as Flask-Login has it, ten times a request
    return found if isinstance(found, Member) else None


def members_only(view: View) -> View:
    """Flask-Login's `login_required`, with its type."""
    guarded: View = login_required(view)
    return guarded


def hidden_unless(allowed: Callable[[Member], bool]) -> Callable[[View], View]:
    """A guard for views: to those who are not allowed, the page does not exist."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            found = member()
            if found is None or not allowed(found):
                log.warning(
                    "refused to %s: %s", f"learner {found.learner_id}" if found else "a visitor", request.endpoint
                )
                abort(404)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return guard


moderators_only = hidden_unless(lambda found: found.may_moderate)
authors_only = hidden_unless(lambda found: found.may_author)
admins_only = hidden_unless(lambda found: found.is_admin)


def lifetime() -> sessions.Lifetime:
    """How long sessions last on this site."""
    settings = site_settings()
    idle, longest = timedelta(days=settings.session_idle_days), timedelta(days=settings.session_days)
    return sessions.Lifetime(idle, longest)


def load_member(token: str) -> Member | None:
    """The member whose running session has this token."""
    found = sessions.find(token, lifetime(), at())
    if found is not None and at() - found.seen_at >= sessions.NOTED_EVERY:
        _note_visit(found.session_id)
    return found


def begin(token: str) -> Member:
    """Sign this device in with a new session. What the cookie held before, CSRF token included, is gone."""
    session.clear()
    session.permanent = True
    g.pop("csrf_token", None)
    found = load_member(token)
    assert found is not None, "the session was opened a moment ago"
    login_user(found)
    log.info("sign-in of learner %s", found.learner_id)
    return found


def end() -> None:
    """Sign this device out."""
    logout_user()
    session.clear()


def lead_to_sign_in() -> Response:
    """To sign in, and then back to the page that was asked for, or on which a button was pressed."""
    is_page = request.method in ("GET", "HEAD") and not wants_fragment()
    back = here() if is_page else page_before()
    return redirect_to(url_for("accounts.sign_in", next=back))


def shown() -> Shown:
    """What of the game is shown to whoever asks."""
    found = member()
    return shown_without(found.hides) if found else Shown()


def preferred_language() -> str | None:
    """The language that the member has chosen."""
    found = member()
    return found.language if found else None


def time_zone() -> str:
    """The reader's time zone: chosen by the member, else told by the device, else the site's."""
    found = member()
    return (found.time_zone if found else None) or device_zone() or site_settings().time_zone


def device_zone() -> str | None:
    """The time zone that the device says it is in."""
    told = request.cookies.get(ZONE_COOKIE, "") if request else ""
    return told if told and told in known_zones() else None


def _note_visit(session_id: int) -> None:
    """A database that cannot be written to must not keep anybody from reading."""
    try:
        sessions.note_visit(session_id, at())
    except SQLAlchemyError as error:
        log.warning("visit not noted: %s", error.__class__.__name__)
