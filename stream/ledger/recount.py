"""What a standing is worth under changed rules, and the one entry that brings a learner there.

Counts what stands (lessons done, exercises passed, courses finished, answers remembered up to their cap a day) and
never judges it again: a course that was finished stays so, whatever the catalogue says today.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from stream.ledger.events import XpAdjusted
from stream.ledger.rulebook import Rulebook
from stream.ledger.standing import Standing, evolve

Policy = Literal["from-now", "up-only", "full"]
POLICIES: tuple[Policy, ...] = get_args(Policy)


@dataclass(frozen=True, slots=True)
class Change:
    """The rules changed: from which, how the past is counted, the reason that learners see; and of this learner, how
    much of the XP was given by hand, which no rule has a say in.
    """

    former: Rulebook
    policy: Policy
    reason: str
    by_hand: int = 0


def worth(standing: Standing, rulebook: Rulebook) -> int:
    """The XP that everything which stands would have given under these rules."""
    amounts = rulebook.amounts
    remembered = Counter(review.day for review in standing.reviews)
    return (
        len(standing.completions) * amounts["lesson.completed"]
        + len(standing.passed) * amounts["exercise.passed"]
        + len(standing.finished) * amounts["course.finished"]
        + sum(min(times * amounts["review.answered"], rulebook.review_cap) for times in remembered.values())
    )


def adjustment(standing: Standing, change: Change, rulebook: Rulebook, at: datetime, day: date) -> XpAdjusted | None:
    """The entry that `change` means for this learner; None where nothing changes.

    `full` goes to what the rules give, up or down. `up-only` does so where that is no less, and adds what a steeper
    curve would cost of the level.
    """
    due = worth(standing, rulebook) + change.by_hand - standing.xp
    recounts = change.policy == "full" or (change.policy == "up-only" and due >= 0)
    xp = due if recounts else 0
    if change.policy == "up-only":
        level = change.former.curve.level_at(standing.xp)
        xp = max(xp, rulebook.curve.threshold(level) - standing.xp)
    event = XpAdjusted(
        at=at,
        day=day,
        xp=xp,
        reason=change.reason,
        rules=rulebook.version,
        former=change.former.version,
        amounts=rulebook.amounts if recounts else {},
        cap=rulebook.review_cap if recounts else 0,
    )
    return event if evolve(standing, event) != standing else None
