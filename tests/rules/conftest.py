"""What the tests of the rules share: an admin, members who did something, the command line, a rulebook to change."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import given
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from stream import accounts, clock
from stream.cli import main
from stream.progress import audit
from stream.rules.drafts import remember_first
from stream.settings import Settings


@pytest.fixture
def rulebook(app: Flask, settings: Settings) -> Callable[..., Result]:
    """The command line: `rulebook("preview")`."""
    places = given.environment(settings)

    def run(*words: str, **more: Any) -> Result:
        return CliRunner(env=places).invoke(main, ["rulebook", *words], **more)

    return run


@pytest.fixture
def rewrite(lessons: Path) -> Callable[..., Path]:
    """Change the rulebook's file: `rewrite(('version = "1"', 'version = "2"'))`."""
    path = lessons / "rulebook.toml"

    def change(*changes: tuple[str, str], into: Path = path) -> Path:
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        into.write_text(text, encoding="utf-8")
        return into

    return change


@pytest.fixture
def cheaper(rewrite: Callable[..., Path]) -> Callable[..., Path]:
    """Lessons give 30 XP instead of 40."""

    def change(**more: Path) -> Path:
        return rewrite(
            ('version = "1"', 'version = "2"'), ('"lesson.completed" = 40', '"lesson.completed" = 30'), **more
        )

    return change


@pytest.fixture
def learners(app: Flask) -> dict[str, given.Visitor]:
    """A site as `stream serve` makes it. minji has done two lessons (80 XP), jun one lesson and its exercise (60 XP), sora has opened one (0 XP)."""
    with app.app_context():
        remember_first(clock.now())
    found = {name: given.Visitor(app).sign_up(name) for name in ("minji", "jun", "sora")}
    for name, slug in (("minji", "dial"), ("minji", "seeds"), ("jun", "dial")):
        found[name].get(f"/en/lessons/{slug}")
        found[name].post(f"/en/lessons/{slug}/complete")
    found["jun"].post("/en/lessons/dial/exercise", exercise="dial", answer="five", do="attempt")
    found["sora"].post("/en/lessons/dial/open")
    return found


@pytest.fixture
def admin(app: Flask) -> given.Visitor:
    """Somebody who runs the site, has done nothing, and gave the password a moment ago."""
    someone = given.Visitor(app).sign_up("haru")
    given.role(app, "haru", "admin")
    someone.get("/en/")
    return someone


@pytest.fixture
def balances(app: Flask, learners: dict[str, given.Visitor]) -> Callable[[], dict[str, int]]:
    """XP by name, once the ledger is found sound."""

    def look() -> dict[str, int]:
        with app.app_context():
            assert [fault for _, faults in audit.faults() for fault in faults] == []
            return {name: visitor.standing().xp for name, visitor in learners.items()}

    return look


@pytest.fixture
def event_ids(app: Flask) -> Callable[[str], list[str]]:
    """The ids of a member's corrections."""

    def look(name: str) -> list[str]:
        with app.app_context():
            learner_id = accounts.learner_of(name)
            return [
                row.event_id for row in audit.all_rows() if row.learner_id == learner_id and row.type == "xp.adjusted"
            ]

    return look
