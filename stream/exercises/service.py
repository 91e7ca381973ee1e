"""Recording attempts and notes: the event and the answer in one transaction."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from stream.db import insert_once, write
from stream.exercises.models import attempts, notes
from stream.ledger.codec import instant_text
from stream.ledger.decisions import AttemptExercise
from stream.ledger.rulebook import Rulebook
from stream.progress.models import events
from stream.progress.service import TRIES, Act, Outcome, append


def attempt(act: Act, command: AttemptExercise, answer: str, rulebook: Rulebook) -> Outcome:
    """Record an attempt with its answer, once however often it is sent."""
    for _ in range(TRIES - 1):
        try:
            return write(lambda connection: _attempt(connection, act, command, answer, rulebook))
        except IntegrityError:
            continue
    return write(lambda connection: _attempt(connection, act, command, answer, rulebook))


def _attempt(connection: Connection, act: Act, command: AttemptExercise, answer: str, rulebook: Rulebook) -> Outcome:
    outcome = append(connection, act, [command], rulebook)
    if outcome.events:
        connection.execute(
            insert(attempts).values(
                learner_id=act.learner_id,
                event_id=act.event_id,
                exercise=command.exercise,
                answer=answer,
                passed=command.passed,
                at=instant_text(command.at),
            )
        )
    return outcome


def keep_answers(learner_id: str, answers: Mapping[str, str], commands: Mapping[str, AttemptExercise]) -> None:
    """Keep the answers of attempts that came from a device, by the id of their event, each once.

    Only of attempts that the ledger holds: one that it has refused has no answer either.
    """

    def work(connection: Connection) -> None:
        ids = list(commands)
        query = select(events.c.event_id).where(events.c.learner_id == learner_id, events.c.event_id.in_(ids))
        for (event_id,) in connection.execute(query):
            command = commands[event_id]
            insert_once(
                connection,
                attempts,
                learner_id=learner_id,
                event_id=event_id,
                exercise=command.exercise,
                answer=answers[event_id],
                passed=command.passed,
                at=instant_text(command.at),
            )

    if commands:
        write(work)


def save_note(learner_id: str, exercise: str, text: str, at: datetime) -> None:
    """Keep a private note beside an exercise; an empty one removes it."""

    def work(connection: Connection) -> None:
        mine = (notes.c.learner_id == learner_id) & (notes.c.exercise == exercise)
        connection.execute(delete(notes).where(mine))
        if text.strip():
            values = {"learner_id": learner_id, "exercise": exercise, "text": text, "saved_at": instant_text(at)}
            connection.execute(insert(notes).values(values))

    write(work)
