"""The level curve: level L is reached at 25·L·(L+7) XP (times the site's scale).

The first step costs 200 XP and each later one 50 more than the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt


@dataclass(frozen=True, slots=True)
class LevelProgress:
    """Where an amount of XP stands on the curve. `into_level + to_go == for_level`, and 0 ≤ `percent` < 100."""

    level: int
    into_level: int
    for_level: int
    to_go: int
    percent: int


@dataclass(frozen=True, slots=True)
class Curve:
    """`threshold(L) = unit · scale · L · (L + offset)`."""

    unit: int = 25
    offset: int = 7
    scale: int = 1

    def threshold(self, level: int) -> int:
        """XP needed in total to stand on `level`."""
        return self.unit * self.scale * level * (level + self.offset)

    def level_at(self, xp: int) -> int:
        """The highest level that `xp` reaches; the exact inverse of `threshold`."""
        steps = max(xp, 0) // (self.unit * self.scale)
        return (isqrt(self.offset**2 + 4 * steps) - self.offset) // 2

    def progress(self, xp: int) -> LevelProgress:
        """How far `xp` is within its level."""
        level = self.level_at(xp)
        floor = self.threshold(level)
        for_level = self.threshold(level + 1) - floor
        into = max(xp, 0) - floor
        return LevelProgress(level, into, for_level, for_level - into, 100 * into // for_level)


def level_name(level: int, names: Sequence[str]) -> str:
    """The name of a level; past the last one the levels go on, numbered: Nova +1, Nova +2…"""
    beyond = level - (len(names) - 1)
    return names[level] if beyond <= 0 else f"{names[-1]} +{beyond}"
