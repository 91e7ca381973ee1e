"""A learner's rhythm: which days had acts, by ISO week and over a year.

Pure: it knows how many acts fell on which of the learner's own calendar days, and which day is today; no clock, no
table. It counts what was done and never what was not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

WEEKS = 53  # of a year's picture, the one of today included: whatever day it is, it holds at least 365 days
SHADES = (1, 2, 4, 7)  # acts from which on a day is shown stronger; fixed, so that no day fades because of another


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day and the acts on it. `is_ahead`: it comes after today, and only fills up the week."""

    date: date
    acts: int = 0
    is_today: bool = False
    is_ahead: bool = False

    @property
    def shade(self) -> int:
        """How strongly it is shown, 0 to 4."""
        return sum(self.acts >= least for least in SHADES)


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week: seven days from Monday."""

    days: tuple[Day, ...]

    @property
    def monday(self) -> date:
        """Its first day."""
        return self.days[0].date

    @property
    def acts(self) -> int:
        """All acts in it."""
        return sum(day.acts for day in self.days)

    @property
    def active_days(self) -> int:
        """How many of its days have acts."""
        return sum(day.acts > 0 for day in self.days)

    @property
    def begins_month(self) -> date | None:
        """The first of a month, if it falls in this week and is not ahead."""
        return next((day.date for day in self.days if day.date.day == 1 and not day.is_ahead), None)


@dataclass(frozen=True, slots=True)
class Month:
    """The days of a calendar month that have acts."""

    first: date
    days: tuple[Day, ...]

    @property
    def acts(self) -> int:
        """All acts in it."""
        return sum(day.acts for day in self.days)


@dataclass(frozen=True, slots=True)
class Year:
    """So many ISO weeks in a row; the last is the one of today."""

    weeks: tuple[Week, ...]

    @property
    def first(self) -> date:
        """Its first day, a Monday."""
        return self.weeks[0].monday

    @property
    def active(self) -> tuple[Day, ...]:
        """The days that have acts, in order."""
        return tuple(day for week in self.weeks for day in week.days if day.acts)

    @property
    def acts(self) -> int:
        """All acts in it."""
        return sum(week.acts for week in self.weeks)

    @property
    def months(self) -> tuple[Month, ...]:
        """The months that have acts, in order."""
        by_month = groupby(self.active, key=lambda day: day.date.replace(day=1))
        return tuple(Month(first, tuple(days)) for first, days in by_month)

    @property
    def this_week(self) -> Week:
        """The week of today."""
        return self.weeks[-1]


def monday_of(day: date) -> date:
    """The first day of its ISO week."""
    return day - timedelta(days=day.weekday())


def week_of(acts: Mapping[date, int], monday: date, today: date) -> Week:
    """The week that begins on `monday`."""
    return Week(tuple(_day(acts, monday + timedelta(days=number), today) for number in range(7)))


def year_of(acts: Mapping[date, int], today: date) -> Year:
    """The last WEEKS weeks. Acts outside them do not count."""
    last = monday_of(today)
    return Year(tuple(week_of(acts, last - timedelta(weeks=back), today) for back in reversed(range(WEEKS))))


def _day(acts: Mapping[date, int], day: date, today: date) -> Day:
    return Day(day, is_ahead=True) if day > today else Day(day, acts.get(day, 0), day == today)
