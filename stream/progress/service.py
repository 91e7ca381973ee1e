"""Recording what a learner did: decide, append and fold in one transaction, exactly once however often it is sent.

`append` works inside a transaction of the caller (an exercise stores its answer in the same one); `record` opens it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from stream.db import write, write_before_answer
from stream.ledger.chain import LedgerRow
from stream.ledger.codec import NOTHING, StoredEvent, Unreadable, Written, from_stored
from stream.ledger.decisions import Command, decide_all
from stream.ledger.events import Event
from stream.ledger.history import Head, Recording, entries_of, event_ids, named_entries_of
from stream.ledger.merging import Fact, merged
from stream.ledger.rulebook import Rulebook
from stream.ledger.standing import Standing, replay
from stream.progress.models import events
from stream.progress.queries import assert_not_begun
from stream.statements import run

T = TypeVar("T")
Write = Callable[[Callable[[Connection], T]], T]

NAMES = LedgerRow._fields[1:]  # the database gives the id
RECORD = f"INSERT INTO events ({', '.join(NAMES)}) VALUES ({', '.join(f':{name}' for name in NAMES)})"
FIND = """
SELECT state, version, hash, EXISTS (SELECT 1 FROM events WHERE learner_id = :learner AND event_id = :event)
FROM standings WHERE learner_id = :learner
"""
BEGIN = "INSERT INTO standings (learner_id, version, hash, state) VALUES (:learner, :version, :hash, :state)"
GO_ON = "UPDATE standings SET version = :version, hash = :hash, state = :state WHERE learner_id = :learner"
TRIES = 8  # on a server database, another writer may take the version first; `decide` then sees what it did


@dataclass(frozen=True, slots=True)
class Act:
    """Who did something, the id the device gave it, and when it reached us."""

    learner_id: str
    event_id: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """The standing before and after an act, and what was recorded: nothing, if it was known or changed nothing."""

    before: Standing
    after: Standing
    events: tuple[Event, ...] = ()


def record(act: Act, commands: Sequence[Command], rulebook: Rulebook) -> Outcome:
    """Record what `commands` lead to, in a transaction of its own."""
    return write_retrying(lambda connection: append(connection, act, commands, rulebook))


def record_before_answer(act: Act, commands: Sequence[Command], rulebook: Rulebook) -> Outcome:
    """As `record`, on disk when this request is answered: see `stream.db.write_before_answer`."""
    return write_retrying(lambda connection: append(connection, act, commands, rulebook), write_before_answer)


def write_retrying(work: Callable[[Connection], T], through: Write[T] = write) -> T:
    """Run `work`, which appends, in a transaction; again where another writer took a version first."""
    for _ in range(TRIES - 1):
        try:
            return through(work)
        except IntegrityError:
            continue
    return through(work)


def append(connection: Connection, act: Act, commands: Sequence[Command], rulebook: Rulebook) -> Outcome:
    """Record what `commands` lead to, within the caller's transaction. Raises IntegrityError on a version conflict."""
    kept = _kept(connection, act)
    if kept.known:
        return Outcome(kept.standing, kept.standing)
    decided, after = decide_all(kept.standing, commands, rulebook)
    if not decided:
        return Outcome(kept.standing, kept.standing)
    recording = Recording(act.learner_id, act.event_id, act.recorded_at, rulebook.version)
    rows = entries_of(decided, recording, kept.head)
    run(connection, RECORD, *(row._asdict() for row in rows))
    _keep(connection, act.learner_id, kept, Head(rows[-1].version, rows[-1].hash), after)
    return Outcome(kept.standing, after, decided)


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of acts from a device: how many were new and how many known, and the standing after it."""

    new: int
    known: int
    outcome: Outcome


Alongside = Callable[[Connection, Collection[str]], None]  # gets the ids of the acts that are new


def merge(
    learner_id: str, facts: Sequence[Fact], rulebook: Rulebook, at: datetime, alongside: Alongside | None = None
) -> Merge:
    """Record what a device sends, each act once, in its place in time; `alongside` writes in the same transaction.
    Reads the whole history: this is rare.
    """

    def work(connection: Connection) -> Merge:
        return _merge(connection, learner_id, facts, rulebook, at, alongside)

    return write_retrying(work)


def _merge(
    connection: Connection, learner_id: str, facts: Sequence[Fact], rulebook: Rulebook, at: datetime,
    alongside: Alongside | None,
) -> Merge:  # fmt: skip
    kept = _kept(connection, Act(learner_id, "", at))
    history = _history(connection, learner_id)
    if len(history) != kept.head.version:  # what a damaged index hides would be paid for once more
        raise Unreadable("a history with gaps")
    found = merged(history, facts, rulebook)
    known = {key for key, _ in history}
    new = {fact.id for fact in facts} - known
    if not found:
        return Merge(0, len(facts), Outcome(kept.standing, kept.standing))
    last = [each.fact for each in found if each.fact][-1]
    ids = event_ids(f"merged-{last}")
    named = [(each.fact or next(ids), each.event) for each in found]
    rows = named_entries_of(named, Recording(learner_id, "", at, rulebook.version), kept.head)
    after = replay((event for _, event in named), kept.standing)
    run(connection, RECORD, *(row._asdict() for row in rows))
    _keep(connection, learner_id, kept, Head(rows[-1].version, rows[-1].hash), after)
    if alongside is not None:
        alongside(connection, new)
    return Merge(len(new), len(facts) - len(new), Outcome(kept.standing, after, tuple(event for _, event in named)))


def _history(connection: Connection, learner_id: str) -> list[tuple[str, Event]]:
    """The learner's events with their ids, in order of recording."""
    rows = connection.execute(select(events).where(events.c.learner_id == learner_id).order_by(events.c.version))
    return [(row.event_id, from_stored(StoredEvent.of(row))) for row in rows]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the projection holds of a learner, and whether this act is recorded already."""

    written: Written
    head: Head
    known: bool

    @property
    def standing(self) -> Standing:
        """Where the learner stands."""
        return self.written.standing


def _kept(connection: Connection, act: Act) -> _Kept:
    """One read, however long the history."""
    for state, version, digest, known in run(connection, FIND, {"learner": act.learner_id, "event": act.event_id}):
        return _Kept(Written.of(state), Head(version, digest), bool(known))
    assert_not_begun(connection, [act.learner_id])
    return _Kept(NOTHING, Head(), False)


def _keep(connection: Connection, learner_id: str, before: _Kept, head: Head, after: Standing) -> None:
    values = {"learner": learner_id, "version": head.version, "hash": head.hash, "state": before.written.after(after)}
    run(connection, BEGIN if before.head.version == 0 else GO_ON, values)
