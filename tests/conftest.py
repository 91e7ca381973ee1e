"""The site for tests: real SQLite, migrated once and copied for each test; real files; real forms with their tokens."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import given
import pytest
from flask import Flask

from stream.factory import create_app
from stream.maintenance.service import initialise, migrate
from stream.settings import Settings, load_settings


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


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """A lessons folder with three lessons of one course."""
    root = given.site_files(tmp_path / "lessons")
    for number, slug in enumerate(("encoder", "dial", "seeds"), start=1):
        given.lesson(root, slug, number)
    return root


@pytest.fixture
def settings(migrated: Path, tmp_path: Path, lessons: Path) -> Settings:
    """Settings of a site of its own for each test."""
    shutil.copytree(migrated, tmp_path / "instance")
    return load_settings(given.EMPTY_ENVIRONMENT, instance=tmp_path / "instance", lessons=lessons)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The site."""
    site = create_app(settings)
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
