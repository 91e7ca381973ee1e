"""A lesson page with ever more comments: does its time grow? And how long does posting one more take?

Sizes are measured in turn within one run, so that the ratio means something on any machine.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, insert, update

from stream.accounts.service import NewMember, create_user
from stream.clock import now
from stream.comments.models import comments, threads
from stream.comments.threads import open_lesson_thread
from stream.db import close, write
from stream.factory import create_app
from stream.maintenance.service import initialise, migrate
from stream.resources import SAMPLE_LESSONS
from stream.settings import load_settings

LESSON = "guidance-is-a-dial"
SIZES = (0, 50, 500, 5_000)
ROUNDS = 40
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
BODY = "<p>The two guesses made this <strong>click</strong>. Is the empty prompt always the best baseline?</p>"


def main(most: int) -> int:
    """Run; exit code 0 only when the page with the most comments takes at most twice as long as the one with fifty."""
    with tempfile.TemporaryDirectory() as folder:
        places = {"instance": Path(folder) / "instance", "lessons": SAMPLE_LESSONS}
        list(initialise(load_settings({}, **places), sample=False))
        app = create_app(load_settings({}, **places))
        with app.app_context():
            migrate()
            create_user(NewMember("minji", "a long enough passphrase"), now())
        medians = {}
        for size in (*(each for each in SIZES if each < most), most):
            fill(app, size)
            medians[size] = median(lambda: visit(app))
            print(f"{size:>6} comments: {medians[size]:.1f} ms a page")
        close(app)
    ratio = medians[most] / medians[50]
    print(f"{most} comments take {ratio:.2f} times as long as 50")
    return 0 if ratio <= 2 else 1


def fill(app: Flask, size: int) -> None:
    """Have so many comments on the lesson, every third an answer."""

    def work(connection: Connection) -> None:
        thread = open_lesson_thread(connection, LESSON, BEGUN)
        connection.execute(comments.delete())
        rows = [row(number, thread) for number in range(1, size + 1)]
        if rows:
            connection.execute(insert(comments), rows)
        connection.execute(update(threads).where(threads.c.id == thread).values(shown=size))

    with app.app_context():
        write(work)


def row(number: int, thread: int) -> dict[str, Any]:
    """One comment."""
    is_reply = number % 3 == 0
    return {
        "id": number,
        "thread_id": thread,
        "lesson_id": LESSON,
        "root_id": number - 1 if is_reply else number,
        "parent_id": number - 1 if is_reply else None,
        "learner_id": f"{number % 300:032x}",
        "post_id": f"post-{number}",
        "language": "en",
        "revision": "",
        "body": BODY,
        "html": BODY,
        "plain": BODY,
        "renderer": 1,
        "version": 1,
        "state": "shown",
        "created_at": (BEGUN + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "listed": True,
        "unpinned": 1,
    }


def visit(app: Flask) -> None:
    """Open the lesson as a visitor."""
    answer = app.test_client().get(f"/en/lessons/{LESSON}")
    assert answer.status_code == 200


def median(act: Callable[[], None]) -> float:
    """Milliseconds of `act`, after a warm-up."""
    act()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
