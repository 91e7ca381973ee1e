"""kill -9 of the server under load: what was answered is there, nothing twice, and the site is back without a hand.

`python -m benchmarks.kill 200` does the same for longer.
"""

from pathlib import Path

from benchmarks.kill import killed


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    found = killed(tmp_path, rounds=6)
    assert found.answered >= 30
    assert (found.lost, found.doubled, found.faults, found.surprises) == ([], [], [], [])
