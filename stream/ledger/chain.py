"""The hash chain: each row's hash covers its content and the hash before it, so that a changed row shows.

Works on rows as they are stored, so that a change of any byte of any column is noticed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from stream.ledger.codec import canonical

GENESIS = "0" * 64  # what the first event of a history has before it


class LedgerRow(NamedTuple):
    """A row of the ledger; `id`, the order of recording, is given by the database and not covered by the hash."""

    id: int | None
    learner_id: str
    version: int
    type: str
    subject: str
    data: str
    xp: int
    occurred_at: str
    recorded_at: str
    local_day: str
    event_id: str
    rulebook: str
    hash: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first row of a history that does not hold, and why."""

    id: int | None
    what: str


def row_hash(previous: str, row: LedgerRow) -> str:
    """SHA-256 over the row's content and the hash before it, as 64 hex digits."""
    content = [previous, *row[1:-1]]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def sealed(previous: str, row: LedgerRow) -> LedgerRow:
    """The row with its hash."""
    return row._replace(hash=row_hash(previous, row))


def verify(rows: Iterable[LedgerRow]) -> Flaw | None:
    """The first flaw in one learner's rows, given in order of version."""
    previous, learner, seen = GENESIS, None, set[str]()
    for expected, row in enumerate(rows, start=1):
        if row.version != expected:
            return Flaw(row.id, f"has version {row.version} where {expected} should stand")
        if row.learner_id != (learner or row.learner_id):
            return Flaw(row.id, "belongs to another learner")
        if row.event_id in seen:
            return Flaw(row.id, f"repeats the event id {row.event_id}")
        if row.hash != row_hash(previous, row):
            return Flaw(row.id, "was changed after it was recorded: its hash does not fit")
        previous, learner = row.hash, row.learner_id
        seen.add(row.event_id)
    return None
