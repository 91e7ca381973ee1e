"""What a learner's own page shows of the ledger: one read of the events, told as a year, a line and latest entries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from stream.ledger.codec import StoredEvent, from_stored
from stream.progress.chart import Chart, Point, balances, chart_of, points_of
from stream.progress.queries import AchievementCard
from stream.progress.rhythm import Week, Year, year_of
from stream.progress.statement import Entry, rows_of

ACTS = frozenset({"lesson.completed", "exercise.attempted", "review.answered"})  # what makes a day active
LATEST = 10
NEAREST = 3
RECENT_WEEKS = 12


@dataclass(frozen=True, slots=True)
class Profile:
    """One learner's page. `balances` are those at the line's start and after each day that changed it."""

    year: Year
    chart: Chart | None
    balances: tuple[Point, ...]
    latest: tuple[Entry, ...]  # newest first

    @property
    def begun(self) -> bool:
        """Whether there is anything to show yet."""
        return bool(self.latest)

    @property
    def recent_weeks(self) -> tuple[Week, ...]:
        """The last few weeks, this one included."""
        return self.year.weeks[-RECENT_WEEKS:]


def profile_of(learner_id: str, today: date) -> Profile:
    """The learner's page on the calendar day `today`."""
    rows = rows_of(learner_id)
    days = [date.fromisoformat(row.local_day) for row in rows]
    today = max([today, *days])  # who has flown west may be a day behind the latest entry
    year = year_of(Counter(day for day, row in zip(days, rows, strict=True) if row.type in ACTS), today)
    ends = balances((day, row.xp) for day, row in zip(days, rows, strict=True))
    chart = chart_of(points_of(ends, year.first, today))
    return Profile(year, chart, _balances(chart, ends), _latest(rows))


def _balances(chart: Chart | None, ends: Mapping[date, int]) -> tuple[Point, ...]:
    if chart is None:
        return ()
    return chart.first, *(Point(day, xp) for day, xp in ends.items() if day > chart.first.day)


def _latest(rows: Sequence[Any]) -> tuple[Entry, ...]:
    """The last entries; only these are decoded."""
    after = list(accumulate(row.xp for row in rows))
    newest = list(zip(rows, after, strict=True))[: -LATEST - 1 : -1]
    return tuple(
        Entry(
            row.version,
            row.event_id,
            from_stored(StoredEvent.of(row)),
            balance,
            row.recorded_at,
            row.rulebook,
            row.hash,
        )
        for row, balance in newest
    )


def earned(cards: Sequence[AchievementCard]) -> tuple[AchievementCard, ...]:
    """What is earned, latest first."""
    got = [(card.earned_at, card) for card in cards if card.earned_at is not None]
    return tuple(card for _, card in sorted(got, key=lambda each: each[0], reverse=True))


def nearest(cards: Sequence[AchievementCard]) -> tuple[AchievementCard, ...]:
    """The few that are not earned and have the smallest part of the way left."""
    open_cards = [card for card in cards if card.earned_at is None]
    return tuple(sorted(open_cards, key=lambda card: -card.shown_have / max(1, card.progress.need))[:NEAREST])
