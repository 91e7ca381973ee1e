"""What the tests of the rules share: an admin, members who did something, the command line, a rulebook to change."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import given
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from stream import clock
from stream.accounts.queries import everyone
from stream.accounts.service import NewMember, create_user
from stream.cli import main
from stream.ledger.decisions import AttemptExercise, Command, CompleteLesson, OpenLesson
from stream.progress import audit
from stream.progress.queries import standing_of
from stream.progress.rules import rulebook as rulebook_in_force
from stream.progress.service import Act, record
from stream.rules.drafts import remember_first
from stream.settings import Settings
from stream.web.content import library
from stream.web.page import new_event_id

NAMES = ("minji", "jun", "sora")


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
def learners(app: Flask, act: Callable[..., None]) -> dict[str, str]:
    """A site as `stream serve` makes it, with learners by name: minji has done two lessons (80 XP), jun one and an
    exercise (60 XP), sora has begun one (0 XP).
    """
    with app.app_context():
        remember_first(clock.now())
        for name in NAMES:
            create_user(NewMember(name, given.PASSWORD), clock.now())
        found = {each.username: each.learner_id for each in everyone() if each.username in NAMES}
    for name, slug in (("minji", "dial"), ("minji", "seeds"), ("jun", "dial")):
        act(found[name], CompleteLesson, lesson=slug, course="dials", language="en")
    act(found["jun"], AttemptExercise, exercise="dial/dial", lesson="dial", passed=True)
    act(found["sora"], OpenLesson, lesson="dial", language="en")
    return found


@pytest.fixture
def act(app: Flask) -> Callable[..., None]:
    """Let a learner do something now, by the rules in force."""

    def do(learner_id: str, command: Callable[..., Command], **about: Any) -> None:
        with app.app_context():
            instant = clock.now()
            published = library().catalogue().published(instant)
            asked = command(at=instant, day=instant.date(), published=published, **about)
            record(Act(learner_id, new_event_id(), instant), [asked], rulebook_in_force())

    return do


@pytest.fixture
def admin(app: Flask) -> given.Visitor:
    """Somebody who runs the site, has done nothing, and gave the password a moment ago."""
    someone = given.Visitor(app).sign_up("nari")
    given.role(app, "nari", "admin")
    someone.get("/en/")
    return someone


@pytest.fixture
def balances(app: Flask, learners: dict[str, str]) -> Callable[[], dict[str, int]]:
    """XP by name, once the ledger is found sound."""

    def look() -> dict[str, int]:
        with app.app_context():
            assert [fault for _, faults in audit.faults() for fault in faults] == []
            return {name: standing_of(learner_id).xp for name, learner_id in learners.items()}

    return look


@pytest.fixture
def corrections(app: Flask, learners: dict[str, str]) -> Callable[[str], list[str]]:
    """The ids of a learner's corrections."""

    def look(name: str) -> list[str]:
        with app.app_context():
            mine = [row for row in audit.all_rows() if row.learner_id == learners[name]]
            return [row.event_id for row in mine if row.type == "xp.adjusted"]

    return look
