"""The least that Flask can do of a page, a completion and a comment, under waitress: beside it the site's own figures
say what all the rest costs, and a goal says whether anything written in Flask could reach it.

A signed session whose token is compared; of an act one row that is not there twice and the sum beside it, on disk; of a
page for a member one read; Markdown and its sanitiser; a template. No languages, limits, rules, history, hashes,
notifications or logs.
"""

import gzip
import hmac
import logging
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mistune
import nh3
from flask import Flask, Response, abort, render_template, request, session
from jinja2 import DictLoader
from markupsafe import Markup
from waitress.server import create_server

from benchmarks.hello import THREADS
from benchmarks.served import MemberKeys

KEY = "not a secret: nobody reaches this but the benchmark"
TABLES = """
CREATE TABLE events (id INTEGER PRIMARY KEY, learner TEXT, event_id TEXT UNIQUE, type TEXT, subject TEXT, xp INTEGER,
                     UNIQUE (learner, type, subject));
CREATE TABLE standings (learner TEXT PRIMARY KEY, xp INTEGER);
CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id TEXT UNIQUE, lesson TEXT, author TEXT, html TEXT);
"""
EVENT = "INSERT OR IGNORE INTO events (learner, event_id, type, subject, xp) VALUES (?, ?, 'lesson.completed', ?, 20)"
SUM = "INSERT INTO standings VALUES (?, 20) ON CONFLICT DO UPDATE SET xp = xp + 20"
STANDING = "SELECT xp FROM standings WHERE learner = ?"
COMMENT = "INSERT OR IGNORE INTO comments (post_id, lesson, author, html) VALUES (?, ?, ?, ?)"
TEMPLATES = {
    "page.html": "<!doctype html><title>{{ slug }}</title><p>{{ xp }} XP {{ token }}</p>{{ text }}",
    "completed.html": '<section id="completion"><p>{{ slug }} is done</p><p>{{ xp }} XP</p></section>',
    "comment.html": '<article id="{{ post_id }}"><h3>{{ author }}</h3>{{ html }}</article>',
}


class OneWriter:
    """One connection for all writes, one at a time: faster here than commits for several at once."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {TABLES}")
        self._lock = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What happens in the block is on disk after it."""
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection


def bare_app(folder: Path) -> Flask:
    """The application; its database is in `folder`, and `page.html`, the text that a page shows."""
    app = _with_key()
    app.jinja_loader = DictLoader(TEMPLATES)
    writer = OneWriter(folder / "least.db")
    markdown = mistune.create_markdown()
    text = Markup((folder / "page.html").read_text(encoding="utf-8"))  # the site's own page
    readers = threading.local()

    def standing(learner: str) -> int:
        if not hasattr(readers, "connection"):
            readers.connection = sqlite3.connect(folder / "least.db")
        found = readers.connection.execute(STANDING, (learner,)).fetchone()
        return found[0] if found else 0

    def learner_with_token() -> str:
        if not hmac.compare_digest(session["csrf_token"], request.form["csrf_token"]):
            abort(400)
        return str(session["learner"])

    @app.get("/en/lessons/<slug>")
    def page(slug: str) -> Response:
        learner, token = session.get("learner"), session.get("csrf_token", "")
        xp = standing(learner) if learner else 0
        body = render_template("page.html", slug=slug, xp=xp, token=token, text=text)
        return Response(gzip.compress(body.encode(), 1), headers={"Content-Encoding": "gzip"})

    @app.post("/en/lessons/<slug>/complete")
    def complete(slug: str) -> str:
        learner = learner_with_token()
        with writer.transaction() as connection:
            if connection.execute(EVENT, (learner, request.form["event_id"], slug)).rowcount:
                connection.execute(SUM, (learner,))
            (xp,) = connection.execute(STANDING, (learner,)).fetchone()
        return render_template("completed.html", slug=slug, xp=xp)

    @app.post("/en/lessons/<slug>/comments")
    def comment(slug: str) -> str:
        author, post_id = learner_with_token(), request.form["post_id"]
        html = nh3.clean(str(markdown(request.form["body"])))
        with writer.transaction() as connection:
            connection.execute(COMMENT, (post_id, slug, author, html))
        return render_template("comment.html", post_id=post_id, author=author, html=Markup(html))

    return app


def signed_in(count: int) -> list[MemberKeys]:
    """So many members of it."""
    app = _with_key()
    signing = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    found = []
    for number in range(1, count + 1):
        learner, token = f"{number:032x}", f"token-{number}"
        cookie = signing.dumps({"learner": learner, "csrf_token": token})
        found.append(MemberKeys(learner, f"session={cookie}", token))
    return found


def _with_key() -> Flask:
    app = Flask(__name__)
    app.secret_key = KEY
    return app


def main(folder: str) -> None:
    """Serve until killed, on a free port."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(bare_app(Path(folder)), host="127.0.0.1", port=0, threads=THREADS)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
