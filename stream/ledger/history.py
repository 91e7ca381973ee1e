"""From decided events to the rows that record them: versions, ids and hashes carry on from the learner's last one."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from stream.ledger.chain import GENESIS, LedgerRow, sealed
from stream.ledger.codec import instant_text, to_stored
from stream.ledger.events import Event


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a history: the version and hash of its last event."""

    version: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Recording:
    """Who did it, the id that the device gave the act, when it reached us, and under which rulebook."""

    learner_id: str
    event_id: str
    recorded_at: datetime
    rulebook: str


def entries_of(events: Sequence[Event], recording: Recording, head: Head) -> list[LedgerRow]:
    """The rows that record `events` after `head`, in order."""
    named = zip(events, event_ids(recording.event_id), strict=False)  # events first: no id is made for nothing
    return named_entries_of([(event_id, event) for event, event_id in named], recording, head)


def named_entries_of(events: Sequence[tuple[str, Event]], recording: Recording, head: Head) -> list[LedgerRow]:
    """The same for events that have ids of their own."""
    rows: list[LedgerRow] = []
    previous = head.hash
    for number, (event_id, event) in enumerate(events, start=1):
        rows.append(sealed(previous, _row(event, event_id, head.version + number, recording)))
        previous = rows[-1].hash
    return rows


def event_ids(first: str) -> Iterator[str]:
    """Ids for the events of one act: the act's own for the first, and others that always follow from it."""
    yield first
    number = 1
    while True:
        yield str(uuid.uuid5(uuid.NAMESPACE_OID, f"{first}/{number}"))
        number += 1


def _row(event: Event, event_id: str, version: int, recording: Recording) -> LedgerRow:
    kind, subject, data, xp, occurred_at, local_day = to_stored(event)
    return LedgerRow(
        id=None,
        learner_id=recording.learner_id,
        version=version,
        type=kind,
        subject=subject,
        data=data,
        xp=xp,
        occurred_at=occurred_at,
        recorded_at=instant_text(recording.recorded_at),
        local_day=local_day,
        event_id=event_id,
        rulebook=recording.rulebook,
        hash="",
    )
