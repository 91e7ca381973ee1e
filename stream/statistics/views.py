"""The pages of statistics, and each of their tables as a file."""

import csv
import io
from datetime import date, timedelta

from flask import Blueprint, Response, abort, g, make_response, render_template, request

from stream.accounts.login import admins_only
from stream.catalogue.model import Course
from stream.clock import local_day
from stream.statistics import figures, tables
from stream.statistics.bars import bars_of
from stream.statistics.figures import Asked
from stream.statistics.tables import Table
from stream.web.content import at, catalogue
from stream.web.language import ENDONYMS
from stream.web.page import site_settings

blueprint = Blueprint("statistics", __name__, url_prefix="/<language>/admin/statistics")
RANGES = {"4": timedelta(weeks=4), "26": timedelta(weeks=26), "all": None}
WEEKS = 26


@blueprint.get("/")
@admins_only
def overview() -> Response:
    """The whole site: week by week, languages, and the way to each course."""
    chosen, floor = _chosen(), site_settings().statistics_floor
    weeks = figures.weeks(_today(), WEEKS)
    html = render_template(
        "statistics/overview.html",
        courses=[course for course in catalogue().courses if course.listed(at())],
        bars=bars_of(weeks, floor),
        tables=_site_tables(floor, chosen),
        chosen=chosen,
        ranges=RANGES,
        floor=floor,
    )
    return make_response(html)


@blueprint.get("/<key>")
@admins_only
def course(key: str) -> Response:
    """One course: how far people come, where they stop, which exercises are hard."""
    found, chosen, floor = _course_or_404(key), _chosen(), site_settings().statistics_floor
    html = render_template(
        "statistics/course.html",
        course=found,
        tables=_course_tables(found, floor, chosen),
        chosen=chosen,
        ranges=RANGES,
        floor=floor,
    )
    return make_response(html)


@blueprint.get("/files/<name>.csv")
@admins_only
def site_file(name: str) -> Response:
    """A table of the whole site as a file."""
    return _file(_site_tables(site_settings().statistics_floor, _chosen()), name)


@blueprint.get("/<key>/files/<name>.csv")
@admins_only
def course_file(key: str, name: str) -> Response:
    """A table of a course as a file."""
    return _file(_course_tables(_course_or_404(key), site_settings().statistics_floor, _chosen()), name)


def _site_tables(floor: int, chosen: str) -> list[Table]:
    total, by_language = figures.readers_by_language(_since(chosen))
    names = {key: ENDONYMS.get(key, key) for key in catalogue().site.languages}
    weeks = figures.weeks(_today(), WEEKS)
    return [tables.week_table(weeks, floor), tables.language_table(total, dict(by_language), names, floor)]


def _course_tables(course: Course, floor: int, chosen: str) -> list[Table]:
    listed = course.listed(at())
    asked = Asked(tuple(lesson.id for lesson in listed), _since(chosen), _today())
    titles = {lesson.id: lesson.translation(g.language).title for lesson in listed}
    exercises = tables.exercises_of(course, g.language)
    return [
        tables.funnel_table(figures.funnel(asked), floor),
        tables.lesson_table(figures.lesson_figures(asked), titles, floor),
        tables.exercise_table(figures.exercise_figures(tuple(exercises), asked.since), exercises, floor),
    ]


def _course_or_404(key: str) -> Course:
    found = catalogue().course(key)
    if found is None or not found.listed(at()):
        abort(404)
    return found


def _chosen() -> str:
    asked = request.args.get("weeks", "26")
    return asked if asked in RANGES else "26"


def _since(chosen: str) -> date | None:
    length = RANGES[chosen]
    return _today() - length if length else None


def _today() -> date:
    return local_day(at(), site_settings().time_zone)


def _file(found: list[Table], name: str) -> Response:
    table = next((table for table in found if table.key == name), None)
    if table is None:
        abort(404)
    text = io.StringIO()
    csv.writer(text).writerows([table.head, *table.rows])
    answer = make_response("\ufeff" + text.getvalue())  # the mark lets spreadsheets see that it is UTF-8
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{table.key}.csv"'
    return answer
