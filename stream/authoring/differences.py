"""What differs between two texts: by lines, and within changed lines by words. Knows strings only."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new"]
Piece = tuple[Kind, str]

AROUND = 2  # unchanged lines shown beside a change
MOST_LINES = 4_000  # of a text that is compared line by line
MOST_WORDS = 2_000  # of a change that is compared word by word
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of lines. `line` is the first one's number in the later text; `skipped` lines stand before it unshown."""

    line: int
    pieces: tuple[Piece, ...]
    skipped: int = 0


def differences(before: str, after: str) -> tuple[Stretch, ...]:
    """The changed lines with what stands around them; nothing when the texts are the same."""
    if before == after:
        return ()
    old, new = before.split("\n"), after.split("\n")
    if max(len(old), len(new)) > MOST_LINES:
        return (Stretch(1, _pieces(old, new)),)
    groups = SequenceMatcher(None, old, new).get_grouped_opcodes(AROUND)
    return tuple(_stretches(groups, old, new))


def _stretches(
    groups: Iterable[Sequence[tuple[str, int, int, int, int]]], old: list[str], new: list[str]
) -> Iterator[Stretch]:
    seen = 0
    for group in groups:
        first, last = group[0], group[-1]
        pieces = tuple(piece for opcode in group for piece in _of(opcode, old, new))
        yield Stretch(first[3] + 1, pieces, first[3] - seen)
        seen = last[4]


def _of(opcode: tuple[str, int, int, int, int], old: list[str], new: list[str]) -> tuple[Piece, ...]:
    kind, start, end, new_start, new_end = opcode
    if kind == "equal":
        return (("same", "\n".join(new[new_start:new_end]) + "\n"),)
    return _pieces(old[start:end], new[new_start:new_end])


def _pieces(old: list[str], new: list[str]) -> tuple[Piece, ...]:
    """Changed lines as words that stay, go and come."""
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    words, new_words = _WORD.findall(before), _WORD.findall(after)
    if not words or not new_words or max(len(words), len(new_words)) > MOST_WORDS:
        return tuple(piece for piece in (("gone", before), ("new", after)) if piece[1])
    return tuple(_words(words, new_words))


def _words(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(new[new_start:new_end])
            continue
        if start < end:
            yield "gone", "".join(old[start:end])
        if new_start < new_end:
            yield "new", "".join(new[new_start:new_end])
