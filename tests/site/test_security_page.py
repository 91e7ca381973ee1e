"""`docs/security.md` names a test for every control, and the tests are there."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from stream.settings import described

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/.]+?)(?:::(test_\w+))?`")
SOURCE = re.compile(r"`((?:stream|deploy|scripts)/[\w/.-]*)`")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    controls: str
    here: str
    how: str
    shown_by: str


LINES = [line.strip("| ") for line in PAGE.splitlines() if line.startswith("| V")]
ROWS = [Row(*re.split(r"\s*\|\s*", line)) for line in LINES]


def is_there(path: str, test: str) -> bool:
    """Whether the file or folder exists and, if one is named, the test is in it."""
    place = ROOT / path
    return place.exists() and (
        not test or re.search(rf"^def {test}\(", place.read_text(encoding="utf-8"), re.M) is not None
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.controls)
def test_every_control_is_shown_by_tests_that_exist(row: Row) -> None:
    named = TEST.findall(row.shown_by)
    assert named, "a control that nothing shows"
    missing = [(path, test) for path, test in named if not is_there(path, test)]
    assert [f"{path}::{test}" for path, test in missing] == []
    assert [path for path in SOURCE.findall(row.how) if not (ROOT / path).exists()] == []


def test_a_gap_says_why() -> None:
    gaps = [row for row in ROWS if "Gap" in row.here]
    assert gaps
    assert all(len(row.here) > 60 for row in gaps)


def test_the_limits_on_the_page_are_those_of_the_settings() -> None:
    assert set(re.findall(r"`(STREAM_[A-Z_]+)`", PAGE)) <= {name for name, _, _ in described()}
