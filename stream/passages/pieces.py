"""Blocks as they are remembered, and what they are compared by."""

import re
from dataclasses import dataclass
from unicodedata import normalize


@dataclass(frozen=True, slots=True)
class Piece:
    """A block as it is remembered."""

    id: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """A block and what it is compared by: its words, its letters, short runs of these, and its numbers."""

    piece: Piece
    words: str
    letters: str
    runs: frozenset[str]
    numbers: frozenset[str]
    size: int  # in letters; a Hangul one, being a syllable, counts for two


def read(piece: Piece) -> Said:
    """The block with what it is compared by."""
    words = words_of(piece.text)
    letters = re.sub(r"(?<=[가-힣]) | (?=[가-힣])", "", words)  # Korean spacing is a matter of taste
    numbers = frozenset(re.findall(r"\d+(?:[.,]\d+)*", words))
    return Said(piece, words, letters, _runs(letters), numbers, len(letters) + len(re.findall("[가-힣]", letters)))


def words_of(text: str) -> str:
    """A text as it is compared: width, case and white space do not count."""
    return " ".join(normalize("NFKC", text).casefold().split())


def _runs(letters: str) -> frozenset[str]:
    """Two letters from each Hangul one, which is a syllable; three from any other."""
    lengths = (2 if "가" <= letter <= "힣" else 3 for letter in letters)
    runs = (letters[at : at + length] for at, length in enumerate(lengths) if at + length <= len(letters))
    return frozenset(runs) or frozenset([letters])
