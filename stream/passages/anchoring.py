"""Where the blocks of a lesson are after an edit. Knows words and their order, no database and no request.

A thread on the wrong paragraph is worse than one that has lost its place: what is not clear is left out.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from stream.passages.alignment import in_order
from stream.passages.identical import identical
from stream.passages.likeness import FORMAL, likeness
from stream.passages.pieces import Piece, Said, read
from stream.passages.rewording import Search

How = Literal["same", "moved", "reworded"]

BACK_ALIKE, BACK_FROM = 0.93, 32  # how alike, and how long, what was gone and is back with other words
MOST_EQUALS = 100_000  # pairs of equal words; with more, texts are compared as wholes, for that would take long


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


def changes(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Runs of words ("same", "gone" or "new"): the same and gone ones make `old`, the same and new ones `new`."""
    runs: list[tuple[str, str]] = []
    gone = came = ""
    for same, before, after in _compared(old, new):
        if same:
            runs += [("gone", gone), ("new", came), ("same", before)]
            gone = came = ""
        else:
            gone, came = gone + before, came + after
    return tuple((kind, text) for kind, text in (*runs, ("gone", gone), ("new", came)) if text)


def _compared(old: str, new: str) -> Iterator[tuple[bool, str, str]]:
    """Whether the next words are the same, as they were and as they are. White space alone does not count as same."""
    before, after = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    if _equals(before, after) > MOST_EQUALS:
        yield old == new, old, new
        return
    for kind, i, i_end, j, j_end in SequenceMatcher(str.isspace, before, after, autojunk=False).get_opcodes():
        was, now = "".join(before[i:i_end]), "".join(after[j:j_end])
        yield kind == "equal" and (not was.isspace() or old == new), was, now


def _equals(before: Sequence[str], after: Sequence[str]) -> int:
    """How many pairs of equal words there are: what a comparison costs."""
    uses = Counter(after)
    return sum(uses[word] for word in before if not word.isspace())
