"""Comparing a short answer with the accepted ones."""

import unicodedata
from collections.abc import Iterable


def matches(answer: str, accepted: Iterable[str]) -> bool:
    """Whether they are equal after folding case and width and dropping spaces and punctuation."""
    return _folded(answer) in map(_folded, accepted)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())
