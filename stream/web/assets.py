"""Static files under addresses that hold the hash of their content, so that browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, send_from_directory, url_for

FOLDER = Path(__file__).parent.parent / "static"
YEAR = 31_536_000

blueprint = Blueprint("assets", __name__)


def init_app(app: Flask) -> None:
    """Serve `stream/static`, and give templates `asset("css/site.css")`."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = address


def address(path: str) -> str:
    """The address of a static file; a file that does not exist is a mistake in a template."""
    return url_for("assets.serve", digest=digest(path), path=path)


@cache
def digest(path: str) -> str:
    """The first 12 hex digits of the file's hash. Files do not change while the site runs."""
    return hashlib.sha256((FOLDER / path).read_bytes()).hexdigest()[:12]


@blueprint.get("/static/<digest>/<path:path>")
def serve(digest: str, path: str) -> Response:
    """The file. Any digest is answered, so that a page that is older than the file still finds one."""
    if not (FOLDER / path).is_file():
        abort(404)
    answer = send_from_directory(FOLDER, path, max_age=YEAR)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it unasked."""
    answer = send_from_directory(FOLDER, "icon.svg", mimetype="image/svg+xml", max_age=YEAR)
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
