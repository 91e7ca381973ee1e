"""A site with something behind every address, and one person of each kind to ask for it."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import given
from authors import Author
from flask import Flask
from PIL import Image
from routes import FORM, VALUES, contents
from sqlalchemy import Connection, func, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from stream import accounts
from stream.accounts import invites, mail_addresses, mailed_links, membership, pairing, resets
from stream.accounts.models import Session, User
from stream.accounts.queries import user_id_of
from stream.clock import now
from stream.comments.models import threads
from stream.db import reading, write
from stream.factory import create_app
from stream.notifications import unsubscribing
from stream.notifications.models import notifications
from stream.reports.models import reports
from stream.settings import Settings

NAMES = {"member": "jun", "owner": "minji", "blocked": "bora", "author": "areum", "moderator": "haru", "admin": "sori"}
PEOPLE = ("visitor", *NAMES)
LIMITS = ("sign_in_limit", "address_limit", "act_limit", "comment_limit", "report_limit")
GONE = "Some words that will be gone."


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody's browser sends: the cookie of a session, and that session's token."""

    cookie: str
    token: str


class Everything:
    """The site. `things` has a value for each name in an address, and `own` others for one endpoint alone; likewise
    `forms` what a form must say beyond what all say."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.things: dict[str, Any] = dict(VALUES)
        self.own: dict[str, dict[str, Any]] = {}
        self.forms: dict[str, dict[str, Any]] = {}
        self.people: dict[str, Person] = {}
        self._file = app.config["STREAM"].instance / "stream.db"
        self._lessons = app.config["STREAM"].lessons
        self._copy = sqlite3.connect(":memory:")
        self._rows: dict[str, list[tuple[object, ...]]] = {}

    def routes(self, *methods: str) -> Iterator[tuple[str, Rule]]:
        """(method, route), in the order of their addresses."""
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            yield from ((method, rule) for method in methods if method in (rule.methods or ()))

    def address(self, rule: Rule, **others: Any) -> str:
        """Where a route leads to the owner's things, or to others."""
        values = {**self.things, **self.own.get(rule.endpoint, {}), **others}
        with self.app.test_request_context():
            found = rule.build({name: values[name] for name in rule.arguments})
        assert found is not None, rule
        return found[1]

    def form(self, rule: Rule, who: str = "owner") -> dict[str, Any]:
        """What the form of a route sends, without the token."""
        name = NAMES.get(who, NAMES["owner"])
        sent = {**FORM, "typed_name": name, "who": name, "confirm_password": given.PASSWORD}
        sent |= self.forms.get(rule.endpoint, {})
        return {name: value() if callable(value) else value for name, value in sent.items()}

    def ask(
        self, who: str, method: str, address: str, form: dict[str, Any] | None = None, **headers: str
    ) -> TestResponse:
        """The answer to somebody; a form carries the token of their session unless it brings another."""
        sent = None if form is None else {"csrf_token": self.people[who].token, **form}
        return self.send(who, method, address, data=sent, headers=headers)

    def send(self, who: str, method: str, address: str, *, headers: dict[str, str], **body: Any) -> TestResponse:
        """The answer to somebody whose browser sends the cookie of their session, unless the headers name another."""
        cookie = self.people[who].cookie
        client = self.app.test_client(use_cookies=False)
        return client.open(address, method=method, headers={"Cookie": cookie, **headers}, buffered=True, **body)

    def remember(self) -> None:
        """The site as it is now is what it is compared with, and brought back to."""
        self._rows = contents(self.app)
        with closing(sqlite3.connect(self._file)) as live:
            live.backup(self._copy)

    @contextmanager
    def kept(self) -> Iterator[Callable[[], bool]]:
        """A way to ask whether a row or a lesson file has changed; at the end all is as it was.

        Comparing all rows takes long, so SQLite is asked first whether anybody has written.
        """
        files = _files(self._lessons)
        with closing(sqlite3.connect(self._file)) as live:
            number = _writes(live)

            def has_changed() -> bool:
                return (_writes(live) != number and contents(self.app) != self._rows) or _files(self._lessons) != files

            try:
                yield has_changed
            finally:
                if _writes(live) != number:
                    self._copy.backup(live)
                _put_back(self._lessons, files)

    def close(self) -> None:
        """Give back what was opened."""
        self._copy.close()
        given.close(self.app)


