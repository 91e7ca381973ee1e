"""What a search finds: lessons that readers may see, each once, in the reader's language where that matches."""

from dataclasses import dataclass
from datetime import datetime

from stream.catalogue.model import Catalogue, Lesson, Translation
from stream.search.excerpts import Excerpt, excerpt_of, marked
from stream.search.index import Hit, SearchIndex
from stream.search.words import Term, match_expression, terms_of

PAGE = 20


@dataclass(frozen=True, slots=True)
class Result:
    """A lesson that was found, in the language in which it was."""

    lesson: Lesson
    text: Translation
    title: tuple[tuple[str, bool], ...]
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results. `is_loose`: no lesson has all the words, these have some of them."""

    query: str
    total: int = 0
    page: int = 1
    results: tuple[Result, ...] = ()
    is_loose: bool = False

    @property
    def has_more(self) -> bool:
        """Whether there is another page."""
        return self.page * PAGE < self.total


@dataclass(frozen=True, slots=True)
class Asked:
    """Who searches where: the reader's language, the instant that decides what is published, the page of results."""

    language: str
    at: datetime
    page: int = 1


def search(index: SearchIndex, catalogue: Catalogue, query: str, asked: Asked) -> Found:
    """The lessons that hold every word of the query; where there are none, those that hold any of them."""
    terms = terms_of(query)
    if not terms:
        return Found(query)
    lessons, is_loose = _listed(index.find(match_expression(terms), catalogue), catalogue, asked), False
    if not lessons and len(terms) > 1:
        expression = match_expression(terms, every=False)
        lessons, is_loose = _listed(index.find(expression, catalogue), catalogue, asked), True
    shown = lessons[(asked.page - 1) * PAGE : asked.page * PAGE]
    return Found(query, len(lessons), asked.page, tuple(_result(*each, terms) for each in shown), is_loose)


def _listed(hits: list[Hit], catalogue: Catalogue, asked: Asked) -> list[tuple[Lesson, Translation]]:
    """The lessons that readers see in lists, in the order of their best text."""
    found: dict[str, Translation] = {}
    for hit in hits:
        lesson = catalogue.by_id.get(hit.lesson)
        text = lesson.translations.get(hit.language) if lesson and lesson.is_listed(asked.at) else None
        if text is not None and (hit.lesson not in found or hit.language == asked.language):
            found[hit.lesson] = text
    return [(catalogue.by_id[key], text) for key, text in found.items()]


def _result(lesson: Lesson, text: Translation, terms: tuple[Term, ...]) -> Result:
    passages = ((block.id, block.text) for block in text.document.blocks if block.kind != "heading")
    excerpt = excerpt_of(passages, terms) or Excerpt(marked(text.summary, terms))
    return Result(lesson, text, marked(text.title, terms), excerpt)
