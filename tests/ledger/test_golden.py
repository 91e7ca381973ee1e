"""Histories recorded by earlier releases replay to the standings they had then. These files are never changed."""

import json
from pathlib import Path

import pytest

from stream.ledger.chain import LedgerRow, verify
from stream.ledger.codec import StoredEvent, from_stored, standing_to_text
from stream.ledger.events import TYPES
from stream.ledger.standing import FOLDS, replay

GOLDEN = Path(__file__).parent / "golden"
RELEASES = sorted(path.stem for path in GOLDEN.glob("*.jsonl"))


def rows_of(release: str) -> list[LedgerRow]:
    """The rows as that release wrote them."""
    text = (GOLDEN / f"{release}.jsonl").read_text(encoding="utf-8")
    return [LedgerRow(**json.loads(line)) for line in text.splitlines()]


@pytest.mark.parametrize("release", RELEASES)
def test_an_old_history_still_verifies_and_replays_to_the_same_standing(release: str) -> None:
    rows = rows_of(release)
    assert verify(rows) is None
    standing = replay(from_stored(StoredEvent.of(row)) for row in rows)
    assert standing_to_text(standing) == (GOLDEN / f"{release}.standing.json").read_text(encoding="utf-8").strip()


def test_every_kind_of_event_is_in_a_golden_history() -> None:
    assert {row.type for release in RELEASES for row in rows_of(release)} == set(TYPES)


def test_every_event_that_can_be_read_is_folded():
    assert set(FOLDS) == set(TYPES.values())
