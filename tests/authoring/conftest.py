"""An author and the file that is edited."""

from pathlib import Path

import given
import pytest
from authors import Author
from flask import Flask


@pytest.fixture
def author(app: Flask) -> Author:
    """A member who may write lessons and nothing else."""
    someone = Author(app)
    someone.sign_up("areum")
    given.role(app, "areum", "author")
    someone.get("/en/")
    return someone


@pytest.fixture
def dial(lessons: Path) -> Path:
    """The English file of the lesson `dial`."""
    return lessons / "dials" / "02-dial.en.md"