def _writes(live: sqlite3.Connection) -> int:
    """Another number after somebody else has written."""
    found: int = live.execute("PRAGMA data_version").fetchone()[0]
    return found


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _put_back(folder: Path, files: dict[Path, bytes]) -> None:
    for path, content in _files(folder).items():
        if path not in files:
            path.unlink()
        elif content != files[path]:
            path.write_bytes(files[path])


def site_of(settings: Settings) -> Everything:
    """The site, made as people would: by its own forms where they have one."""
    unlimited = dict.fromkeys(LIMITS, "1000000 per second")
    app = create_app(replace(settings, mail_host="127.0.0.1", mail_from="a@b.example", **unlimited))
    app.extensions["stream.postman"].close()  # there is no mail server
    author = Author(app)
    people = {kind: author if kind == "author" else given.Visitor(app) for kind in NAMES}
    for kind, each in people.items():
        each.sign_up(NAMES[kind])
    for kind in ("author", "moderator", "admin"):
        given.role(app, NAMES[kind], kind)  # type: ignore[arg-type]
    site = Everything(app)
    _write_lessons(settings, people["owner"], author)
    _talk(site, people)
    with app.app_context():
        _find_things(site)
        _make_secrets(site)
        _say_what_forms_need(site)
    visitor = given.Visitor(app)
    visitor.get("/en/sign-in")
    for kind, each in ({"visitor": visitor} | people).items():
        each.get("/en/report")  # the forms of everybody's pages
        cookie = each.client.get_cookie("session")
        assert cookie is not None
        site.people[kind] = Person(f"session={cookie.value}", each.token)
    site.remember()
    return site


def _write_lessons(settings: Settings, owner: given.Visitor, author: Author) -> None:
    """A draft, a picture, an earlier text of a lesson, and talk about a paragraph that stood in it."""
    given.lesson(settings.lessons, "later", 4, status="draft")
    Image.new("RGB", (4, 3)).save(settings.lessons / "dials" / "x.png")
    given.lesson(settings.lessons, "dial", 2, body=f"{GONE}\n\n{given.BODY}")
    owner.comment("About that", block=_block_of(owner.get("/en/lessons/dial").text, GONE))
    answer = author.save(author.open().replace(GONE, ""))
    assert answer.status_code == 303, answer.text


def _talk(site: Everything, people: dict[str, given.Visitor]) -> None:
    """Something of the owner's wherever members may leave something."""
    owner = people["owner"]
    block = _block_of(owner.get("/en/lessons/dial").text, "Turn it up")
    asked = owner.comment("A question", block=block)
    people["member"].comment("An answer for @minji", parent=str(asked))
    owner.post("/en/report", lesson="dial", category="typo", body="teh")
    for each in people.values():
        each.post("/en/lessons/seeds/complete")
    given.Visitor(site.app).sign_in(NAMES["owner"])
    people["admin"].get("/en/admin/comments")
    people["admin"].post("/en/admin/patterns", words="cheap pills")
    held = owner.comment("Cheap pills")
    for kind in ("member", "blocked"):
        people[kind].post("/en/me/published", do="publish")
    site.things |= {"block": block, "comment_id": asked, "held": held}


