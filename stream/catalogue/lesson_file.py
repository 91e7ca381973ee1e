"""One lesson file: its name, and its bytes read into front matter and compiled text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Protocol

from stream.catalogue.frontmatter import FrontMatter, parse, split
from stream.catalogue.keys import SLUG_RULE
from stream.catalogue.model import MEDIA_URL, Persona, Problem
from stream.catalogue.reading import Reading, decoded, undecodable
from stream.markdown.document import Document

_NAME = re.compile(r"([0-9]{1,4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\.md")


class Compile(Protocol):
    """Turns a lesson's body into a document and never raises; see `stream.markdown.render.compile_lesson`."""

    def __call__(
        self, text: str, *, language: str, personas: Mapping[str, Persona], image_url: str = ""
    ) -> Document: ...


@dataclass(frozen=True, slots=True)
class Place:
    """What a lesson file's path says: `prompting/01-what-a-prompt-does.en.md`."""

    path: str
    course: str
    number: int
    slug: str
    language: str

    @property
    def lesson(self) -> tuple[str, int, str]:
        """What the files of one lesson have in common, in the order of lessons."""
        return self.course, self.number, self.slug


@dataclass(frozen=True, slots=True)
class LessonText:
    """A lesson file that could be read. `offset` is how many lines stand above the body that was compiled."""

    path: str
    revision: str
    front: FrontMatter
    document: Document
    offset: int


@lru_cache(maxsize=32_768)  # a look at the folder asks for every file
def place(path: str) -> Place | Problem:
    """Read the path of a lesson file."""
    course, _, name = path.rpartition("/")
    match = _NAME.fullmatch(name)
    if not match:
        message = f"a lesson's file is named number-slug.language.md (slug: {SLUG_RULE})"
        return Problem(path, 1, "bad-file-name", message)
    return Place(path, course, int(match[1]), match[2], match[3])


def read_lesson(content: bytes, at: Place, personas: Mapping[str, Persona], compile: Compile) -> Reading[LessonText]:
    """Front matter and compiled body; with a faulty front matter there is no value, only problems."""
    try:
        parts = split(decoded(content), at.path)
    except UnicodeDecodeError as error:
        return Reading(None, (undecodable(at.path, content, error),))
    if isinstance(parts, Problem):
        return Reading(None, (parts,))
    front = parse(parts.front, at.path)
    if not isinstance(front, FrontMatter):
        return Reading(None, front)
    try:
        document = compile(parts.body, language=at.language, personas=personas, image_url=f"{MEDIA_URL}{at.course}/")
    except Exception as error:  # a fault of the compiler must cost one revision of one lesson, not the site
        return Reading(None, (Problem(at.path, parts.offset + 1, "compiler-failed", repr(error)),))
    text = LessonText(at.path, sha256(content).hexdigest()[:12], front, document, parts.offset)
    return Reading(text, tuple(_in_file(text)))


def _in_file(text: LessonText) -> list[Problem]:
    """The body's problems with the lines of the file."""
    return [
        Problem(text.path, text.offset + found.line, found.code, found.message, found.severity)
        for found in text.document.problems
    ]
