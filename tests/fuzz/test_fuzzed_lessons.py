"""Whatever an author writes: a text or a list of what is wrong with it, and never a site that is down."""

from pathlib import Path

from lesson_files import DIRECTIVES, FRONT_MATTER, LESSON_FILES
from toml_files import TOML_FILES


def test_any_front_matter_is_a_value_or_what_is_wrong_with_it(tmp_path: Path) -> None:
    FRONT_MATTER.hold(tmp_path, 600)


def test_any_directives_are_a_sound_document(tmp_path: Path) -> None:
    DIRECTIVES.hold(tmp_path, 200)


def test_no_lesson_file_takes_the_site_down(tmp_path: Path) -> None:
    LESSON_FILES.hold(tmp_path, 25)


def test_no_toml_file_takes_the_site_down(tmp_path: Path) -> None:
    TOML_FILES.hold(tmp_path, 25)