def _find_things(site: Everything) -> None:
    """The numbers and names that things got."""
    owner, blocked = _learner(NAMES["owner"]), _learner(NAMES["blocked"])
    order = membership.Order(_learner(NAMES["admin"]), blocked, "spam", now())
    membership.block(order)
    sessions = select(func.max(Session.id)).where(Session.user_id == user_id_of(NAMES["owner"]))
    with reading() as connection:
        site.things |= {
            "learner_id": owner,
            "session_id": connection.execute(sessions).scalar_one(),
            "notification_id": connection.execute(
                select(func.max(notifications.c.id)).where(notifications.c.learner_id == owner)
            ).scalar_one(),
            "reference": connection.execute(select(reports.c.reference)).scalar_one(),
            "thread_id": connection.execute(
                select(func.min(threads.c.id)).where(threads.c.passage_id > 0)
            ).scalar_one(),
        }
    shelf = site.app.config["STREAM"].instance / "revisions" / "dial.en"
    site.things["revision"] = next(shelf.iterdir()).name
    site.own = {
        "comments.unblock": {"learner_id": blocked},
        "admin.unblock": {"learner_id": blocked},
        "assets.serve": {"path": "css/site.css"},
        "progress.reopen": {"slug": "seeds"},
        "statistics.course_file": {"name": "funnel"},
    }


def _make_secrets(site: Everything) -> None:
    """What is mailed or handed over: whoever has it may use it."""
    owner, at = user_id_of(NAMES["owner"]), now()

    def work(connection: Connection) -> None:
        connection.execute(update(User).values(mail=User.username + "@example.org", mail_confirmed_at=at))
        mailed_links._keep(connection, "sign-in-link", owner, "a" * 43, at)

    write(work)
    reset = resets.make_reset_link(NAMES["owner"], at)
    tokens = {
        "accounts.invite": invites.make(invites.NewInvite(3, 14), _learner(NAMES["admin"]), at),
        "accounts.reset": reset,
        "accounts.mailed_link": "a" * 43,
        "accounts.confirm_address": mail_addresses.token_for(owner, f"{NAMES['owner']}@example.org"),
        "notifications.unsubscribe": unsubscribing.token_for(_learner(NAMES["owner"])),
    }
    for endpoint, token in tokens.items():
        site.own[endpoint] = site.own[f"{endpoint}_post"] = {"token": token}


def _say_what_forms_need(site: Everything) -> None:
    """What a form must say so that whoever may send it changes something by it."""
    file = site._lessons / "dials" / "02-dial.en.md"
    text, base = file.read_text(encoding="utf-8"), sha256(file.read_bytes()).hexdigest()
    code = pairing.show_code(user_id_of(NAMES["owner"]), now())
    password, owner = given.PASSWORD, NAMES["owner"]
    site.forms = {
        "accounts.change_password": {"current": password, "new": "another long passphrase"},
        "accounts.leave_post": {"leave_password": password, "comments": "keep"},
        "accounts.make_invite": {"places": "1", "days": "14"},
        "accounts.pair_post": {"username": owner, "code": code},
        "accounts.publish": {"do": "publish"},
        "accounts.send_link": {"for": "sign-in-link"},
        "accounts.set_mail": {"mail": "new@example.org", "mail_current": password},
        "accounts.sign_in_post": {"username": owner},
        "admin.change_role": {"role": "author"},
        "authoring.add_picture_post": {"alt": "A dot", "picture": lambda: (_picture(), "dot.png")},
        "authoring.edit_post": {"do": "save", "text": f"{text}\nMore.\n", "base": base},
        "comments.edit_post": {"version": "1"},
        "reports.settle": {"do": "declined", "answer": "It is meant so."},
    }


def _picture() -> BytesIO:
    packed = BytesIO()
    Image.new("RGB", (4, 3)).save(packed, "PNG")
    packed.seek(0)
    return packed


def _block_of(page: str, words: str) -> str:
    found = re.search(rf'<p id="(b-[0-9a-f-]+)">{re.escape(words[:20])}', page)
    assert found is not None, words
    return found[1]


def _learner(name: str) -> str:
    found = accounts.learner_of(name)
    assert found is not None, name
    return found
