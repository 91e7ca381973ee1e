"""A lesson compiled in one line, and ways to look at the HTML that comes out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from stream.markdown.document import Document
from stream.markdown.render import compile_lesson

_BLOCK_ID = re.compile(r' id="b-[0-9a-f]{10}(-[0-9]+)?"')


@dataclass(frozen=True)
class Voice:
    name: dict[str, str]
    label: dict[str, str]
    accent: str = "stream"


PIPPA = Voice({"en": "Pippa", "ko": "피파"}, {"en": "Pippa in one line", "ko": "피파 한 줄 정리"})


def compiled(text: str, language: str = "en") -> Document:
    return compile_lesson(text, language=language, personas={"pippa": PIPPA}, image_url="/media/dial/")


def html_of(text: str, language: str = "en") -> str:
    """Without block ids: they are hashes, and have tests of their own."""
    return _BLOCK_ID.sub("", compiled(text, language).html)


def problems_of(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in compiled(text).problems]


def all_html(document: Document) -> str:
    """Everything of a document that may be shown."""
    parts = [document.html, *document.takeaways]
    for exercise in document.exercises:
        parts += [exercise.prompt_html, exercise.hint_html, exercise.model_html]
        parts += [html for option in exercise.options for html in (option.html, option.feedback_html)]
    return "\n".join(parts)


def tags_of(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each start tag with its attributes, as a browser would read them."""
    reader = _Tags()
    reader.feed(html)
    reader.close()
    return iter(reader.found)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
