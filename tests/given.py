"""A world in one line: lessons on disk with sensible defaults, and visitors who use the site as people do."""

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from stream import accounts, db
from stream.accounts.roles import Role
from stream.accounts.service import give_role
from stream.clock import now
from stream.ledger.standing import Standing
from stream.progress.queries import standing_of
from stream.resources import SAMPLE_LESSONS
from stream.settings import Settings

PASSWORD = "a long enough passphrase"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
EMPTY_ENVIRONMENT: dict[str, str] = {}
BODY = """
Turn it up and the picture **obeys(순종)**한다.

## Two guesses {#two-guesses}

:::{takeaways}
- Start at five.
:::

:::{exercise} short
:id: dial
:accept: five | 다섯
Where does one start?
:::{answer}
At five.
:::
:::
"""


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which commands work on this site."""
    places = {"STREAM_INSTANCE": str(settings.instance), "STREAM_LESSONS": str(settings.lessons)}
    return {**places, "STREAM_DATABASE_URL": settings.database_url}


def close(app: Flask) -> None:
    """Give back the app's thread and connections."""
    app.extensions["stream.postman"].close()
    app.extensions["stream.search"].close()
    db.close(app)


def replaced(app: Flask, **changes: Any) -> Settings:
    """The settings of a running site, changed."""
    changed: Settings = replace(app.config["STREAM"], **changes)
    return changed


def tamper(app: Flask) -> None:
    """Give everybody who completed something more XP, behind the ledger's back."""
    with app.app_context(), db.write_engine().begin() as connection:
        place = "" if connection.dialect.name == "sqlite" else " ON events"
        connection.execute(text(f"DROP TRIGGER events_no_update{place}"))
        connection.execute(text("UPDATE events SET xp = 4000 WHERE type = 'lesson.completed'"))


def removed(path: Path) -> None:
    """A file or a folder that is gone."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def sql(settings: Settings, statement: str) -> None:
    """Change the database file of a site that does not run."""
    with closing(sqlite3.connect(settings.instance / "stream.db")) as connection, connection:
        connection.execute(statement)


def role(app: Flask, username: str, role: Role) -> None:
    """Give a member a role, as the command line does."""
    with app.app_context():
        give_role(username, role, now())


def site_files(root: Path) -> Path:
    """`site.toml`, the rulebook and an empty course `dials`; returns the lessons folder."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "site.toml").write_text((SAMPLE_LESSONS / "site.toml").read_text(encoding="utf-8"), encoding="utf-8")
    rules = (SAMPLE_LESSONS / "rulebook.toml").read_text(encoding="utf-8")
    (root / "rulebook.toml").write_text(rules, encoding="utf-8")
    course(root, "dials")
    return root


def course(root: Path, key: str) -> None:
    """A course with a title in both languages."""
    (root / key).mkdir(exist_ok=True)
    titles = f'[title]\nen = "{key.title()}"\nko = "{key} 과정"\n'
    text = f'level = "l1"\n{titles}[summary]\nen = "About {key}."\nko = "{key} 이야기."\n'
    (root / key / "course.toml").write_text(text, encoding="utf-8")


def lesson(root: Path, slug: str, number: int = 1, *, of: str = "dials", languages: tuple[str, ...] = ("en", "ko"),
           body: str = BODY, **front: Any) -> None:  # fmt: skip
    """A lesson file in each language."""
    for language in languages:
        matter = {"title": f"{slug} in {language}", "tags": "[control]", "minutes": 5, "status": "published", **front}
        lines = "".join(f"{key}: {value}\n" for key, value in matter.items())
        path = root / of / f"{number:02}-{slug}.{language}.md"
        path.write_text(f"---\n{lines}---\n{body}", encoding="utf-8")


class Visitor:
    """Somebody with a browser: follows forms with the token that the page held."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.token = ""
        self.username = ""

    def get(self, address: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self._noted(self.client.get(address, headers=headers, buffered=True))

    def post(self, address: str, *, htmx: bool = False, **form: Any) -> TestResponse:
        """Send a form."""
        headers = {"HX-Request": "true"} if htmx else {}
        fields = {"csrf_token": self.token, **form}
        return self._noted(self.client.post(address, data=fields, headers=headers))

    def sign_up(self, username: str, language: str = "en") -> "Visitor":
        """Become a member."""
        self.get(f"/{language}/sign-up")
        answer = self.post(f"/{language}/sign-up", username=username, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        self.username = username
        self.get(f"/{language}/")
        return self

    def sign_in(self, username: str) -> "Visitor":
        """Sign in on this browser."""
        self.get("/en/sign-in")
        answer = self.post("/en/sign-in", username=username, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        self.username = username
        self.get("/en/")
        return self

    def comment(self, body: str, lesson: str = "dial", language: str = "en", **form: Any) -> int:
        """Write a comment and return its number."""
        answer = self.post(f"/{language}/lessons/{lesson}/comments", body=body, **form)
        assert answer.status_code == 303, answer.text
        return int(answer.location.rsplit("comment-", 1)[1])

    def unread(self) -> int:
        """What the bell says."""
        found = re.search(r"Notifications: (\d+) unread", self.get("/en/").text)
        assert found is not None
        return int(found[1])

    def standing(self) -> Standing:
        """Where this member stands."""
        with self.app.app_context():
            return standing_of(accounts.learner_of(self.username))

    def _noted(self, answer: TestResponse) -> TestResponse:
        if (
            answer.mimetype == "text/html"
            and "Content-Encoding" not in answer.headers
            and (found := TOKEN.search(answer.text))
        ):
            self.token = found[1]
        return answer
