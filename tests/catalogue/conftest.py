"""What the tests of the catalogue start from."""

from pathlib import Path

import pytest
from lessons_folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A lessons folder that holds a course and no lesson yet."""
    return Folder(tmp_path)
