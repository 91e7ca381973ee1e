"""Checking the ledger against itself and making its projection anew: proof that nothing is lost or counted twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from stream.db import reading, write
from stream.ledger.chain import LedgerRow, verify
from stream.ledger.codec import StoredEvent, from_stored, standing_to_text
from stream.ledger.standing import replay
from stream.progress.models import events, standings

NO_EVENTS = "there are no events behind it: the tail of the history was cut"
UNREADABLE = "the history holds values of a kind that the site never writes"
BATCH = 500  # learners whose projections are written in one transaction


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the ledger or its projection that does not hold. `event` is the row's id, if it is about one."""

    learner_id: str
    event: int | None
    what: str

    def __str__(self) -> str:
        place = f"event {self.event}" if self.event is not None else "standing"
        return f"{place} of learner {self.learner_id}: {self.what}"


def count_events() -> int:
    """How many events there are."""
    with reading() as connection:
        return connection.execute(select(func.count()).select_from(events)).scalar_one()


def faults() -> Iterator[tuple[int, list[Fault]]]:
    """Check every history and its projection. Yields (events checked, faults) per learner, for a progress bar."""
    with reading() as connection:
        yield from faults_in(connection)


def faults_in(connection: Connection) -> Iterator[tuple[int, list[Fault]]]:
    """The same for any database with a ledger in it, such as one in a backup."""
    kept = {row.learner_id: row for row in connection.execute(select(standings))}
    for learner_id, rows in histories(connection):
        yield len(rows), _faults_of(learner_id, rows, kept.pop(learner_id, None))
    for learner_id in kept:
        yield 0, [Fault(learner_id, None, NO_EVENTS)]


def losses_in(connection: Connection) -> Iterator[tuple[int, list[Fault]]]:
    """Only what `rebuild` cannot mend: changed events and cut tails.

    How a standing is written may change with the code; a ledger of years ago holds all the same.
    """
    versions = select(standings.c.learner_id, standings.c.version)
    kept = {row.learner_id: row for row in connection.execute(versions)}
    for learner_id, rows in histories(connection):
        yield len(rows), _losses_of(learner_id, rows, kept.pop(learner_id, None))
    for learner_id in kept:
        yield 0, [Fault(learner_id, None, NO_EVENTS)]


def _losses_of(learner_id: str, rows: list[LedgerRow], kept: Any) -> list[Fault]:
    try:
        flaw = verify(rows)
    except (TypeError, ValueError) as error:
        return [Fault(learner_id, None, f"{UNREADABLE}: {error}")]
    if flaw is not None:
        return [Fault(learner_id, flaw.id, flaw.what)]
    last = rows[-1]
    if kept is not None and kept.version > last.version:
        return [
            Fault(learner_id, last.id, f"is the last event, but the standing has seen {kept.version}: the tail was cut")
        ]
    return []


def _faults_of(learner_id: str, rows: list[LedgerRow], kept: Any) -> list[Fault]:
    if lost := _losses_of(learner_id, rows, kept):
        return lost
    last = rows[-1]
    if kept is None:
        return [Fault(learner_id, None, "is missing; `stream ledger rebuild` makes it")]
    if (kept.version, kept.hash, kept.state) != (last.version, last.hash, folded(rows)):
        return [Fault(learner_id, None, "differs from its history; `stream ledger rebuild` makes it anew")]
    return []


def histories(connection: Connection) -> Iterator[tuple[str, list[LedgerRow]]]:
    """Each learner's rows in order of version, without holding the whole ledger in memory."""
    query = select(events).order_by(events.c.learner_id, events.c.version).execution_options(yield_per=1000)
    rows = (row_of(row) for row in connection.execute(query))
    for learner_id, group in groupby(rows, key=lambda row: row.learner_id):
        yield learner_id, list(group)


def all_rows() -> Iterator[LedgerRow]:
    """The whole ledger, learner by learner, in order of version."""
    with reading() as connection:
        for _, rows in histories(connection):
            yield from rows


def row_of(row: Any) -> LedgerRow:
    """A database row as the pure core knows it."""
    return LedgerRow(**row._mapping)


def folded(rows: Iterable[LedgerRow]) -> str:
    """The canonical text of the standing that these rows add up to."""
    return standing_to_text(replay(from_stored(StoredEvent.of(row)) for row in rows))


def rebuild() -> Iterator[int]:
    """Make every projection anew from the events. Yields the number of events of each batch, for a progress bar."""
    write(lambda connection: connection.execute(delete(standings)))
    with reading() as connection:
        batch: list[tuple[str, list[LedgerRow]]] = []
        for history in histories(connection):
            batch.append(history)
            if len(batch) == BATCH:
                yield _write_projections(batch)
                batch = []
        if batch:
            yield _write_projections(batch)


def _write_projections(batch: list[tuple[str, list[LedgerRow]]]) -> int:
    values = [
        {"learner_id": learner_id, "version": rows[-1].version, "hash": rows[-1].hash, "state": folded(rows)}
        for learner_id, rows in batch
    ]
    write(lambda connection: connection.execute(insert(standings), values))
    return sum(len(rows) for _, rows in batch)
