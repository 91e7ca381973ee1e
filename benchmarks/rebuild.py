"""Random histories recorded as learners would, then every standing made anew: are the bytes the same, and how fast?"""

import hashlib
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from stream.db import close, reading, write
from stream.factory import create_app
from stream.ledger.decisions import AnswerReview, AttemptExercise, Command, CompleteLesson, OpenLesson, ReopenLesson
from stream.ledger.rulebook import Rulebook, parse_rulebook
from stream.maintenance.service import initialise, migrate
from stream.progress import audit
from stream.progress.service import Act, append
from stream.resources import SAMPLE_LESSONS
from stream.settings import load_settings

PUBLISHED = {f"course{c}": tuple(f"lesson{c}-{n}" for n in range(10)) for c in range(3)}
START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 200  # histories in one transaction


def sample_rulebook() -> Rulebook:
    """The rules that come with the code."""
    return parse_rulebook((SAMPLE_LESSONS / "rulebook.toml").read_text(encoding="utf-8"))


def random_command(dice: random.Random, at: datetime) -> Command:
    """Anything a learner may do, with completing the likeliest."""
    base: dict[str, Any] = {"at": at, "day": at.date(), "published": PUBLISHED}
    course = dice.choice(list(PUBLISHED))
    lesson = dice.choice(PUBLISHED[course])
    kinds = [
        CompleteLesson(lesson=lesson, course=course, language="en", **base),
        CompleteLesson(lesson=lesson, course=course, language="ko", **base),
        ReopenLesson(lesson=lesson, **base),
        OpenLesson(lesson=lesson, language=dice.choice(["en", "ko"]), **base),
        AttemptExercise(exercise=f"{lesson}/1", lesson=lesson, passed=dice.random() < 0.6, **base),
        AnswerReview(item=f"{lesson}/1", lesson=lesson, good=dice.random() < 0.8, due=at.date(), **base),
    ]
    return dice.choice(kinds)


def record_histories(count: int, rulebook: Rulebook, most: int = 20) -> None:
    """So many learners' histories, in transactions of a few hundred."""
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        write(lambda connection, numbers=numbers: [record_history(connection, n, rulebook, most) for n in numbers])


def record_history(connection: Any, number: int, rulebook: Rulebook, most: int = 20) -> None:
    """One learner's history of 1 to `most` acts, decided by their number alone."""
    dice = random.Random(number)
    at = START
    for act in range(dice.randint(1, most)):
        at += timedelta(minutes=dice.randint(1, 3 * 24 * 60))
        sent = Act(f"{number:032x}", f"act-{number}-{act}", at)
        append(connection, sent, [random_command(dice, at)], rulebook)


def fingerprint(upto: str = "g") -> str:
    """A hash over every byte of the projection, or of that of the learners whose ids are less than `upto`."""
    digest = hashlib.sha256()
    query = text("SELECT * FROM standings WHERE learner_id < :upto ORDER BY learner_id")
    with reading() as connection:
        for row in connection.execute(query, {"upto": upto}):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def main(histories: int) -> int:
    """Run; exit code 0 only when the bytes are the same and the ledger verifies."""
    rulebook = sample_rulebook()
    with tempfile.TemporaryDirectory() as folder:
        places = {"instance": Path(folder) / "instance", "lessons": SAMPLE_LESSONS}
        list(initialise(load_settings({}, **places), sample=False))
        app = create_app(load_settings({}, **places))
        with app.app_context():
            migrate()
            begun = time.perf_counter()
            record_histories(histories, rulebook)
            recorded = time.perf_counter() - begun
            before = fingerprint()
            begun = time.perf_counter()
            events = sum(audit.rebuild())
            rebuilt = time.perf_counter() - begun
            same = fingerprint() == before
            faults = sum(len(found) for _, found in audit.faults())
        close(app)
    print(f"{histories} histories, {events} events, recorded in {recorded:.1f} s ({events / recorded:.0f}/s)")
    print(f"rebuilt in {rebuilt:.1f} s ({events / rebuilt:.0f} events/s)")
    print(f"byte-identical: {'yes' if same else 'NO'}; faults found by verify: {faults}")
    return 0 if same and not faults else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
