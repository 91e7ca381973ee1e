"""`create_app()`: settings, extensions, features, templates. Assembles everything; nothing imports it."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import Flask, Request
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from stream import accounts, comments, db, exercises, mail, notes, notifications, progress, reports, review, search
from stream.accounts.reader import Reader
from stream.catalogue.loader import Library
from stream.resources import PACKAGE
from stream.settings import Settings, SettingsError, load_settings
from stream.web import (
    addresses,
    assets,
    compression,
    content,
    errors,
    kept_fragments,
    language,
    limits,
    numbers,
    page,
    security,
)
from stream.web.access_log import AccessLog
from stream.web.kept_pages import KeptPages
from stream.web.kept_templates import KeptTemplates
from stream.web.mount import Mounted
from stream.web.routes import LateRule
from stream.web.schemes import WebSchemes
from stream.web.signed_cookie import SignedCookie
from stream.web.templating import PlainEnvironment

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

FEATURES = (
    "accounts",
    "notifications",
    "progress",
    "exercises",
    "comments",
    "reports",
    "notes",
    "devices",
    "review",
    "offline",
    "search",
    "lessons",
    "authoring",
    "statistics",
    "rules",
    "admin",
    "maintenance",
)
MAX_REQUEST = 1_000_000  # bytes; the longest form is an exercise answer


class SiteRequest(Request):
    """Flask's, with the limits of what is sent at hand: it asks the configuration eight times for those of one form."""

    max_content_length = MAX_REQUEST
    max_form_memory_size = MAX_REQUEST
    max_form_parts = 200


class Site(Flask):
    """Flask, with quicker templates and a quicker start, and without looking ten times a request for coroutines."""

    request_class = SiteRequest
    jinja_environment = PlainEnvironment
    url_rule_class = LateRule

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """None of ours is one."""
        return func


def create_app(settings: Settings | None = None, **config: Any) -> Flask:
    """The site as a WSGI application. Raises SettingsError when a setting cannot be used."""
    settings = settings or load_settings()
    if not settings.secret_key:
        raise SettingsError(f"{settings.instance} has no secret_key yet: run `stream init` first")
    app = Site("stream", static_folder=None, template_folder=None, instance_path=str(settings.instance))
    app.config.update(_flask_config(settings), **config)
    app.session_interface = SignedCookie()
    _init_templates(app, settings)
    _init_extensions(app, settings)
    for feature in FEATURES:
        app.register_blueprint(import_module(f"stream.{feature}").blueprint)
    _put_in_front(app, settings)
    return app


def _put_in_front(app: Flask, settings: Settings) -> None:
    """What is asked before Flask: the pages that are kept, and the line for the log."""
    kept = KeptPages(app, app.wsgi_app, content.library_of(app), Reader(app, settings))
    inside = AccessLog(app, kept) if settings.access_log else kept
    app.wsgi_app = _seen_from_outside(inside, settings)  # type: ignore[method-assign, assignment]
    if not settings.access_log:
        at_once = _seen_from_outside(lambda environ, _: kept.at_once(environ), settings)  # type: ignore[arg-type, return-value]
        app.extensions["stream.at_once"] = app.wsgi_app, at_once


def _seen_from_outside(inside: "WSGIApplication", settings: Settings) -> "WSGIApplication":
    """Believe proxies who asks, how and for which host. Where the site stands is set, never told by a header."""
    if settings.root_path:
        inside = Mounted(inside, settings.root_path)
    if hops := settings.proxy_hops:
        inside = ProxyFix(WebSchemes(inside), x_for=hops, x_proto=hops, x_host=hops)
    return inside


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "STREAM": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.sql_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},  # what was typed does not belong into tracebacks
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "SESSION_COOKIE_NAME": _session_cookie(settings),
        "SESSION_COOKIE_PATH": settings.root_path or "/",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.session_days),
        "WTF_CSRF_SSL_STRICT": False,  # stream.web.security asks where changes come from, referrer or not
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session: a lesson may stay open for hours
    }


def _session_cookie(settings: Settings) -> str:
    """Browsers take `__Host-` only for a whole host."""
    if not settings.secure:
        return "session"
    return "__Secure-session" if settings.root_path else "__Host-session"


def _init_templates(app: Flask, settings: Settings) -> None:
    """`progress/_standing.html` is the file `_standing.html` in the templates of `stream.progress`."""
    with_templates = [name for name in FEATURES if (PACKAGE / name / "templates").is_dir()]
    by_feature = {name: PackageLoader(f"stream.{name}") for name in with_templates}
    app.jinja_loader = ChoiceLoader([PrefixLoader(by_feature), PackageLoader("stream")])
    app.jinja_env.bytecode_cache = KeptTemplates(settings.instance / "compiled" / "templates")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")


def _init_extensions(app: Flask, settings: Settings) -> None:
    numbers.init_app(app)
    db.init_app(app)
    content.init_app(app, Library(settings.lessons, settings.instance / "compiled"))
    compression.init_app(app)
    security.init_app(app)
    kept_fragments.init_app(app)
    assets.init_app(app)
    limits.init_app(app)
    accounts.init_app(app)
    progress.init_app(app, settings.lessons / "rulebook.toml")
    language.init_app(app, preferred=accounts.preferred_language, zone=accounts.time_zone)
    page.init_app(app)
    addresses.init_app(app)
    errors.init_app(app)
    mail.init_app(app)
    accounts.init_mail(app)
    notifications.init_app(app)
    comments.init_app(app)
    exercises.init_app(app)
    reports.init_app(app)
    notes.init_app(app)
    review.init_app(app)
    search.init_app(app, settings.instance / "search.db")
