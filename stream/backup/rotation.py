"""Which backups stay: the newest of each of the last days, weeks and months. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rotation:
    """Of so many days, weeks and months that have a backup, the newest one stays."""

    daily: int
    weekly: int
    monthly: int


def kept(times: Iterable[datetime], rotation: Rotation) -> frozenset[datetime]:
    """What stays of these. The newest always does."""
    newest_first = sorted(times, reverse=True)
    periods = ((rotation.daily, "%Y-%m-%d"), (rotation.weekly, "%G-%V"), (rotation.monthly, "%Y-%m"))
    found = set(newest_first[:1])
    for count, pattern in periods:
        firsts: dict[str, datetime] = {}
        for each in newest_first:
            firsts.setdefault(each.strftime(pattern), each)
        found.update(list(firsts.values())[:count])
    return frozenset(found)


def firsts(times: Iterable[datetime], days: int) -> frozenset[datetime]:
    """The first of each of the last days that have any, and the newest of all."""
    newest_first = sorted(times, reverse=True)
    by_day = {each.date(): each for each in newest_first}
    return frozenset([*list(by_day.values())[:days], *newest_first[:1]])
