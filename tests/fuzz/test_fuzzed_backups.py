"""Whatever became of a backup: it is whole, or refused in words, and then nothing of it is anywhere."""

from pathlib import Path

import pytest
from backup_files import CRAFTED_BACKUPS, DAMAGED_BACKUPS

pytestmark = pytest.mark.sqlite


def test_a_damaged_backup_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    DAMAGED_BACKUPS.hold(tmp_path, 100)


def test_a_backup_made_to_harm_is_refused_in_words(tmp_path: Path) -> None:
    CRAFTED_BACKUPS.hold(tmp_path, 100)
