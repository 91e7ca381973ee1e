"""Weeks as bars: numbers to coordinates in a box. Pure: no words, no colours. What is hidden has no bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stream.statistics.figures import Week
from stream.statistics.hiding import hidden

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 200, 40, 28, 12
NAMED = 5  # weeks whose date stands below


@dataclass(frozen=True, slots=True)
class Bar:
    """One week; `value` is None where it is not told."""

    x: float
    y: float
    width: float
    height: float
    monday: date
    value: int | None
    is_named: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """The picture; `top` is the number at the height of `ceiling`, 0 where nothing is told."""

    width: int
    height: int
    left: int
    floor: int
    ceiling: int
    top: int
    bars: tuple[Bar, ...]


def bars_of(weeks: Sequence[Week], floor: int) -> Bars:
    """One bar for each week, the oldest on the left."""
    told = [hidden(week.learners, floor).value for week in weeks]
    top = max((value or 0 for value in told), default=0)
    base, step = HEIGHT - BOTTOM, (WIDTH - LEFT) / max(len(weeks), 1)
    every = max(1, -(-len(weeks) // NAMED))
    bars = tuple(
        Bar(
            round(LEFT + at * step + step * 0.12, 2), round(base - (base - TOP) * (value or 0) / max(top, 1), 2),
            round(step * 0.76, 2), round((base - TOP) * (value or 0) / max(top, 1), 2), week.monday, value,
            (len(weeks) - 1 - at) % every == 0,
        )
        for at, (week, value) in enumerate(zip(weeks, told, strict=True))
    )  # fmt: skip
    return Bars(WIDTH, HEIGHT, LEFT, base, TOP, top, bars)
