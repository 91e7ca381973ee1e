"""The front matter of a lesson: the YAML between two `---` lines, as a value or a list of what is wrong.

Knows the keys that docs/author.en.md lists; knows nothing of other files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yaml.nodes import Node

from stream.catalogue.fields import Reader, is_empty, line_of
from stream.catalogue.model import Link, Problem, Status
from stream.catalogue.strict_yaml import YamlProblem, compose


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
    try:
        root = compose(front)
    except YamlProblem as problem:
        return (Problem(path, problem.line + 1, "bad-yaml", problem.message),)
    reader = Reader(path)
    values = _values(reader, root)
    return tuple(reader.problems) if reader.problems else FrontMatter(**values)


def _values(reader: Reader, root: Node | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, key_node, node in reader.pairs(root, tuple(_FIELDS), "the front matter"):
        lines[key] = line_of(key_node)
        if key in _NEVER_EMPTY or not is_empty(node):
            values[key] = _FIELDS[key](reader, node)
    if "title" not in lines:
        reader.note(1, "missing-title", "title is missing: every lesson needs one")
    if values.get("status") == "scheduled" and "publish_at" not in values:
        reader.note(lines["status"], "missing-publish-at", "status scheduled needs publish_at")
    return {**values, "lines": lines}


_FIELDS: Mapping[str, Callable[[Reader, Node], Any]] = {
    "id": Reader.slug,
    "title": Reader.text,
    "summary": Reader.optional_text,
    "minutes": Reader.minutes,
    "tags": Reader.slugs,
    "level": Reader.level,
    "status": Reader.status,
    "publish_at": Reader.instant,
    "aliases": Reader.slugs,
    "links": Reader.links,
    "builds_on": Reader.slugs,
    "translates": Reader.revision,
}
_NEVER_EMPTY = ("title", "status")  # a status that somebody began to type must not publish
