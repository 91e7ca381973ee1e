"""Templates of which most is known before what they are about: rendered once for each kind of thing, then filled in.

What a template decides by is there when it is rendered. What it only prints is left open, and put in for each thing
(partial evaluation: Jones, Gomard, Sestoft, "Partial Evaluation and Automatic Program Generation", 1993). Fifty
comments are of four or five kinds, and rendering one takes twenty times as long as filling it in.
"""

import re
from collections.abc import Sequence

FIRST = 2_100_000_000  # a number, so that addresses take it for what they hold; no text of ours has it
PLACE = re.compile(r"21000000(\d\d)")


def places(count: int) -> list[int]:
    """What a template is given to print in place of so many values. No filter may change it."""
    return [FIRST + number for number in range(count)]


class Specialised:
    """The HTML of one kind of thing. Threads may share it."""

    __slots__ = ("_parts", "_places")

    def __init__(self, html: str) -> None:
        self._parts = PLACE.split(html)
        self._places = [(at, int(self._parts[at])) for at in range(1, len(self._parts), 2)]

    def filled(self, values: Sequence[str]) -> str:
        """With these values, which are HTML, in the order of `places`."""
        parts = self._parts.copy()
        for at, number in self._places:
            parts[at] = values[number]
        return "".join(parts)
