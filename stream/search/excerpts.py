"""The passage of a text that a query is about, with the words that were searched for marked. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stream.search.words import Term

AROUND = 90  # characters before and after the first word that was found
SHORTEST = 4  # letters that remain of a word, when its ending is left out to find another form of it


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage in parts: text, and whether it was searched for. `block` is where it stands; empty: not in the body."""

    parts: tuple[tuple[str, bool], ...]
    block: str = ""


def marked(text: str, terms: Sequence[Term]) -> tuple[tuple[str, bool], ...]:
    """The whole text, with what was searched for marked."""
    pattern = _pattern(terms, text)
    return tuple(_parts(text, pattern)) if pattern else ((text, False),)


def excerpt_of(passages: Iterable[tuple[str, str]], terms: Sequence[Term]) -> Excerpt | None:
    """Of passages (block, text) the one in which most of the words stand, cut to what is around the first of them."""
    best: tuple[int, str, str, re.Pattern[str]] | None = None
    for block, text in passages:
        pattern = _pattern(terms, text)
        if pattern is None:
            continue
        count = sum(_pattern([term], text) is not None for term in terms)
        if best is None or count > best[0]:
            best = (count, block, text, pattern)
    if best is None:
        return None
    _, block, text, pattern = best
    return Excerpt(tuple(_parts(_cut(text, pattern), pattern)), block)


def _pattern(terms: Sequence[Term], text: str) -> re.Pattern[str] | None:
    """What finds these words in the text, or None where none of them is in it."""
    for shorten in (0, 1, 2, 3):
        pattern = re.compile("|".join(_written(term, shorten) for term in terms), re.IGNORECASE) if terms else None
        if pattern is not None and pattern.search(text):
            return pattern
    return None


def _written(term: Term, shorten: int) -> str:
    if term.is_paired:
        return "|".join(re.escape(text) for text in dict.fromkeys((term.text, term.stem)))
    stem = term.text[: max(SHORTEST, len(term.text) - shorten)]
    return rf"\b{re.escape(stem)}\w*" if stem.isascii() else rf"\b{re.escape(stem)}"


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    found = pattern.search(text)
    assert found is not None, "the pattern was found in it before"
    start, end = max(0, found.start() - AROUND), min(len(text), found.end() + AROUND)
    if start > 0:
        start = text.find(" ", start, found.start()) + 1 or start
    if end < len(text):
        space = text.rfind(" ", found.end(), end)
        end = space if space > 0 else end
    cut = " ".join(text[start:end].split())
    return ("… " if start else "") + cut + (" …" if end < len(text) else "")


def _parts(text: str, pattern: re.Pattern[str]) -> Iterable[tuple[str, bool]]:
    at = 0
    for found in pattern.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False
