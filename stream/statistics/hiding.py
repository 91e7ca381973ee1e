"""Small numbers point at people. So a count of fewer than the floor is not told, and neither is one that all but so few
share: who knows the whole could subtract. Pure.
"""

from dataclasses import dataclass
from typing import Literal

Told = Literal["exact", "few", "nearly-all"]


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people as it may be told; `value` is None unless it is told exactly."""

    told: Told
    value: int | None = None


def hidden(part: int, floor: int, whole: int | None = None) -> Count:
    """How `part`, of `whole` people if that is known, may be told. Nobody and everybody single nobody out."""
    if 0 < part < floor:
        return Count("few")
    if whole is not None and 0 < whole - part < floor:
        return Count("nearly-all")
    return Count("exact", part)


def share(part: int, whole: int, floor: int) -> int | None:
    """Percent, where both numbers are told."""
    if whole == 0 or hidden(whole, floor).value is None or hidden(part, floor, whole).value is None:
        return None
    return round(100 * part / whole)
