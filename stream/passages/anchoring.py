"""Where the blocks of a lesson are after an edit. Knows words and their order, no database and no request.

A thread on the wrong paragraph is worse than one that has lost its place: what is not clear is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from stream.passages.alignment import in_order
from stream.passages.identical import identical
from stream.passages.likeness import FORMAL, likeness
from stream.passages.pieces import Piece, Said, read
from stream.passages.rewording import Search

How = Literal["same", "moved", "reworded"]

BACK_ALIKE, BACK_FROM = 0.93, 32  # how alike, and how long, what was gone and is back with other words


@dataclass(frozen=True, slots=True)
class Place:
    """Where an old block is now."""

    piece: Piece
    how: How


def follow(old: Sequence[Piece], new: Sequence[Piece]) -> Mapping[str, Place]:
    """Old block id -> where it is now. A block that is gone, or cannot be told for sure, is not in it."""
    mine, theirs = [read(piece) for piece in old], [read(piece) for piece in new]
    same = identical(mine, theirs)
    kept = in_order(same)
    found = {old[i].id: Place(new[j], "same" if i in kept else "moved") for i, j in same.items()}
    return found | {old[i].id: Place(new[j], "reworded") for i, j in Search(mine, theirs, same).reworded().items()}


def find_again(lost: Piece, new: Sequence[Piece]) -> Piece | None:
    """A block that was gone and is back: the only one with its words, or with words that hardly differ.

    Beware of a block that was there all the time and only resembles it: code and other numbers are never "nearly".
    """
    said = read(lost)
    others = [read(piece) for piece in new if piece.kind == lost.kind]
    equal = [other for other in others if other.words == said.words and said.words]
    near = [other for other in others if _is_nearly(said, other)]
    found = equal or near
    return found[0].piece if len(found) == 1 else None


def _is_nearly(lost: Said, other: Said) -> bool:
    return (
        lost.piece.kind not in FORMAL
        and lost.size >= BACK_FROM
        and lost.numbers == other.numbers
        and likeness(lost, other) >= BACK_ALIKE
    )
