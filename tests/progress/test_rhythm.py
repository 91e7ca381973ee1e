"""The pure part of the year and the week: ISO weeks, leap years, and nothing lost at their edges."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.progress.rhythm import WEEKS, Day, monday_of, week_of, year_of

days = st.dates(date(1972, 1, 1), date(2104, 12, 31))
acts = st.dictionaries(st.integers(0, 400), st.integers(1, 20), max_size=40)
YEAR_ENDS = ["2020-12-31", "2021-01-01", "2024-12-30", "2026-12-31", "2027-01-01", "2027-01-03", "2027-01-04"]


@given(days)
def test_a_year_is_unbroken_and_ends_with_the_week_of_today(today: date) -> None:
    year = year_of({}, today)
    shown = [day.date for week in year.weeks for day in week.days]
    assert len(year.weeks) == WEEKS
    assert shown == [year.first + timedelta(days=number) for number in range(7 * WEEKS)]
    assert [day.date for day in year.this_week.days if day.is_today] == [today]


@given(days)
def test_a_year_holds_every_day_of_the_last_365(today: date) -> None:
    assert year_of({}, today).first <= today - timedelta(days=364)


@given(days, acts)
def test_every_act_of_the_year_is_counted_once(today: date, back: dict[int, int]) -> None:
    done = {today - timedelta(days=days): count for days, count in back.items()}
    year = year_of(done, today)
    within = {day: count for day, count in done.items() if day >= year.first}
    assert {day.date: day.acts for day in year.active} == within
    assert year.acts == sum(within.values()) == sum(month.acts for month in year.months)
    assert sum(len(month.days) for month in year.months) == sum(week.active_days for week in year.weeks)


@given(days)
def test_a_week_is_the_iso_week(day: date) -> None:
    week = week_of({}, monday_of(day), day)
    assert {each.date.isocalendar()[:2] for each in week.days} == {day.isocalendar()[:2]}
    assert [each.date.isoweekday() for each in week.days] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("text", YEAR_ENDS)
def test_weeks_go_on_over_the_change_of_the_year(text: str) -> None:
    today = date.fromisoformat(text)
    week = year_of({today: 1, today - timedelta(days=7): 1}, today).weeks
    assert (week[-1].active_days, week[-2].active_days) == (1, 1)
    assert week[-1].monday - week[-2].monday == timedelta(days=7)


def test_new_years_eve_and_new_years_day_stand_in_one_week_when_iso_says_so() -> None:
    eve, new = date(2026, 12, 31), date(2027, 1, 1)
    assert year_of({eve: 1, new: 2}, new).this_week.active_days == 2
    assert [month.first for month in year_of({eve: 1, new: 2}, new).months] == [date(2026, 12, 1), new]


def test_a_leap_day_has_its_place() -> None:
    year = year_of({date(2024, 2, 29): 3}, date(2024, 3, 1))
    assert [(day.date, day.acts) for day in year.active] == [(date(2024, 2, 29), 3)]


def test_on_a_leap_day_the_year_goes_back_as_far() -> None:
    assert year_of({}, date(2024, 2, 29)).first == date(2023, 2, 27)


def test_days_after_today_are_ahead_and_empty() -> None:
    wednesday = date(2026, 11, 25)
    week = year_of({wednesday + timedelta(days=1): 4}, wednesday).this_week
    assert [day.is_ahead for day in week.days] == [False] * 3 + [True] * 4
    assert week.acts == 0


def test_a_month_is_named_over_the_week_that_holds_its_first() -> None:
    weeks = year_of({}, date(2026, 11, 23)).weeks
    firsts = [week.begins_month for week in weeks if week.begins_month]
    assert firsts[0] == date(2025, 12, 1)
    assert firsts[-1] == date(2026, 11, 1)
    assert len(firsts) == 12


def test_a_first_that_is_still_ahead_names_nothing() -> None:
    assert year_of({}, date(2026, 11, 30)).this_week.begins_month is None


@pytest.mark.parametrize(("count", "shade"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (6, 3), (7, 4), (99, 4)])
def test_more_acts_are_never_shown_weaker(count: int, shade: int) -> None:
    assert Day(date(2026, 1, 1), count).shade == shade
