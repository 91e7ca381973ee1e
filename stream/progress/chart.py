"""XP over time as a line: gains to balances by day, balances to coordinates in a box.

Pure: no words, no colours, no clock. The line is true by day: it stays level while nothing happens, and rises from one
day to the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
LEVELS = 4  # at most so many lines above zero
DATES = 4  # at most so many days named below


@dataclass(frozen=True, slots=True)
class Point:
    """The balance at the end of a day."""

    day: date
    xp: int


@dataclass(frozen=True, slots=True)
class Box:
    """The picture's size and the room for words around the line."""

    width: int = 420
    height: int = 190
    left: int = 52
    right: int = 12
    top: int = 14
    bottom: int = 30

    @property
    def floor(self) -> int:
        """Where zero is drawn."""
        return self.height - self.bottom

    @property
    def end(self) -> int:
        """Where the last day is drawn."""
        return self.width - self.right


@dataclass(frozen=True, slots=True)
class Chart:
    """A line and the area below it as SVG path data, with the places of the words beside them."""

    box: Box
    first: Point
    last: Point
    end: tuple[float, float]
    line: str
    area: str
    levels: tuple[tuple[float, int], ...]  # (y, XP)
    dates: tuple[tuple[float, date], ...]  # (x, day)


def balances(gains: Iterable[tuple[date, int]]) -> dict[date, int]:
    """The balance at the end of each day that brought or took XP; `gains` in the order in which they were recorded.

    The day never goes back: what a device sends in late counts from when it came, and who flies west gains no
    yesterday. So the balances are those of the ledger, which are never negative.
    """
    day, balance = date.min, 0
    ends: dict[date, int] = {}
    for on, xp in gains:
        day, balance = max(day, on), balance + xp
        if xp:
            ends[day] = balance
    return ends


def points_of(ends: Mapping[date, int], earliest: date, today: date) -> tuple[Point, ...]:
    """The corners of the line until today, from the day before the first balance, though not before `earliest`."""
    if not ends:
        return ()
    first = max(earliest, min(ends) - ONE_DAY)
    before = [day for day in ends if day <= first]
    points = [Point(first, ends[max(before)] if before else 0)]
    for day in sorted(day for day in ends if first < day <= today):
        _stay_level(points, day - ONE_DAY)
        points.append(Point(day, ends[day]))
    _stay_level(points, today)
    return tuple(points)


def chart_of(points: Sequence[Point], box: Box | None = None) -> Chart | None:
    """The picture of these points; None where there is nothing to draw."""
    if not points:
        return None
    box = box or Box()
    levels = levels_of(max(point.xp for point in points))
    first, last = points[0].day, points[-1].day
    places = [(_x(point.day, first, last, box), _y(point.xp, levels[-1], box)) for point in points]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y in places)
    return Chart(
        box=box,
        first=points[0],
        last=points[-1],
        end=places[-1],
        line=line,
        area=f"{line}V{box.floor}H{places[0][0]:g}Z",
        levels=tuple((_y(xp, levels[-1], box), xp) for xp in levels),
        dates=tuple((_x(day, first, last, box), day) for day in dates_of(first, last)),
    )


def levels_of(top: int) -> tuple[int, ...]:
    """Round numbers from 0 to at least `top`, evenly apart: steps of 1, 2 or 5 times a power of ten, 10 at least."""
    step = next(step for step in _round_steps() if step * LEVELS >= top)
    return tuple(range(0, max(top, 1) + step, step)[: -(-max(top, 1) // step) + 1])


def dates_of(first: date, last: date) -> tuple[date, ...]:
    """A few days from the first to the last, evenly apart."""
    span = (last - first).days
    pieces = min(DATES - 1, span)
    return (
        tuple(first + timedelta(days=round(span * piece / pieces)) for piece in range(pieces + 1)) if span else (last,)
    )


def _round_steps() -> Iterable[int]:
    power = 10
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _stay_level(points: list[Point], until: date) -> None:
    """Lead the line to a day on which nothing changed."""
    if points[-1].day < until:
        points.append(Point(until, points[-1].xp))


def _x(day: date, first: date, last: date, box: Box) -> float:
    """A single day stands at the end, where today is."""
    share = (day - first).days / (last - first).days if last > first else 1
    return round(box.left + share * (box.end - box.left), 1)


def _y(xp: int, top: int, box: Box) -> float:
    return round(box.floor - xp / top * (box.floor - box.top), 1)
