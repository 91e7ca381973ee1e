"""What stands for each day of a learner, as it is written: most of years of days is never looked at again."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

V = TypeVar("V")


class ByDay(Mapping[date, V]):
    """Days with instants or numbers, read from their text when they are asked for. Only a fold changes its own copy."""

    __slots__ = ("_read", "_write", "written")

    def __init__(self, written: dict[str, Any], read: Callable[[Any], V], write: Callable[[V], Any]) -> None:
        self.written = written
        self._read = read
        self._write = write

    def __getitem__(self, day: date) -> V:
        return self._read(self.written[day.isoformat()])

    def __setitem__(self, day: date, value: V) -> None:
        self.written[day.isoformat()] = self._write(value)

    def __iter__(self) -> Iterator[date]:
        return map(date.fromisoformat, self.written)

    def __len__(self) -> int:
        return len(self.written)

    def __eq__(self, other: object) -> bool:
        return self.written == other.written if isinstance(other, ByDay) else super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def copy(self) -> "ByDay[V]":
        """Another one, to be changed."""
        return ByDay(self.written.copy(), self._read, self._write)

    def before(self, at: datetime) -> "ByDay[V]":
        """The days whose instants are before this one: texts of instants are in the order of time."""
        until = self._write(at)  # type: ignore[arg-type]
        return ByDay({day: on for day, on in self.written.items() if on < until}, self._read, self._write)
