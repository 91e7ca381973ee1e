"""What every answer carries: content policy, cache rules, entity tag. And where changes come from: this site."""

import logging
from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from flask import Flask, Response, abort, current_app, g, request, session
from flask_login import current_user
from flask_wtf import CSRFProtect

from stream.web.keeping import note
from stream.web.tokens import TOKENS, Tokens, tokens
from stream.web.vary import depends_on

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CONTENT_POLICY = ";".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PERMISSIONS = "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
TRANSPORT = "Strict-Transport-Security", "max-age=31536000"
PERSONAL = "private, no-store"
EVERYBODYS = "public, max-age=0, must-revalidate"  # it may be kept and asked for again
NO_DOCUMENTS = frozenset({"text/css", "text/javascript"})  # which ask for nothing by themselves
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

csrf = CSRFProtect()
log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
_asking_themselves: set[str] = set()


def without_token(view: View) -> View:
    """A view that asks for the token itself, where it changes anything."""
    _asking_themselves.add(_name(view))
    return view


def require_token() -> None:
    """Refuse the request unless it carries this session's token."""
    kept, sent = session.get("csrf_token"), request.form.get("csrf_token")
    if not (kept and sent and tokens().match(kept, sent)):
        csrf.protect()


def init_app(app: Flask) -> None:
    """Guard changes and dress answers. Must come after compression, so that entity tags are of the plain answer."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # it is asked below
    csrf.init_app(app)
    app.extensions[TOKENS] = Tokens(str(app.secret_key))
    app.before_request(_guard_changes)
    app.after_request(_dress)


def _guard_changes() -> None:
    """Only a form of this site changes anything: with the token of the session, and from no other site."""
    if request.method in SAFE_METHODS:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and _name(view) not in _asking_themselves:
        require_token()
    _refuse_other_sites(request.environ)


def _name(view: Callable[..., Any]) -> str:
    """Of a view, whatever is wrapped around it."""
    return f"{view.__module__}.{view.__name__}"


def _refuse_other_sites(environ: "WSGIEnvironment") -> None:
    """A change asked for by a page of another site is refused, whatever token it carries."""
    site, origin = environ.get("HTTP_SEC_FETCH_SITE"), environ.get("HTTP_ORIGIN")
    if site not in (None, "same-origin", "none"):
        _refuse()
    if origin == "null" and site == "same-origin":
        return  # a form on a page of ours that tells nobody its address, such as the one-time link
    if origin is not None and origin.partition("://")[2] != request.host:
        _refuse()


def _refuse() -> NoReturn:
    log.warning("a change asked for by another site was refused: %s", request.endpoint)
    abort(403)


def _dress(response: Response) -> Response:
    told = {name.lower() for name, _ in response.headers}
    guards = [*HEADERS.items()]
    if response.mimetype not in NO_DOCUMENTS:
        guards.append(PERMISSIONS)
    if request.is_secure and not request.script_root:  # with a path, the host is not ours alone
        guards.append(TRANSPORT)
    response.headers.extend([(name, value) for name, value in guards if name.lower() not in told])
    has_tag = "etag" in told
    if "cache-control" not in told:
        depends_on(response, "Cookie", "HX-Request")
        if "set-cookie" in told or _is_personal(response):
            response.headers.add("Cache-Control", PERSONAL)
        else:
            response.headers.add("Cache-Control", EVERYBODYS)
            response.set_etag(blake2b(response.get_data(), digest_size=8).hexdigest())
            has_tag = True
    note(response)
    if has_tag:
        response.make_conditional(request)
    return response


def _is_personal(response: Response) -> bool:
    """Whether it is anything but what every visitor gets alike."""
    changed = request.method not in ("GET", "HEAD") or response.status_code not in (200, 301)
    return changed or current_user.is_authenticated or holds_token()


def holds_token() -> bool:
    """Whether this answer was rendered with a CSRF token in it."""
    return "csrf_token" in g
