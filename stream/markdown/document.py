"""What a compiled text is made of: plain values, nothing that knows files, requests or the catalogue.

Everything called `html` here has been through the sanitiser and may be shown as it is.
"""

from dataclasses import dataclass, field
from typing import Literal

ExerciseKind = Literal["self-check", "text", "choice", "short"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an author should mend. `line` counts from 1 within the text that was compiled."""

    line: int
    code: str  # stable and greppable: "unknown-directive", "missing-alt", "heading-gap"…
    message: str
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the table of contents: `level` is 2 or 3, `text` is plain."""

    id: str
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level piece of a lesson, in order. `text` is its plain text, for matching old to new and for search."""

    id: str
    kind: str  # "paragraph", "heading", "list", "table", "code", "figure", "persona", "compare"…
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Image:
    """A file that the text shows; `path` as written, relative to the lesson's folder."""

    path: str
    alt: str
    line: int


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a choice exercise; `key` is "1", "2"… in source order."""

    key: str
    html: str
    correct: bool
    feedback_html: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise as its author wrote it. Pages send no `correct`, `answers` or `model_html` before an attempt."""

    key: str
    kind: ExerciseKind
    prompt_html: str
    line: int
    options: tuple[Option, ...] = ()
    pick_many: bool = False
    answers: tuple[str, ...] = ()
    hint_html: str = ""
    model_html: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to read: words of alphabetic scripts, Hangul syllables, lines of code."""

    words: int = 0
    syllables: int = 0
    code_lines: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the lesson's HTML: one block, or with `block` "" what belongs to none, such as footnotes."""

    block: str
    html: str


@dataclass(frozen=True, slots=True)
class Document:
    """A compiled lesson body. Takeaways and exercises are not in `html`: the page shows them in their places."""

    pieces: tuple[Piece, ...] = ()
    blocks: tuple[Block, ...] = ()
    headings: tuple[Heading, ...] = ()
    takeaways: tuple[str, ...] = ()  # one html string per item
    exercises: tuple[Exercise, ...] = ()
    images: tuple[Image, ...] = ()
    size: Size = field(default_factory=Size)
    problems: tuple[Problem, ...] = ()

    @property
    def html(self) -> str:
        """All of it."""
        return "".join(piece.html for piece in self.pieces)
