"""Remembered answers, kept close together: a learner of years has thousands of them, and hardly an act looks at any.

Packed, each takes some twenty bytes of one text, in the order of time; who looks at the first ones unpacks no others.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
A_DAY = 24 * 60 * 60 * 1_000_000  # microseconds


class Review(NamedTuple):
    """A remembered answer: which item of which lesson, when, and when it was due."""

    item: str
    lesson: str
    at: datetime
    day: date
    due: date


class Packed(NamedTuple):
    """One text for all. `of` are items with their lessons, in the order in which `log` first names them.

    An entry of the log: microseconds since 1970 and place in `of`; then, unless both are nothing, days from the date in
    UTC to the learner's day, and from there to the day it was due. All in hexadecimal.
    """

    log: str = ""
    of: tuple[tuple[str, str], ...] = ()


EMPTY = Packed()


class Reviews:
    """Any number of them in the order of time, never changed. Equal if they are the same ones."""

    __slots__ = ("_added", "_packed")

    def __init__(self, packed: Packed = EMPTY, added: Iterable[Review] = ()) -> None:
        self._packed = packed
        self._added = list(added)

    @property
    def packed(self) -> Packed:
        """All in one text."""
        if self._added:
            self._packed, self._added = _with(self._packed, sorted(self._added, key=_place)), []
        return self._packed

    def __iter__(self) -> Iterator[Review]:
        return _unpacked(self.packed)

    def __bool__(self) -> bool:
        return bool(self._added or self._packed.log)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reviews) and self.packed == other.packed

    def __hash__(self) -> int:
        return hash(self.packed)

    def __repr__(self) -> str:
        return f"Reviews({list(self)!r})"

    def before(self, at: datetime) -> "Reviews":
        """Those from before this instant."""
        log, of = self.packed
        return Reviews(Packed(log[: _end_before(log, (at - EPOCH) // MICROSECOND)], of))

    def since(self, at: datetime) -> "Reviews":
        """Those from this instant on."""
        log, of = self.packed
        return Reviews(Packed(log[_end_before(log, (at - EPOCH) // MICROSECOND) :], of))

    def are_fewer_than(self, number: int, days: int) -> bool:
        """Whether there are not so many, or not on so many days; none is unpacked for that."""
        entries = self.packed.log.split()
        return len(entries) < number or len(set(map(_day_of, entries))) < days

    def __add__(self, added: Iterable[Review]) -> "Reviews":
        more = list(added)
        return Reviews(self.packed, more) if more else self


def _place(review: Review) -> tuple[datetime, str]:
    return review.at, review.item


def _with(packed: Packed, added: list[Review]) -> Packed:
    """One that comes late makes all of them be packed again."""
    if packed.log and _place(added[0]) < _place(_last(packed)):
        packed, added = EMPTY, sorted([*_unpacked(packed), *added], key=_place)
    places = {of: place for place, of in enumerate(packed.of)}
    log = [_entry(review, places.setdefault((review.item, review.lesson), len(places))) for review in added]
    return Packed(packed.log + "".join(log), tuple(places))


def _entry(review: Review, place: int) -> str:
    micros = (review.at - EPOCH) // MICROSECOND
    day = review.day.toordinal()
    ahead, due = day - micros // A_DAY - EPOCH_DAY, review.due.toordinal() - day
    return f"{micros:x}.{place:x}.{ahead:x}.{due:x} " if ahead or due else f"{micros:x}.{place:x} "


def _last(packed: Packed) -> Review:
    return _review(packed.log[:-1].rpartition(" ")[2], packed.of)


def _unpacked(packed: Packed) -> Iterator[Review]:
    return (_review(entry, packed.of) for entry in packed.log.split())


def _review(entry: str, of: tuple[tuple[str, str], ...]) -> Review:
    parts = entry.split(".")
    item, lesson = of[int(parts[1], 16)]
    at = EPOCH + timedelta(0, 0, int(parts[0], 16))
    day = due = at.date()
    if len(parts) == 4:
        day += timedelta(int(parts[2], 16))
        due = day + timedelta(int(parts[3], 16))
    return Review._make((item, lesson, at, day, due))  # in half the time


def _day_of(entry: str) -> int:
    micros, _, rest = entry.partition(".")
    _, _, days = rest.partition(".")
    return int(micros, 16) // A_DAY + (int(days.partition(".")[0], 16) if days else 0)


def _end_before(log: str, until: int) -> int:
    """Where the entries from before `until` end, found by halves."""
    low, high = 0, len(log)
    while low < high:
        begin = log.rfind(" ", low, (low + high) // 2) + 1 or low
        if int(log[begin : log.index(".", begin)], 16) < until:
            low = log.index(" ", begin) + 1
        else:
            high = begin
    return low
