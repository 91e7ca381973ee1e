"""Checking the ledger against itself and making its projection anew: proof that nothing is lost or counted twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, delete, func, insert, select

from stream.db import reading, snapshot, write
from stream.ledger.chain import LedgerRow, verify
from stream.ledger.codec import StoredEvent, replay_stored, standing_to_state, standing_to_text
from stream.progress.models import events, standings

T = TypeVar("T")

NO_EVENTS = "there are no events behind it: the tail of the history was cut"
UNREADABLE = "the history holds values of a kind that the site never writes"
LEARNERS, EVENTS = 200, 2_000  # so many are looked at together; a batch is rebuilt in one transaction
STORED = [events.c[name] for name in StoredEvent._fields]
as_stored = itemgetter(*map(LedgerRow._fields.index, StoredEvent._fields))


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
    """Check every history and its projection as they stand at one moment. Yields (events checked, faults) per learner,
    for a progress bar."""
    with snapshot() as connection:
        yield from faults_in(connection)


def faults_in(connection: Connection) -> Iterator[tuple[int, list[Fault]]]:
    """The same for any database with a ledger in it, such as one in a backup, that nobody writes to meanwhile."""
    for some in _in_batches(histories(connection), LEARNERS):
        kept = _kept(connection, [learner_id for learner_id, _ in some])
        for learner_id, rows in some:
            yield len(rows), _faults_of(learner_id, rows, kept.get(learner_id))
    yield from _without_events(connection)


def losses_in(connection: Connection) -> Iterator[tuple[int, list[Fault]]]:
    """Only what `rebuild` cannot mend: changed events and cut tails.

    How a standing is written may change with the code; a ledger of years ago holds all the same.
    """
    for some in _in_batches(histories(connection), LEARNERS):
        kept = _kept(connection, [learner_id for learner_id, _ in some])
        for learner_id, rows in some:
            yield len(rows), _losses_of(learner_id, rows, kept.get(learner_id))
    yield from _without_events(connection)


def _kept(connection: Connection, learner_ids: list[str]) -> dict[str, Any]:
    found = connection.execute(select(standings).where(standings.c.learner_id.in_(learner_ids)))
    return {row.learner_id: row for row in found}


def _without_events(connection: Connection) -> Iterator[tuple[int, list[Fault]]]:
    for (learner_id,) in connection.execute(select(standings.c.learner_id).where(_has_no_events())):
        yield 0, [Fault(learner_id, None, NO_EVENTS)]


def _has_no_events() -> Any:
    return ~select(events.c.id).where(events.c.learner_id == standings.c.learner_id).exists()


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
    if (kept.version, kept.hash) != (last.version, last.hash) or not _is_of(kept.state, rows):
        return [Fault(learner_id, None, "differs from its history; `stream ledger rebuild` makes it anew")]
    return []


def _is_of(state: str, rows: list[LedgerRow]) -> bool:
    """Whether these events lead to this state, as it is written now or as it was until 0.1."""
    standing = replay_stored(map(as_stored, rows))
    return state == (standing_to_text if state.startswith("{") else standing_to_state)(standing)


def histories(connection: Connection) -> Iterator[tuple[str, list[LedgerRow]]]:
    """Each learner's rows in order of version, without holding the whole ledger in memory."""
    query = select(events).order_by(events.c.learner_id, events.c.version).execution_options(yield_per=1000)
    for learner_id, rows in groupby(connection.execute(query), key=itemgetter(1)):
        yield learner_id, list(map(LedgerRow._make, rows))


def all_rows() -> Iterator[LedgerRow]:
    """The whole ledger, learner by learner, in order of version."""
    with snapshot() as connection:
        for _, rows in histories(connection):
            yield from rows


def folded(history: Iterable[tuple[str, str, str, int, str, str]]) -> str:
    """The standing that these stored events add up to, as the table holds it."""
    return standing_to_state(replay_stored(history))


def rebuild() -> Iterator[int]:
    """Make every projection anew from the events, beside learners who go on. Yields the number of events of each batch,
    for a progress bar.

    Each batch is read and written in one transaction, so that nobody is without a standing, and no event comes between.
    """
    with reading() as connection:
        lengths = connection.execute(select(events.c.learner_id, func.count()).group_by(events.c.learner_id)).all()
    for some in _of_similar_length(lengths):
        write(lambda connection, some=some: _project(connection, some))  # type: ignore[misc]
        yield sum(length for _, length in some)
    write(lambda connection: connection.execute(delete(standings).where(_has_no_events())))


def _project(connection: Connection, learners: list[tuple[str, int]]) -> None:
    ids = [learner_id for learner_id, _ in learners]
    values = [
        {
            "learner_id": learner_id,
            "version": rows[-1][1],
            "hash": rows[-1][2],
            "state": folded(row[3:] for row in rows),
        }
        for learner_id, rows in _by_learner(connection, ids)
    ]
    connection.execute(delete(standings).where(standings.c.learner_id.in_(ids)))
    connection.execute(insert(standings), values)


def _by_learner(connection: Connection, ids: list[str]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Of each of these learners, the rows as (learner, version, hash, *stored event)."""
    query: Select[Any] = select(events.c.learner_id, events.c.version, events.c.hash, *STORED)
    rows = connection.execute(query.where(events.c.learner_id.in_(ids)).order_by(events.c.learner_id, events.c.version))
    for learner_id, group in groupby(rows, key=itemgetter(0)):
        yield learner_id, [tuple(row) for row in group]


def _of_similar_length(lengths: Iterable[Any]) -> Iterator[list[tuple[str, int]]]:
    """Learners in batches that take about as long: many with few events, or one with many."""
    batch: list[tuple[str, int]] = []
    waiting = 0
    for learner_id, length in lengths:
        batch.append((learner_id, length))
        waiting += length
        if len(batch) == LEARNERS or waiting >= EVENTS:
            yield batch
            batch, waiting = [], 0
    if batch:
        yield batch


def _in_batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(things)
    while batch := list(islice(iterator, size)):
        yield batch
