"""What stands for each day of a learner, as it is written: most of years of days is never looked at again."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

V = TypeVar("V")


class ByDay(Mapping[date, V]):
    """Days with instants or numbers, read from their text when they are asked for. Only a fold changes its own copy."""

    __slots__ = ("_read", "_source", "_write")

    def __init__(self, source: str | dict[str, Any], read: Callable[[Any], V], write: Callable[[V], Any]) -> None:
        """`source` may be JSON."""
        self._source = source
        self._read = read
        self._write = write

    @property
    def written(self) -> dict[str, Any]:
        """Texts of days with what is written for each."""
        if isinstance(self._source, str):
            self._source = json.loads(self._source)
        return self._source  # type: ignore[return-value]

    def __getitem__(self, day: date) -> V:
        return self._read(self.written[day.isoformat()])

    def __setitem__(self, day: date, value: V) -> None:
        self.written[day.isoformat()] = self._write(value)

    def __iter__(self) -> Iterator[date]:
        return map(date.fromisoformat, self.written)

    def __len__(self) -> int:
        return len(self.written)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ByDay):
            return super().__eq__(other)
        return self._source is other._source or self.written == other.written

    __hash__ = None  # type: ignore[assignment]

    def items(self) -> Any:
        """As of a dictionary; in one go, where all of them are looked at."""
        read, day_of = self._read, date.fromisoformat
        return {day_of(day): read(value) for day, value in self.written.items()}.items()

    def copy(self) -> "ByDay[V]":
        """Another one, to be changed."""
        source = self._source if isinstance(self._source, str) else self._source.copy()
        return ByDay(source, self._read, self._write)

    def before(self, at: datetime) -> "ByDay[V]":
        """The days whose instants are before this one: texts of instants are in the order of time."""
        until = self._write(at)  # type: ignore[arg-type]
        return ByDay({day: on for day, on in self.written.items() if on < until}, self._read, self._write)
