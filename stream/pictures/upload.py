"""An uploaded picture made anew: only what can be seen comes through, at a size that a page needs.

What a file is, is read from its bytes; its name and what the browser says of it count for nothing.
"""

import json
from dataclasses import dataclass

from stream.pictures.apart import Failed, apart

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000  # as in `remaking`


class Unusable(Exception):
    """Why a file is not taken; `code` names the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was made anew."""

    content: bytes
    suffix: str
    width: int
    height: int


def remade(content: bytes) -> Picture:
    """The picture without anything that cannot be seen. Raises Unusable."""
    if not content:
        raise Unusable("empty")
    if len(content) > MOST_BYTES:
        raise Unusable("too-large")
    if b"<svg" in content[:4096].lower():
        raise Unusable("svg")
    try:
        line, _, made = apart("remaking.py", content).partition(b"\n")
    except Failed as failed:
        raise Unusable("no-picture") from failed
    told = json.loads(line)
    if "unusable" in told:
        raise Unusable(told["unusable"])
    return Picture(made, **told)
