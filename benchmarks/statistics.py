"""How long the pages of statistics take: `python -m benchmarks.statistics [learners]`.

Records the histories of so many learners over half a year, then asks for the figures. Prints milliseconds a page, and
the same for a tenth of the learners.
"""

import random
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import insert

from stream.db import close, write
from stream.factory import create_app
from stream.maintenance.service import initialise, migrate
from stream.progress.models import events
from stream.settings import load_settings
from stream.statistics import figures

LESSONS = tuple(f"lesson-{number}" for number in range(10))
TODAY = date(2026, 6, 30)
BATCH = 5_000


def main(learners: int) -> None:
    """Fill, ask, fill more, ask again."""
    for count in (learners // 10, learners):
        with tempfile.TemporaryDirectory() as folder:
            ask(Path(folder), count)


def ask(root: Path, learners: int) -> None:
    """Figures of one site."""
    places = {"instance": root / "instance", "lessons": root / "lessons"}
    list(initialise(load_settings({}, **places), sample=True))
    app = create_app(load_settings({}, **places))
    asked = figures.Asked(LESSONS, None, TODAY)
    with app.app_context():
        migrate()
        recorded = fill(learners)
        course = timed(lambda: (figures.funnel(asked), figures.lesson_figures(asked)))
        site = timed(lambda: (figures.weeks(TODAY, 26), figures.readers_by_language(None)))
    close(app)
    print(f"{learners:7,} learners, {recorded:9,} events: course {course:8.1f} ms, site {site:8.1f} ms")


def fill(learners: int) -> int:
    """Everybody opens lessons, and completes some of them."""
    chance, total = random.Random(7), 0
    rows: list[dict[str, object]] = []
    for number in range(learners):
        rows += history(f"{number:032x}", chance)
        if len(rows) > BATCH or number == learners - 1:
            total += len(rows)
            kept, rows = rows, []
            write(lambda connection, kept=kept: connection.execute(insert(events), kept))  # type: ignore[misc]
    return total


def history(learner: str, chance: random.Random) -> list[dict[str, object]]:
    """One learner's rows; their chain is of no interest here."""
    day = TODAY - timedelta(days=chance.randrange(180))
    found: list[dict[str, object]] = []
    for lesson in LESSONS[: chance.randrange(1, 11)]:
        for kind in ("lesson.opened", "lesson.completed"):
            data = '{"language":"en","v":1}' if kind == "lesson.opened" else "{}"
            instant = f"{day}T12:00:00.000000Z"
            found.append(
                {
                    "learner_id": learner, "version": len(found) + 1, "type": kind, "subject": lesson, "data": data,
                    "xp": 0, "occurred_at": instant, "recorded_at": instant, "local_day": day.isoformat(),
                    "event_id": f"{learner}-{len(found)}", "rulebook": "1", "hash": "",
                }
            )  # fmt: skip
        day = min(TODAY, day + timedelta(days=chance.randrange(4)))
    return found


def timed(work: object) -> float:
    """The median of three, in milliseconds."""
    seconds = []
    for _ in range(3):
        start = perf_counter()
        work()  # type: ignore[operator]
        seconds.append(perf_counter() - start)
    return 1000 * median(seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
