"""Recording attempts and notes: the event and the answer in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import IntegrityError

from stream.db import write
from stream.exercises.models import attempts, notes
from stream.ledger.codec import instant_text
from stream.ledger.decisions import AttemptExercise
from stream.ledger.rulebook import Rulebook
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
        _keep(connection, act.learner_id, Answered(act.event_id, command, answer))
    return outcome


@dataclass(frozen=True, slots=True)
class Answered:
    """An attempt with what was answered, and the id of its act."""

    event_id: str
    attempt: AttemptExercise
    answer: str


def keep_answers(
    learner_id: str, answers: Sequence[Answered], connection: Connection, event_ids: Collection[str]
) -> None:
    """Keep those answers from elsewhere that belong to these acts, in the transaction that records them."""
    for each in answers:
        if each.event_id in event_ids:
            _keep(connection, learner_id, each)


def _keep(connection: Connection, learner_id: str, answered: Answered) -> None:
    attempt = answered.attempt
    connection.execute(
        insert(attempts).values(
            learner_id=learner_id,
            event_id=answered.event_id,
            exercise=attempt.exercise,
            answer=answered.answer,
            passed=attempt.passed,
            at=instant_text(attempt.at),
        )
    )


def save_note(learner_id: str, exercise: str, text: str, at: datetime) -> None:
    """Keep a private note beside an exercise; an empty one removes it."""

    def work(connection: Connection) -> None:
        mine = (notes.c.learner_id == learner_id) & (notes.c.exercise == exercise)
        connection.execute(delete(notes).where(mine))
        if text.strip():
            values = {"learner_id": learner_id, "exercise": exercise, "text": text, "saved_at": instant_text(at)}
            connection.execute(insert(notes).values(values))

    write(work)
