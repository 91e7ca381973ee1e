"""Writes, syncs and reads that fail: nothing is promised falsely, the server lives on, and people are told in words.

`python -m benchmarks.disk_errors 200` lets each of the first 200 calls of each kind fail.
"""

from pathlib import Path

import pytest

from benchmarks.disk_errors import failed

EVERY_SEVENTH_SYNC = ("fdatasync", "error=EIO:when=5+7")  # mostly nobody hears of it: acts are tried once more
SYNC_FOR_A_WHILE = ("fdatasync", "error=EIO:when=5..20")
READ_ONLY_FOR_A_WHILE = ("pwrite64", "error=EROFS:when=20..30")  # for each thread, until the disk is mounted anew
EVERY_FORTIETH_READ = ("pread64", "error=EIO:when=40+40")  # after what a start reads


@pytest.mark.parametrize(
    ("failure", "refused"),
    [(EVERY_SEVENTH_SYNC, 0), (SYNC_FOR_A_WHILE, 2), (READ_ONLY_FOR_A_WHILE, 2), (EVERY_FORTIETH_READ, 2)],
    ids=["a sync", "every sync", "read-only", "read"],
)
def test_what_was_answered_is_there_once_and_writing_works_again_by_itself(
    tmp_path: Path, failure: tuple[str, str], refused: int
) -> None:
    found = failed(tmp_path, [failure], [], 0)
    assert found.unstarted == 0
    assert found.injected > 1
    assert found.refused >= refused
    assert len(found.answered) == 24
    assert (found.wrong, found.faults) == ([], [])
