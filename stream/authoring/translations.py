"""Whether the languages of a lesson still say the same, as far as that can be known without understanding them.

A file may name the revision of the other one that it follows (`translates:`): then it is older exactly when that has
changed. Where nobody says so, what can be counted is compared: headings, blocks, exercises, takeaways, pictures. Dates
of files are not asked: copying and checking out change them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from stream.catalogue.model import Lesson, Translation
from stream.markdown.document import Document

State = Literal["original", "missing", "alike", "follows", "older", "differs", "broken"]
Counted = Literal["headings", "blocks", "exercises", "takeaways", "pictures"]
NEED_WORK = frozenset({"missing", "older", "differs"})


@dataclass(frozen=True, slots=True)
class Difference:
    """How many of a kind this file has, and how many the original."""

    counted: Counted
    here: int
    original: int


@dataclass(frozen=True, slots=True)
class TextState:
    """One language of a lesson, compared with the others."""

    language: str
    state: State
    differences: tuple[Difference, ...] = ()


def states_of(lesson: Lesson, languages: Sequence[str]) -> tuple[TextState, ...]:
    """Each language of the site. The original is the first that the lesson has and that follows no other."""
    texts = tuple(lesson.translations.values())
    original = next((text for text in texts if not text.translates), texts[0])
    return tuple(_state(language, lesson, original) for language in languages)


def _state(language: str, lesson: Lesson, original: Translation) -> TextState:
    text = lesson.translations.get(language)
    if text is None:
        return TextState(language, "missing")
    if text.translates:
        others = {each.revision for each in lesson.translations.values() if each is not text}
        return TextState(language, "follows" if text.translates in others else "older")
    if text is original:
        return TextState(language, "original")
    found = tuple(_differences(text.document, original.document))
    return TextState(language, "differs" if found else "alike", found)


def _differences(here: Document, original: Document) -> Iterator[Difference]:
    mine, theirs = _counts(here), _counts(original)
    for counted, number in mine.items():
        if number != theirs[counted]:
            yield Difference(counted, number, theirs[counted])


def _counts(document: Document) -> dict[Counted, int]:
    return {
        "headings": len(document.headings),
        "blocks": len(document.blocks),
        "exercises": len(document.exercises),
        "takeaways": len(document.takeaways),
        "pictures": len(document.images),
    }
