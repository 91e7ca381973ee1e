"""Recording what a learner did: decide, append and fold in one transaction, exactly once however often it is sent.

`append` works inside a transaction of the caller (an exercise stores its answer in the same one); `record` opens it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from stream.db import write
from stream.ledger.chain import LedgerRow
from stream.ledger.codec import standing_from_text, standing_to_text
from stream.ledger.decisions import Command, decide
from stream.ledger.events import Event
from stream.ledger.history import Head, Recording, entries_of
from stream.ledger.rulebook import Rulebook
from stream.ledger.standing import Standing, evolve
from stream.progress.models import events, standings

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
    for _ in range(TRIES - 1):
        try:
            return write(lambda connection: append(connection, act, commands, rulebook))
        except IntegrityError:
            continue
    return write(lambda connection: append(connection, act, commands, rulebook))


def append(connection: Connection, act: Act, commands: Sequence[Command], rulebook: Rulebook) -> Outcome:
    """Record what `commands` lead to, within the caller's transaction. Raises IntegrityError on a version conflict."""
    kept = _kept(connection, act)
    if kept.known:
        return Outcome(kept.standing, kept.standing)
    decided, after = _decide_all(kept.standing, commands, rulebook)
    if not decided:
        return Outcome(kept.standing, kept.standing)
    recording = Recording(act.learner_id, act.event_id, act.recorded_at, rulebook.version)
    rows = entries_of(decided, recording, kept.head)
    connection.execute(insert(events), [_columns(row) for row in rows])
    _keep(connection, act.learner_id, kept.head, Head(rows[-1].version, rows[-1].hash), after)
    return Outcome(kept.standing, after, decided)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the projection holds of a learner, and whether this act is recorded already."""

    standing: Standing
    head: Head
    known: bool


def _kept(connection: Connection, act: Act) -> _Kept:
    """One read, however long the history."""
    known = exists().where(events.c.learner_id == act.learner_id, events.c.event_id == act.event_id)
    row = connection.execute(
        select(standings.c.state, standings.c.version, standings.c.hash, known.label("known")).where(
            standings.c.learner_id == act.learner_id
        )
    ).first()
    if row is None:
        return _Kept(Standing(), Head(), False)
    return _Kept(standing_from_text(row.state), Head(row.version, row.hash), bool(row.known))


def _decide_all(
    standing: Standing, commands: Sequence[Command], rulebook: Rulebook
) -> tuple[tuple[Event, ...], Standing]:
    decided: list[Event] = []
    for command in commands:
        for event in decide(standing, command, rulebook):
            standing = evolve(standing, event)
            decided.append(event)
    return tuple(decided), standing


def _columns(row: LedgerRow) -> dict[str, Any]:
    """A row as the table takes it: the database gives the id."""
    return {name: value for name, value in row._asdict().items() if name != "id"}


def _keep(connection: Connection, learner_id: str, before: Head, head: Head, after: Standing) -> None:
    values = {"version": head.version, "hash": head.hash, "state": standing_to_text(after)}
    if before.version == 0:
        connection.execute(insert(standings).values(learner_id=learner_id, **values))
    else:
        connection.execute(update(standings).where(standings.c.learner_id == learner_id).values(**values))
