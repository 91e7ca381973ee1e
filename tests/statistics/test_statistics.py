"""What learners do, counted by hand on a small site, equals every figure; and nobody is singled out."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import given
import pytest
from flask import Flask
from reads import number_of_reads

from stream import clock

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday
THEN = NOW - timedelta(days=20)  # a Thursday
TABLE = re.compile(
    r'<h2 id="(\w+)-title">[^<]*</h2>\s*<div class="scroll"[^>]*><table>.*?<tbody>(.*?)</tbody>', re.DOTALL
)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>")


@pytest.fixture
def admin(app: Flask) -> given.Visitor:
    """Somebody who runs the site, and learns nothing."""
    someone = given.Visitor(app).sign_up("boss")
    given.role(app, "boss", "admin")
    return someone


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Let it be that time."""
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


def does(someone: given.Visitor, *acts: str, language: str = "en") -> None:
    """`open dial`, `complete dial`, `reopen dial`, `right dial`, `wrong dial`, one after the other."""
    for act in acts:
        verb, slug = act.split()
        someone.get(f"/{language}/lessons/{slug}")
        if verb in ("right", "wrong"):
            answer = someone.post(
                f"/{language}/lessons/{slug}/exercise", exercise="dial", answer="five" if verb == "right" else "nine"
            )
        else:
            answer = someone.post(f"/{language}/lessons/{slug}/{verb}")
        assert answer.status_code < 400, (act, answer.status_code)


@pytest.fixture
def learned(app: Flask, lessons: Path, at: Callable[[datetime], None]) -> None:
    """Six people learn, one does nothing."""
    given.course(lessons, "knobs")
    given.lesson(lessons, "knob", 1, of="knobs")
    at(THEN)
    ana, ben, cho, dan, eva, fay, _gil = (
        given.Visitor(app).sign_up(name) for name in ("ana", "ben", "cho", "dan", "eva", "fay", "gil")
    )
    does(ana, "open encoder", "complete encoder", "open dial", "right dial", "complete dial", "open seeds")
    does(ana, "complete seeds")
    does(
        ben, "open encoder", "complete encoder", "open dial", "wrong dial", "wrong dial", "right dial", "complete dial"
    )
    does(cho, "open encoder", "complete encoder", "reopen encoder", language="ko")
    does(dan, "open encoder", language="ko")
    does(eva, "open encoder", "complete encoder", "open dial")
    does(eva, "open encoder", language="ko")
    does(fay, "open knob", "complete knob")
    at(NOW)
    eva = given.Visitor(app).sign_in("eva")
    does(eva, "complete dial")


def floor(app: Flask, number: int) -> None:
    app.config["STREAM"] = given.replaced(app, statistics_floor=number)


def tables(page: str) -> dict[str, list[list[str]]]:
    """Key of each table → its rows."""
    found = {}
    for key, body in TABLE.findall(page):
        rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
        found[key] = [[unescape(cell) for cell in CELL.findall(row)] for row in rows]
    return found


def file(admin: given.Visitor, address: str) -> list[list[str]]:
    text = admin.get(address).data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_a_course_equals_the_count_by_hand(app, learned, admin):
    floor(app, 1)
    found = tables(admin.get("/en/admin/statistics/dials?weeks=all").text)
    assert found["funnel"] == [
        ["Began a lesson", "5", "100%"],
        ["Completed a lesson", "3", "60%"],
        ["Completed half of the lessons", "3", "60%"],
        ["Completed every lesson", "1", "20%"],
    ]
    assert found["lessons"] == [
        ["encoder in en", "5", "3", "60%", "0"],
        ["dial in en", "3", "3", "100%", "1"],
        ["seeds in en", "1", "1", "100%", "0"],
    ]
    assert found["exercises"] == [["dial in en · dial", "2", "2", "4", "50%"]]


def test_the_site_equals_the_count_by_hand(app, learned, admin):
    floor(app, 1)
    page = admin.get("/en/admin/statistics/?weeks=all").text
    found = tables(page)
    assert found["languages"] == [["English", "4", "67%"], ["한국어", "3", "50%"]]
    weeks = {row[0]: row[1:] for row in found["weeks"]}
    assert len(weeks) == 26
    assert {day: numbers for day, numbers in weeks.items() if numbers != ["0", "0"]} == {
        "Nov 16, 2026": ["1", "1"],
        "Oct 26, 2026": ["6", "8"],
    }
    assert len(re.findall(r'class="bar"', page)) == 2


def test_the_other_course_is_counted_apart(app, learned, admin):
    floor(app, 1)
    found = tables(admin.get("/en/admin/statistics/knobs?weeks=all").text)
    assert [row[1] for row in found["funnel"]] == ["1", "1", "1", "1"]


def test_only_who_came_in_the_asked_time_is_counted(app, learned, admin, at):
    floor(app, 1)
    at(NOW + timedelta(weeks=10))
    does(given.Visitor(app).sign_up("hana"), "open encoder", "complete encoder")
    admin = given.Visitor(app).sign_in("boss")
    found = tables(admin.get("/en/admin/statistics/dials?weeks=4").text)
    assert [row[1] for row in found["funnel"]] == ["1", "1", "0", "0"]


def test_the_files_say_what_the_page_says(app, learned, admin):
    floor(app, 1)
    for address, where in (("dials", "dials/files"), ("", "files")):
        for key, rows in tables(admin.get(f"/en/admin/statistics/{address}?weeks=all").text).items():
            assert file(admin, f"/en/admin/statistics/{where}/{key}.csv?weeks=all")[1:] == rows
    assert admin.get("/en/admin/statistics/files/funnel.csv").status_code == 404


def test_few_people_show_nowhere(app, learned, admin):
    """With the usual floor: five began, of three nothing is told, and no subtraction tells it either."""
    course = tables(admin.get("/en/admin/statistics/dials?weeks=all").text)
    assert course["funnel"][0] == ["Began a lesson", "5", "100%"]
    assert {row[1] for row in course["funnel"][1:]} == {"fewer than 5"}
    assert "exercises" not in course
    page = admin.get("/en/admin/statistics/?weeks=all").text
    assert [row[1] for row in tables(page)["languages"]] == ["fewer than 5", "fewer than 5"]
    assert page.count('class="bar"') == 1
    told = [cell for rows in (*course.values(), *tables(page).values()) for row in rows for cell in row[1:]]
    assert {cell for cell in told if cell.isdecimal()} <= {"0", "5", "6", "8"}


@pytest.mark.parametrize("path", ["", "dials", "files/weeks.csv", "dials/files/funnel.csv"])
def test_only_admins_see_it(member, moderator, visitor, path):
    for someone in (member, moderator, visitor):
        assert someone.get(f"/en/admin/statistics/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "dials"])
def test_a_site_where_nobody_learns_has_pages_too(admin, path):
    page = admin.get(f"/en/admin/statistics/{path}").text
    assert "Nothing to count yet." in page
    assert admin.get("/en/admin/statistics/nothing").status_code == 404


def test_more_learners_make_no_more_queries(app, learned, admin):
    admin.get("/en/admin/statistics/dials")
    before = number_of_reads(app, admin, "/en/admin/statistics/dials")
    for number in range(8):
        does(given.Visitor(app).sign_up(f"more{number}"), "open encoder", "complete encoder")
    assert number_of_reads(app, admin, "/en/admin/statistics/dials") == before > 0
