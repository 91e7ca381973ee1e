"""The line of XP over time: true by day, inside its box, and ending at the balance."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

from stream.ledger.events import Event
from stream.ledger.standing import replay
from stream.progress.chart import LEVELS, Box, Point, balances, chart_of, dates_of, levels_of, points_of

TODAY = date(2026, 11, 23)
EARLIEST = date(2025, 11, 24)
gains = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 200)), max_size=40)


def ends_of(back: list[tuple[int, int]]) -> dict[date, int]:
    """Balances after gains so many days ago."""
    return balances((TODAY - timedelta(days=days), xp) for days, xp in sorted(back, reverse=True))


@given(strategies.histories)
def test_balances_are_those_of_the_ledger(history: list[Event]) -> None:
    ends = balances((event.day, event.xp) for event in history)
    assert (list(ends.values()) or [0])[-1] == replay(history).xp
    assert all(xp >= 0 for xp in ends.values())
    assert list(ends) == sorted(ends)


def test_a_day_ends_with_its_last_balance() -> None:
    assert balances([(TODAY, 40), (TODAY, 20), (TODAY, -40)]) == {TODAY: 20}


def test_what_brings_no_xp_makes_no_day() -> None:
    assert balances([(TODAY, 0)]) == {}


def test_a_day_never_goes_back() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert balances([(TODAY, 40), (yesterday, -40)]) == {TODAY: 0}


@given(gains)
def test_the_line_reaches_from_the_start_to_todays_balance(back: list[tuple[int, int]]) -> None:
    ends = ends_of(back)
    points = points_of(ends, EARLIEST, TODAY)
    days = [point.day for point in points]
    assert days == sorted(set(days))
    assert bool(points) == bool(ends)
    if points:
        assert points[0].day >= EARLIEST
        assert points[-1] == Point(TODAY, sum(xp for _, xp in back))


@given(gains)
def test_every_balance_of_the_year_is_a_corner(back: list[tuple[int, int]]) -> None:
    ends = ends_of(back)
    corners = {point.day: point.xp for point in points_of(ends, EARLIEST, TODAY)}
    assert {day: xp for day, xp in ends.items() if day >= EARLIEST}.items() <= corners.items()


def test_the_line_stays_level_until_something_happens() -> None:
    first, later = TODAY - timedelta(days=9), TODAY - timedelta(days=3)
    assert points_of({first: 40, later: 60}, EARLIEST, TODAY) == (
        Point(first - timedelta(days=1), 0),
        Point(first, 40),
        Point(later - timedelta(days=1), 40),
        Point(later, 60),
        Point(TODAY, 60),
    )


def test_what_was_earned_before_the_year_is_where_it_begins() -> None:
    ends = {EARLIEST - timedelta(days=300): 40, EARLIEST - timedelta(days=100): 100}
    assert points_of(ends, EARLIEST, TODAY) == (Point(EARLIEST, 100), Point(TODAY, 100))


def test_without_xp_there_is_no_picture() -> None:
    assert chart_of(points_of({}, EARLIEST, TODAY)) is None


def test_a_single_day_stands_at_the_end() -> None:
    chart = chart_of([Point(TODAY, 40)])
    assert chart is not None
    assert chart.end[0] == chart.box.end
    assert chart.dates == ((chart.box.end, TODAY),)


@given(gains.filter(bool))
def test_nothing_leaves_the_box(back: list[tuple[int, int]]) -> None:
    points = points_of(ends_of(back), EARLIEST, TODAY)
    chart, box = chart_of(points), Box()
    assert chart is not None
    corners = [tuple(map(float, pair.split())) for pair in re.split("[ML]", chart.line)[1:]]
    assert len(corners) == len(points)
    assert all(box.left <= x <= box.end and box.top <= y <= box.floor for x, y in corners)
    assert corners[-1] == chart.end
    assert [x for x, _ in corners] == sorted(x for x, _ in corners)
    assert chart.area.startswith(chart.line)


@given(gains.filter(bool))
def test_more_xp_stands_higher(back: list[tuple[int, int]]) -> None:
    points = points_of(ends_of(back), EARLIEST, TODAY)
    chart = chart_of(points)
    assert chart is not None
    heights = [-float(pair.split()[1]) for pair in re.split("[ML]", chart.line)[1:]]
    assert heights == sorted(heights)


@given(st.integers(0, 10_000_000))
def test_levels_are_few_even_and_reach_the_top(top: int) -> None:
    levels = levels_of(top)
    assert levels[0] == 0
    assert levels[-1] >= top
    assert 2 <= len(levels) <= LEVELS + 1
    assert len({after - before for before, after in pairwise(levels)}) == 1


@pytest.mark.parametrize(("top", "levels"), [(0, (0, 10)), (40, (0, 10, 20, 30, 40)), (1240, (0, 500, 1000, 1500))])
def test_levels_are_round(top: int, levels: tuple[int, ...]) -> None:
    assert levels_of(top) == levels


@pytest.mark.parametrize(("span", "named"), [(0, 1), (1, 2), (2, 3), (3, 4), (370, 4)])
def test_a_few_days_are_named_the_first_and_the_last_among_them(span: int, named: int) -> None:
    dates = dates_of(TODAY - timedelta(days=span), TODAY)
    assert (dates[0], dates[-1]) == (TODAY - timedelta(days=span), TODAY)
    assert len(set(dates)) == named
