"""Figures as tables in the reader's words: for the page and for the file, with the same hiding."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import format_date, format_decimal, format_percent, gettext

from stream.catalogue.model import Course
from stream.statistics.figures import ExerciseFigures, Funnel, LessonFigures, Week
from stream.statistics.hiding import Count, hidden, share


@dataclass(frozen=True, slots=True)
class Table:
    """`key` names the file; the first cell of each row is its head."""

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def funnel_table(found: Funnel, floor: int) -> Table:
    """How far those come who begin."""
    stages = (
        (gettext("Began a lesson"), found.began),
        (gettext("Completed a lesson"), found.one),
        (gettext("Completed half of the lessons"), found.half),
        (gettext("Completed every lesson"), found.every),
    )
    rows, before = [], None
    for label, people in stages:
        rows.append((label, _people(people, floor, before), _percent(share(people, found.began, floor))))
        before = people
    return Table("funnel", gettext("How far people come"), (gettext("Step"), gettext("Learners"), "%"), tuple(rows))


def lesson_table(found: Iterable[LessonFigures], names: dict[str, str], floor: int) -> Table:
    """Each lesson: opened, completed, and after which of them people stop."""
    rows = tuple(
        (
            names[each.lesson],
            _people(each.opened, floor),
            _people(each.completed, floor, each.opened),
            _percent(share(each.completed, each.opened, floor)),
            _people(each.stopped, floor, each.completed),
        )
        for each in found
    )
    head = (gettext("Lesson"), gettext("Opened"), gettext("Completed"), "%", gettext("Stopped after it"))
    note = gettext("Stopped: completed this lesson last, has not completed all, and did nothing for two weeks.")
    return Table("lessons", gettext("Lesson by lesson"), head, rows, note)


def exercise_table(found: Iterable[ExerciseFigures], names: dict[str, str], floor: int) -> Table:
    """Exercises that enough people tried, the hardest first."""
    rows = tuple(
        (
            names.get(each.exercise, each.exercise),
            _people(each.tried, floor),
            _people(each.passed, floor, each.tried),
            str(format_decimal(each.answers)),
            _percent(round(100 * each.wrong / each.answers)),
        )
        for each in found
        if each.tried >= floor and each.answers
    )
    head = (gettext("Exercise"), gettext("Tried"), gettext("Passed"), gettext("Answers"), gettext("Wrong"))
    note = gettext("Exercises that too few have tried are not listed.")
    return Table("exercises", gettext("Exercises, the hardest first"), head, rows, note)


def language_table(total: int, by_language: dict[str, int], names: dict[str, str], floor: int) -> Table:
    """In which languages people read."""
    ranked = sorted(by_language.items(), key=lambda each: (-each[1], each[0]))
    rows = tuple(
        (names.get(key, key), _people(people, floor, total), _percent(share(people, total, floor)))
        for key, people in ranked
    )
    note = gettext("Somebody may read in several languages.")
    return Table("languages", gettext("Languages"), (gettext("Language"), gettext("Learners"), "%"), rows, note)


def week_table(found: Sequence[Week], floor: int) -> Table:
    """Who was there each week, the newest first."""
    rows = tuple(
        (
            str(format_date(week.monday)),
            _people(week.learners, floor),
            str(format_decimal(week.completions)) if hidden(week.learners, floor).value is not None else "–",
        )
        for week in reversed(found)
    )
    head = (gettext("Week from"), gettext("Learners"), gettext("Completed lessons"))
    return Table("weeks", gettext("Week by week"), head, rows)


def exercises_of(course: Course, language: str) -> dict[str, str]:
    """Key of each exercise of a course -> what it is called: its lesson, and its own key."""
    return {
        f"{lesson.id}/{key}": f"{lesson.translation(language).title} · {key}"
        for lesson in course.lessons
        for key in sorted(lesson.exercise_keys())
    }


def _people(number: int, floor: int, whole: int | None = None) -> str:
    return _said(hidden(number, floor, whole), floor)


def _said(count: Count, floor: int) -> str:
    if count.told == "few":
        return str(gettext("fewer than %(floor)s", floor=floor))
    if count.told == "nearly-all":
        return str(gettext("all but a few"))
    return str(format_decimal(count.value))


def _percent(number: int | None) -> str:
    return "–" if number is None else str(format_percent(number / 100))
