"""The site for tests: real SQLite, migrated once and copied for each test; real files; real forms with their tokens."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import given
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from flask import Flask
from hypothesis import settings as profiles
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, text

from stream import clock
from stream.accounts import passwords
from stream.cli import main
from stream.factory import create_app
from stream.maintenance.service import initialise, migrate
from stream.settings import Settings, load_settings

numbers = count(1)

profiles.register_profile("site", deadline=None)  # how fast a machine is, is no behaviour
profiles.load_profile("site")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with an empty, migrated database; copied, never used."""
    root = tmp_path_factory.mktemp("migrated")
    settings = load_settings(given.EMPTY_ENVIRONMENT, instance=root / "instance", lessons=root / "lessons")
    list(initialise(settings, sample=False))
    app = create_app(load_settings(given.EMPTY_ENVIRONMENT, instance=root / "instance", lessons=root / "lessons"))
    with app.app_context():
        migrate()
    given.close(app)
    return root / "instance"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is about the SQLite file is no test of another database."""
    if os.environ.get("STREAM_TEST_POSTGRESQL"):
        for item in items:
            if item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip(reason="about the SQLite file"))


@pytest.fixture(scope="session")
def postgresql() -> str:
    """The server on which each test gets a database of its own; empty: SQLite. `make test-postgresql` sets it."""
    return os.environ.get("STREAM_TEST_POSTGRESQL", "")


@pytest.fixture(scope="session")
def migrated_database(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an empty, migrated database on that server; copied, never used."""
    if not postgresql:
        return ""
    name = f"migrated_{os.getpid()}"
    on_server(postgresql, f"CREATE DATABASE {name}")
    root = tmp_path_factory.mktemp("migrated-postgresql")
    places = {"instance": root / "instance", "lessons": root / "lessons"}
    list(initialise(load_settings(given.EMPTY_ENVIRONMENT, **places), sample=False))
    app = create_app(load_settings(given.EMPTY_ENVIRONMENT, database_url=f"{postgresql}/{name}", **places))
    with app.app_context():
        migrate()
    given.close(app)
    return name


def on_server(postgresql: str, command: str) -> None:
    """Run a command that makes or drops a database."""
    engine = create_engine(f"{postgresql}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(command))
    engine.dispose()


@pytest.fixture
def database_url(postgresql: str, migrated_database: str, tmp_path: Path) -> Iterator[str]:
    """A database for one test; empty: the SQLite file of its instance folder."""
    if not postgresql:
        yield ""
        return
    name = f"test_{os.getpid()}_{next(numbers)}"
    on_server(postgresql, f"CREATE DATABASE {name} TEMPLATE {migrated_database}")
    yield f"{postgresql}/{name}"
    on_server(postgresql, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """A lessons folder with three lessons of one course."""
    root = given.site_files(tmp_path / "lessons")
    for number, slug in enumerate(("encoder", "dial", "seeds"), start=1):
        given.lesson(root, slug, number)
    return root


@pytest.fixture
def settings(migrated: Path, database_url: str, tmp_path: Path, lessons: Path) -> Settings:
    """Settings of a site of its own for each test."""
    shutil.copytree(migrated, tmp_path / "instance")
    places = {"instance": tmp_path / "instance", "lessons": lessons}
    return load_settings(given.EMPTY_ENVIRONMENT, database_url=database_url, **places)


@pytest.fixture(autouse=True)
def quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2 is slow on purpose. Tests of accounts have it as it is; for the others a light one is as good."""
    if "accounts" not in request.path.parts:
        monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


class KeptTemplates(BytecodeCache):
    """Templates compiled once for all tests: each test makes an application of its own, and compiling takes longest."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


kept_templates = KeptTemplates()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The site."""
    site = create_app(settings)
    site.jinja_env.bytecode_cache = kept_templates
    yield site
    given.close(site)


@pytest.fixture
def visitor(app: Flask) -> given.Visitor:
    """Somebody who is not signed in."""
    return given.Visitor(app)


@pytest.fixture
def moderator(app: Flask) -> given.Visitor:
    """A member who moderates."""
    someone = given.Visitor(app).sign_up("haru")
    given.role(app, "haru", "moderator")
    someone.get("/en/")
    return someone


@pytest.fixture
def other(app: Flask) -> given.Visitor:
    """Another member."""
    return given.Visitor(app).sign_up("jun")


@pytest.fixture
def member(app: Flask) -> given.Visitor:
    """Somebody who has signed up."""
    return given.Visitor(app).sign_up("minji")


@pytest.fixture
def users(app: Flask, settings: Settings) -> Callable[..., Result]:
    """The command line: `users("create", "minji")`."""
    places = given.environment(settings)

    def run(*words: str, **more: Any) -> Result:
        return CliRunner(env=places).invoke(main, ["users", *words], **more)

    return run


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let time pass: `wait(days=31)`."""
    passed = timedelta()
    today = clock.now

    def pass_by(**duration: float) -> None:
        nonlocal passed
        passed += timedelta(**duration)
        monkeypatch.setattr(clock, "now", lambda: today() + passed)

    return pass_by
