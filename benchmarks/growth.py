"""What must not grow with a site: `python -m benchmarks.growth [PART OF A NAME]`.

A completion with the ledger and with one's own history, a lesson page with its comments, home and search with the
lessons, and a saved file with all others. Milliseconds of processor time, medians within one run, beside the smallest.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import Connection, select

from benchmarks.rebuild import PUBLISHED, START, record_histories, sample_rulebook
from benchmarks.replay import INSERT, copy_until
from benchmarks.search import write_lessons
from benchmarks.served import new_site, with_members
from benchmarks.threads import LESSON, fill
from stream.catalogue.loader import Library
from stream.db import close, reading, write
from stream.factory import create_app
from stream.ledger.decisions import CompleteLesson
from stream.ledger.events import Event, ExerciseAttempted, LessonCompleted, ReviewAnswered
from stream.ledger.history import Head, Recording, entries_of
from stream.maintenance.service import initialise, migrate
from stream.progress import audit, service
from stream.progress.models import standings
from stream.settings import Settings, load_settings
from stream.web.content import library_of

LEDGERS = (1_000, 10_000, 100_000, 1_000_000)
HISTORIES = (10, 1_000, 10_000)
TALKS = (0, 50, 5_000)
SITES = (100, 1_000, 10_000)
ROUNDS = 30
NOT_KEPT = {"Range": "bytes=0-"}  # such an answer is made anew
COMPLETION, PAGE, SAVED = 1.5, 1.3, 20.0  # the goals: ratios, and milliseconds in a site of any size
ASKED = {"home page": "/en/", "search": "/en/search?q=vector+prompt"}
SAVES = 9
SOMEBODY = 10_000_000  # number of the first learner who is new
RULES = sample_rulebook()
numbers = count(1)


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds at one size, and whatever else is told of it."""

    size: int
    milliseconds: float
    note: str = ""


def main(part: str = "") -> int:
    """Run; exit code 0 only when what has a goal reaches it."""
    measures: Sequence[tuple[str, Callable[[], bool]]] = (
        ("completion, events of others", completions_beside_others),
        ("completion, own history", completions_after_a_history),
        ("lesson page", lesson_pages),
        ("home, search and saved files", sites),
    )
    reached = [measure() for name, measure in measures if part in name]
    return 0 if all(reached) else 1


def completions_beside_others() -> bool:
    """One learner completes a lesson, while the ledger grows."""
    found = []
    with _site() as app, app.app_context():
        record_histories(60, RULES)
        for size in LEDGERS:
            copy_until(size)
            _rebuild()
            found.append(Measured(size, _milliseconds(_complete_as_somebody_new)))
    return _told("a completion, with so many events of others in the ledger", found, COMPLETION)


def completions_after_a_history() -> bool:
    """A learner with so many events completes a lesson, half of them remembered reviews."""
    found = []
    with _site() as app, app.app_context():
        for size in HISTORIES:
            learner = f"{size:032x}"
            write(lambda connection, size=size: _have_history(connection, size))  # type: ignore[misc]
            _rebuild()
            spent = _milliseconds(lambda learner=learner: _complete(learner))  # type: ignore[misc]
            found.append(Measured(size, spent, f"standing {_bytes_of(learner) / 1024:,.1f} KB"))
    return _told("a completion, with so many events of one's own", found, COMPLETION)


def lesson_pages() -> bool:
    """A lesson page, made anew, while its talk grows."""
    visitor, member = [], []
    with _site() as app:
        keys = with_members(app, 1)[0]
        for size in TALKS:
            fill(app, size)
            asked = {"Cookie": keys.cookie}
            visitor.append(Measured(size, _milliseconds(lambda: _open(app, f"/en/lessons/{LESSON}"))))
            member.append(
                Measured(size, _milliseconds(lambda asked=asked: _open(app, f"/en/lessons/{LESSON}", **asked)))  # type: ignore[misc]
            )
    reached = _told("a visitor's lesson page, with so many comments", visitor, PAGE)
    return _told("a member's lesson page, with so many comments", member, PAGE) and reached


