"""Which block of a lesson's text in one language says what a block says in the other."""

from collections import Counter
from collections.abc import Sequence

from stream.passages.alignment import aligned
from stream.passages.pieces import Piece, words_of


def counterpart(block_id: str, pieces: Sequence[Piece], other: Sequence[Piece]) -> Piece | None:
    """The block at the same position in the other language's text; None when the two texts do not line up there.

    Headings with the same id are fixed points, and so is what stands in both word for word, as code often does.
    Between them blocks pair by their kinds, where these can be aligned in one way only.
    """
    fixed = _headings(pieces) & _headings(other)
    if block_id in fixed:
        return next(piece for piece in other if piece.id == block_id)
    alike = _only_ones(pieces) & _only_ones(other)
    theirs = _sections(other, fixed)
    for heading, mine in _sections(pieces, fixed).items():
        for index, piece in enumerate(mine):
            if piece.id == block_id and _key(piece) in alike:
                return next(each for each in other if _key(each) == _key(piece))
            if piece.id == block_id:
                return _at_same_position(index, mine, theirs[heading], alike)
    return None


def _headings(pieces: Sequence[Piece]) -> set[str]:
    return {piece.id for piece in pieces if piece.kind == "heading"}


def _only_ones(pieces: Sequence[Piece]) -> set[tuple[str, str]]:
    """Kind and words of the blocks that have them alone."""
    uses = Counter(_key(piece) for piece in pieces)
    return {key for key, count in uses.items() if count == 1 and key[1]}


def _key(piece: Piece) -> tuple[str, str]:
    return piece.kind, words_of(piece.text)


def _sections(pieces: Sequence[Piece], fixed: set[str]) -> dict[str, list[Piece]]:
    """What stands under each of the headings; under "" what stands before all of them."""
    sections: dict[str, list[Piece]] = {"": []}
    here = ""
    for piece in pieces:
        if piece.kind == "heading" and piece.id in fixed:
            here = piece.id
            sections[here] = []
        else:
            sections[here].append(piece)
    return sections


def _at_same_position(
    here: int, mine: Sequence[Piece], theirs: Sequence[Piece], alike: set[tuple[str, str]]
) -> Piece | None:
    """By position where all kinds are the same; where they are not, by what holds in every way to align them."""
    kinds, their_kinds = (
        [key if (key := _key(piece)) in alike else (piece.kind, "") for piece in section] for section in (mine, theirs)
    )
    if kinds == their_kinds:
        return theirs[here]
    if kinds.count(kinds[here]) == their_kinds.count(kinds[here]) == 1:
        return theirs[their_kinds.index(kinds[here])]
    there = aligned(kinds, their_kinds).get(here)
    return None if there is None else theirs[there]
