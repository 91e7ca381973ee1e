"""The front matter of a lesson: the YAML between two `---` lines, as a value or a list of what is wrong.

Knows the keys that docs/author.en.md lists; knows nothing of other files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stream.catalogue.model import Link, Problem, Status


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What an author says about a lesson. `lines` holds the file's line of each key that was written."""

    title: str
    id: str = ""
    summary: str = ""
    minutes: int | None = None
    tags: tuple[str, ...] = ()
    level: str = ""
    status: Status = "published"
    publish_at: datetime | None = None
    aliases: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    builds_on: tuple[str, ...] = ()
    translates: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, key: str) -> int:
        """Where the key stands, or the top of the file when it was left out."""
        return self.lines.get(key, 1)


@dataclass(frozen=True, slots=True)
class Parts:
    """A lesson file taken apart: front matter, body, and how many lines stand above the body."""

    front: str
    body: str
    offset: int


def split(text: str, path: str) -> Parts | Problem:
    """Take the text apart at its two `---` lines."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return Problem(path, 1, "no-front-matter", "a lesson begins with front matter between two lines of ---")
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == "---":
            return Parts("\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number)
    return Problem(path, 1, "open-front-matter", "the front matter is never closed by a second line of ---")


def parse(front: str, path: str) -> FrontMatter | tuple[Problem, ...]:
    """The typed value, or everything that is wrong; lines count in the file, whose first line is `---`."""
    from stream.catalogue.fields import values_of  # not above: where all is compiled a start reads no YAML, the sooner

    values = values_of(front, path)
    return FrontMatter(**values) if isinstance(values, dict) else values
