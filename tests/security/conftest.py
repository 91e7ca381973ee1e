"""A site with something behind every address."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import everything
import given
import pytest

from stream.settings import load_settings


@pytest.fixture(scope="module")
def site(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[everything.Everything]:
    """Whatever there can be, and somebody of each kind. Tests leave it as it was: `site.kept()`."""
    root = tmp_path_factory.mktemp("everything")
    shutil.copytree(migrated, root / "instance")
    lessons = given.site_files(root / "lessons")
    for number, slug in enumerate(("encoder", "dial", "seeds"), start=1):
        given.lesson(lessons, slug, number)
    settings = load_settings(given.EMPTY_ENVIRONMENT, instance=root / "instance", lessons=lessons)
    found = everything.site_of(settings)
    yield found
    found.close()
