"""Several features' questions about one page, asked of the database in one read.

A feature says what it wants as a `Part` and gets its rows back; it knows nothing of the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from stream.db import values

WIDTH = 5  # values in a row of any part
Answers = Mapping[str, Sequence[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Part:
    """A query of five values, all of them text or NULL (server databases join no others), and what its `:name`s are."""

    name: str
    query: str
    given: Mapping[str, str] = field(default_factory=dict)


def read_together(parts: Iterable[Part]) -> Answers:
    """The rows that each part finds, by its name; in no order. One read, none without parts."""
    asked = tuple(parts)
    found: dict[str, list[Sequence[Any]]] = {part.name: [] for part in asked}
    if asked:
        given = {name: value for part in asked for name, value in part.given.items()}
        for name, *row in values().rows(_joined(tuple((part.name, part.query) for part in asked)), **given):
            found[name].append(row)
    return found


@lru_cache(maxsize=256)
def _joined(parts: tuple[tuple[str, str], ...]) -> str:
    named = (f"SELECT '{name}' AS part, {name}.* FROM ({query}) AS {name}" for name, query in parts)
    return " UNION ALL ".join(named)
