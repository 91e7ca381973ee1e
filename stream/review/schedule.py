"""When an item comes back: spaced repetition (FSRS) over whole calendar days. Pure; the same answers, the same day.

Completing the lesson counts as a first, shaky look at everything in it, so it comes back the day after.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from fsrs import Card, Rating, Scheduler

_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False, maximum_interval=365)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to an item, on the learner's own day."""

    day: date
    good: bool


def due_day(learned: date, answers: Iterable[Answered]) -> date:
    """The learner's day on which an item that was learned then comes back after these answers, oldest first."""
    card, day = _looked_at(Card(card_id=0), Rating.Hard, learned), learned
    for answer in answers:
        day = max(day, answer.day)
        card = _looked_at(card, Rating.Good if answer.good else Rating.Again, day)
    return max(card.due.date(), date.fromordinal(day.toordinal() + 1))


def _looked_at(card: Card, rating: Rating, day: date) -> Card:
    return _SCHEDULER.review_card(card, rating, datetime.combine(day, time(12), UTC))[0]