def sites() -> bool:
    """Home, search and a saved file, in sites of so many lessons that start with everything compiled and indexed."""
    first: dict[str, list[Measured]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in SITES:
            for name, measured in _site_of(Path(folder), size):
                first.setdefault(name, []).append(measured)
    told = [_told(name, found, most=SAVED if "saved" in name else 0) for name, found in first.items()]
    return all(told)


def _site_of(folder: Path, size: int) -> Iterator[tuple[str, Measured]]:
    """All that is measured of a site with so many lessons. What was compiled for a smaller one is used again."""
    place = folder / f"site-{size}"
    write_lessons(place, size, Random(7))
    places = {"instance": folder / "instance", "lessons": place / "lessons"}
    list(initialise(load_settings({}, **places), sample=False))
    settings = load_settings({}, **places)
    _prepare(settings)
    app = create_app(settings)
    for name, path in ASKED.items():
        yield f"{name}, the first after a start", Measured(size, _once(lambda path=path: _open(app, path)))  # type: ignore[misc]
    for name, path in ASKED.items():
        yield f"{name}, made anew", Measured(size, _milliseconds(lambda path=path: _open(app, path)))  # type: ignore[misc]
    file = sorted((place / "lessons").rglob("*.ko.md"))[size // 2]
    saved = [_saved(library_of(app), file) for _ in range(SAVES)]
    note = f"until all has settled {median(settled for _, settled in saved):,.1f} ms"
    yield "a saved file, at the next request", Measured(size, median(first for first, _ in saved), note)
    yield "search after an edit", Measured(size, _once(lambda: _open(app, ASKED["search"])))
    close(app)


def _prepare(settings: Settings) -> None:
    """Compile and index what is new, as an earlier run of the site would have."""
    app = create_app(settings)
    with app.app_context():
        migrate()
    for path in ASKED.values():
        _open(app, path)
    close(app)


def _saved(library: Library, file: Path) -> tuple[float, float]:
    """Milliseconds until a new line in the file is in the catalogue, and of all looks until nothing is left to do."""
    word = f"edited-{next(numbers)}"
    file.write_text(file.read_text(encoding="utf-8") + f"\n{word}\n", encoding="utf-8")
    first = _once(library.catalogue)
    path = file.relative_to(file.parents[1]).as_posix()
    texts = (text for lesson in library.catalogue().by_id.values() for text in lesson.translations.values())
    assert any(text.path == path and text.document.blocks[-1].text == word for text in texts)
    settled = first
    while library.unchanged() is None:
        settled += _once(library.catalogue)
        time.sleep(0.01)  # what was written just now may be written again: it is looked at until it is old enough
    return first, settled


@contextmanager
def _site() -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        app = new_site(Path(folder))
        yield app
        close(app)


def _open(app: Flask, path: str, **headers: str) -> None:
    assert (
        app.test_client(use_cookies=False).get(path, headers=[*NOT_KEPT.items(), *headers.items()]).status_code == 200
    )


def _rebuild() -> None:
    for _ in audit.rebuild():
        pass


def _complete_as_somebody_new() -> None:
    _complete(f"{SOMEBODY + next(numbers):032x}")


def _complete(learner: str) -> None:
    """Complete a lesson that this learner has never completed."""
    number, at = next(numbers), datetime.now(UTC)
    lesson = f"lesson-of-today-{number}"
    command = CompleteLesson(
        lesson=lesson, course="today", language="en", at=at, day=at.date(), published={**PUBLISHED, "today": (lesson,)}
    )
    outcome = service.record(service.Act(learner, f"act-{number}", at), [command], RULES)
    assert lesson in outcome.after.completions


def _have_history(connection: Connection, size: int) -> None:
    """Append so many events: a few lessons completed, then ten answers a day, each second one remembered."""
    learner = f"{size:032x}"
    recording = Recording(learner, f"history-{size}", START, RULES.version)
    rows = entries_of(list(islice(_history(), size)), recording, Head())
    connection.exec_driver_sql(INSERT, [tuple(row[1:]) for row in rows])


def _history() -> Iterator[Event]:
    lessons = [(course, lesson) for course, lessons in PUBLISHED.items() for lesson in lessons]
    for number in count():
        course, lesson = lessons[number // 2 % len(lessons)]
        at = START + timedelta(days=number // 20, minutes=number % 20)
        if number % 2:
            yield ReviewAnswered(at=at, day=at.date(), item=f"{lesson}/1", lesson=lesson, good=True, due=at.date())
        elif number < 2 * len(lessons):
            yield LessonCompleted(at=at, day=at.date(), xp=40, lesson=lesson, course=course, language="en")
        else:
            yield ExerciseAttempted(at=at, day=at.date(), exercise=f"{lesson}/1", lesson=lesson, passed=False)


def _bytes_of(learner: str) -> int:
    with reading() as connection:
        query = select(standings.c.state).where(standings.c.learner_id == learner)
        return len(connection.execute(query).scalar_one().encode())


def _milliseconds(work: Callable[[], Any]) -> float:
    """Processor time of all threads, the median of many after one that does not count."""
    work()
    return median(_once(work) for _ in range(ROUNDS))


def _once(work: Callable[[], Any]) -> float:
    begun = time.process_time()
    work()
    return 1000 * (time.process_time() - begun)


def _told(name: str, found: Sequence[Measured], ratio: float = 0, most: float = 0) -> bool:
    """Print what was found; whether every ratio to the smallest size, and every time, is within its goal."""
    smallest, longest = found[0].milliseconds, max(each.milliseconds for each in found)
    holds = (not ratio or longest / smallest <= ratio) and (not most or longest <= most)
    goals = [f"<= {ratio} x"] if ratio else [f"<= {most:g} ms"] if most else []
    said = "".join(f" ({goal}: {'ok' if holds else 'MISSED'})" for goal in goals)
    print(f"\n{name}{said}")
    for each in found:
        print(f"  {each.size:>9,} {each.milliseconds:>10.2f} ms {each.milliseconds / smallest:>8.2f} x  {each.note}")
    sys.stdout.flush()
    return holds


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
