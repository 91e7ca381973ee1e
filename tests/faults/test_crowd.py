"""64 members at once: every law of the ledger holds afterwards, and nobody gets an error.

`python -m benchmarks.crowd 60` lets them go on for a minute.
"""

from pathlib import Path

import pytest

from benchmarks.crowd import Way, crowded


@pytest.mark.parametrize("way", ["server", "applications"])
def test_whatever_a_crowd_does_is_there_once_and_adds_up(tmp_path: Path, way: Way) -> None:
    found = crowded(tmp_path, 2.5, way)
    assert found.acts > 20
    assert found.comments > 10
    assert (found.wrong, found.faults, found.told) == ([], [], [])
