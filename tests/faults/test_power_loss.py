"""A power cut at any moment leaves a whole database that holds every answered act once.

`python -m benchmarks.power_loss 1000` examines more states.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.power_loss import Answered, Step, Sync, examined, recording

Recording = tuple[dict[str, bytes], Sequence[Step]]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """What the server wrote while members acted."""
    assert shutil.which("strace"), "strace is missing: sudo apt-get install strace"
    return recording(tmp_path_factory.mktemp("power"))


def test_no_answered_act_is_lost_or_doubled_and_nothing_is_damaged(recorded: Recording, tmp_path: Path) -> None:
    before, steps = recorded
    assert sum(isinstance(step, Answered) for step in steps) > 50
    found = examined(tmp_path, before, steps, 100)
    assert (found.lost, found.doubled, found.damaged) == ([], [], [])


def test_the_same_examination_finds_what_a_server_that_does_not_wait_for_the_disk_would_lose(
    recorded: Recording, tmp_path: Path
) -> None:
    before, steps = recorded
    hasty = [step for step in steps if not isinstance(step, Sync)]
    assert examined(tmp_path, before, hasty, 40).lost
