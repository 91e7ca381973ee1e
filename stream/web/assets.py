"""Static files under addresses that hold the hash of their content, so that browsers may keep them for a year."""

import hashlib
import mimetypes
from functools import cache
from urllib.parse import quote

from flask import Blueprint, Flask, Response, abort, g, request, send_from_directory, url_for
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from stream.resources import PACKAGE
from stream.web.bundles import BUNDLES, FOLDER, SPOKEN, bundle, spoken
from stream.web.compression import TYPES
from stream.web.content import catalogue
from stream.web.keeping import keep
from stream.web.language import default, locale_of
from stream.web.request_key import asks_for_fragment

YEAR = 31_536_000

# What only scripts say. A page without them says none of it, so they bring it along.
WORDS = {
    "begun": _l("begun"),
    "completed": _l("Lesson completed"),
    "copied": _l("Copied"),
    "copy": _l("Copy"),
    "copyOf": _l("This is the copy of"),
    "later": _l("You are offline: kept here, sent later."),
    "laterAnswer": _l("You are offline: your answer is kept here, and looked at later."),
    "nothingKept": _l(
        "This browser lets no site keep anything, so nothing is kept."
        " You can read everything; sign in to keep your progress."
    ),
    "offlineMember": _l("You are offline: what you do is kept here and sent later."),
    "offlineVisitor": _l("You are offline: what you do is kept here."),
    "pending": _l("The site cannot be reached: this is kept here, and counts as soon as it can."),
    "takeBack": _l("Take it back"),
    "unreached": _l("The site could not be reached. Nothing is lost: try again."),
    "unsaved": _l("That could not be saved. Nothing is lost: try again."),
}

blueprint = Blueprint("assets", __name__)


def init_app(app: Flask) -> None:
    """Serve `stream/static` and its bundles, and give templates `asset("style.css")`."""
    app.register_blueprint(blueprint)
    app.after_request(_mark)
    app.jinja_env.globals.update(asset=address, inlined=inlined)


def address(path: str) -> str:
    """The address of a static file; a file that does not exist is a mistake in a template."""
    if path == SPOKEN:
        path = f"{g.get('language') or default()}/{path}"
    return url_for("assets.serve", wanted=digest(path), path=path)


@cache
def inlined(path: str) -> str:
    """An address that holds a small drawing itself: it takes less than the headers of a request for it would."""
    return "data:image/svg+xml," + quote((FOLDER / path).read_text(encoding="utf-8").strip(), safe="=:/,'")


@cache
def digest(path: str) -> str:
    """The first 12 hex digits of the file's hash. Files do not change while the site runs."""
    made = _made(path)
    return hashlib.sha256((FOLDER / path).read_bytes() if made is None else made).hexdigest()[:12]


def _made(path: str) -> bytes | None:
    """A bundle; None where `path` is a file."""
    language, _, name = path.rpartition("/")
    if name == SPOKEN and language in ("", *catalogue().site.languages):
        return _spoken(language or default())  # pages of older versions name no language
    return bundle(path) if path in BUNDLES else None


@cache
def _spoken(language: str) -> bytes:
    with force_locale(locale_of(language)):
        words = {name: str(text) for name, text in WORDS.items()}
    return spoken({**words, "htmx": f"/static/{digest('htmx.js')}/htmx.js"})


@cache
def _files() -> frozenset[str]:
    """Every file there is: what was typed is looked up, and becomes no path. One file has one spelling."""
    return frozenset(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())


@cache
def site_version() -> str:
    """A mark of all templates and static files: pages and fragments with the same mark were made for each other."""
    seen = hashlib.sha256()
    for path in sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".html", ".css", ".js", ".svg")):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:12]


@blueprint.get("/static/<wanted>/<path:path>")
def serve(wanted: str, path: str) -> Response:
    """The file. A page that is older than the file still finds one, but nothing may keep it under the old address."""
    made = _made(path)
    if made is None and path not in _files():
        abort(404)
    keep(lambda: None)  # files do not change while the site runs
    if made is not None:
        answer = Response(made, mimetype=mimetypes.guess_type(path)[0])
        answer.set_etag(digest(path))
        answer.make_conditional(request)
    else:
        answer = send_from_directory(FOLDER, path, max_age=YEAR)
    if answer.mimetype in TYPES:
        answer.direct_passthrough = False  # its bytes are wanted, to make them fewer
    is_meant = wanted == digest(path)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if is_meant else "no-store"
    return answer


def _mark(response: Response) -> Response:
    if asks_for_fragment(request.environ) and response.mimetype == "text/html":
        response.headers.add("Stream-Version", site_version())
    return response


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it unasked."""
    answer = send_from_directory(FOLDER, "icon.svg", mimetype="image/svg+xml", max_age=YEAR)
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
