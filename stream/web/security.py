"""What every answer carries: content policy, cache rules, entity tag. And where changes come from: this site."""

import logging
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NoReturn, TypeVar

from flask import Flask, Response, abort, g, request
from flask_login import current_user
from flask_wtf import CSRFProtect

from stream.web.keeping import note

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
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=()"
NO_DOCUMENTS = frozenset({"text/css", "text/javascript"})  # which ask for nothing by themselves
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

csrf = CSRFProtect()
log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])


def without_token(view: View) -> View:
    """A view that asks for the token itself, where it changes anything."""
    csrf.exempt(view)
    return view


def require_token() -> None:
    """Refuse the request unless it carries this session's token."""
    csrf.protect()


def init_app(app: Flask) -> None:
    """Guard changes and dress answers. Must come after compression, so that entity tags are of the plain answer."""
    csrf.init_app(app)
    app.before_request(_refuse_other_sites)
    app.after_request(_dress)


def _refuse_other_sites() -> None:
    """A change asked for by a page of another site is refused, whatever token it carries."""
    if request.method in SAFE_METHODS:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
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
    own = {name.lower() for name, _ in response.headers}
    response.headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in own])
    if response.mimetype not in NO_DOCUMENTS:
        response.headers["Permissions-Policy"] = PERMISSIONS
    if request.is_secure and not request.script_root:  # with a path, the host is not ours alone
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in response.headers:
        response.vary.update(("Cookie", "HX-Request"))
        _set_cache_rules(response)
    note(response)
    if response.get_etag()[0]:
        response.make_conditional(request)
    return response


def _set_cache_rules(response: Response) -> None:
    """Personal answers are never kept; what every visitor gets alike may be kept and asked for again."""
    if _is_personal(response):
        response.headers["Cache-Control"] = "private, no-store"
        return
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.set_etag(blake2b(response.get_data(), digest_size=8).hexdigest())


def _is_personal(response: Response) -> bool:
    changed = request.method not in ("GET", "HEAD") or response.status_code not in (200, 301)
    return changed or current_user.is_authenticated or "Set-Cookie" in response.headers or holds_token()


def holds_token() -> bool:
    """Whether this answer was rendered with a CSRF token in it."""
    return "csrf_token" in g
