"""Error pages in the reader's language, each with a way on. A fault of ours gets a reference that stands in the log."""

import logging
import secrets
import sqlite3
from collections.abc import Sequence

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DatabaseError, OperationalError
from werkzeug.exceptions import BadHost, HTTPException, SecurityError

from stream.ledger.codec import Unreadable
from stream.refusal import Refusal
from stream.statements import is_damage
from stream.web.access_log import told
from stream.web.content import catalogue
from stream.web.htmx import wants_fragment

log = logging.getLogger(__name__)

TEXTS = {
    400: (_l("That request could not be read"), _l("Go back and try once more.")),
    403: (_l("That is not allowed from here"), _l("Go back to the page, reload it and try once more.")),
    404: (_l("There is no such page"), _l("It may have moved, or the address may have a typing error.")),
    405: (_l("That address does not take this kind of request"), _l("Start again from the home page.")),
    410: (_l("That page is gone"), _l("It was here once and has been removed.")),
    413: (_l("That was too much at once"), _l("Send a shorter text.")),
    429: (_l("Too many tries"), _l("Wait a little, then try again. Nothing is lost.")),
    500: (_l("Something went wrong here"), _l("It is our fault, not yours. Try again in a moment.")),
    503: (_l("The site cannot save right now"), _l("Nothing was changed. Try again in a moment.")),
}
EXPIRED = (_l("This page was open for too long"), _l("Go back, reload the page and send it again."))
DAMAGED = (
    _l("A part of the site cannot be read"),
    _l("Its admin has to bring it back from a backup: please tell them. Other pages may still work."),
)
NOT_THIS_HOST = _l("This site does not answer for that host name. Its admin sets STREAM_TRUSTED_HOSTS.")
REFUSALS = {
    "blocked": _l("A moderator has blocked you from writing here. You can still read and learn."),
    "unknown-exercise": _l("This lesson has no such exercise any more. Reload the page."),
    "not-utf-8": _l("This file is not UTF-8, so it can only be edited where it lies."),
    "too-large": _l("This file is too large to be edited here."),
}


def init_app(app: Flask) -> None:
    """Answer every kind of failure with a page, or to htmx with a line in its place."""
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refusal, _refused)
    for unavailable in (OperationalError, sqlite3.OperationalError):
        app.register_error_handler(unavailable, _database_unavailable)
    for failed in (DatabaseError, sqlite3.DatabaseError):
        app.register_error_handler(failed, _database_failed)
    app.register_error_handler(Unreadable, _damaged)
    app.register_error_handler(Exception, _fault)


def _no_token(error: CSRFError) -> Response:
    log.info("a form without its token was refused: %s (%s)", request.endpoint, error.description)
    return _answer(400, *EXPIRED)


def _http(error: HTTPException) -> Response:
    if error.response is not None:  # a redirect by abort()
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    answer = _answer(status, *TEXTS.get(status, TEXTS[400 if status < 500 else 500]))
    for name, value in error.get_headers():
        if name in ("Retry-After", "Allow"):
            answer.headers[name] = value
    return answer


def _refused(refusal: Refusal) -> Response:
    title, advice = TEXTS.get(refusal.status, TEXTS[400])
    return _answer(refusal.status, title, REFUSALS.get(refusal.code, advice))


def _database_unavailable(error: OperationalError | sqlite3.OperationalError) -> Response:
    """The database is locked by a stranger, full, or read-only: said in words, and worth another try."""
    log.error("database unavailable: %s", getattr(error, "orig", error))
    answer = _answer(503, *TEXTS[503], again=_sent())
    answer.headers["Retry-After"] = "5"
    return answer


def _database_failed(error: DatabaseError | sqlite3.DatabaseError) -> Response:
    """A damaged file is nobody's fault, and another try does not help."""
    if not is_damage(error):
        return _fault(error)
    return _damaged(getattr(error, "orig", error))


def _damaged(error: Exception) -> Response:
    log.error("the database is damaged: %s; `stream doctor` says where", error)
    return _answer(503, *DAMAGED, again=_sent())


def _fault(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    path = told(current_app, request.path)
    log.error("fault %s at %s %s", reference, request.method, path, exc_info=error)
    return _answer(500, *TEXTS[500], reference=reference)


def _sent() -> list[tuple[str, str]]:
    """The fields of the form that was sent, to be sent again. Without scripts they would be lost with the page.

    None where a file or a password is among them: those are never put into a page.
    """
    if request.method != "POST" or request.files or any("password" in name for name in request.form):
        return []
    return list(request.form.items(multi=True))


def _answer(
    status: int, title: object, advice: object, reference: str = "", again: Sequence[tuple[str, str]] = ()
) -> Response:
    if isinstance(request.routing_exception, (SecurityError, BadHost)):
        return _wrong_host()
    template = "_error.html" if wants_fragment() else "error.html"
    said = {"status": status, "title": title, "advice": advice, "reference": reference}
    _ensure_language()
    try:
        return make_response(render_template(template, **said, again=again), status)
    except (DatabaseError, sqlite3.DatabaseError):  # the page around it asks for the member
        answer = make_response(f"{title}\n{advice} {reference}\n", status)
        answer.mimetype = "text/plain"
        return answer


def _wrong_host() -> Response:
    """No page, whatever else is wrong: for a host that is not ours, or none at all, there are no addresses to put on
    one.
    """
    answer = make_response(f"{NOT_THIS_HOST}\n", 400)
    answer.mimetype = "text/plain"
    return answer


def _ensure_language() -> None:
    """An address that matched no route still shows its language, if it has one."""
    if "language" not in g:
        languages = catalogue().site.languages
        first = request.path.lstrip("/").split("/", 1)[0]
        g.language = first if first in languages else request.accept_languages.best_match(languages, languages[0])
