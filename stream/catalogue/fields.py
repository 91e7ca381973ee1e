"""Readers of front matter values: YAML in, typed values out, and a note of what is wrong with each."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any
from unicodedata import category
from urllib.parse import urlsplit

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from stream.catalogue.keys import LEVELS, SLUG, SLUG_RULE, STATUSES
from stream.catalogue.model import Link, Problem
from stream.catalogue.strict_yaml import YamlProblem, compose

_REVISION = re.compile(r"[0-9a-f]{12}")
_WEB = re.compile(r"https?://[^\s<>\"]+")
_YEARS = range(1970, 3000)  # a moment at either end of the calendar is no day in some time zone
_PLAIN = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "timestamp"))


def values_of(front: str, path: str) -> dict[str, Any] | tuple[Problem, ...]:
    """The value of each key that was written, and `lines`; or all that is wrong."""
    try:
        root = compose(front)
    except YamlProblem as problem:
        return (Problem(path, problem.line + 1, "bad-yaml", problem.message),)
    reader = Reader(path)
    values = _values(reader, root)
    return tuple(reader.problems) or values


class Reader:
    """Turns nodes into values and notes every problem on the way; a value with a problem is never used."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.problems: list[Problem] = []

    def text(self, node: Node) -> str:
        text = self.optional_text(node)
        if not text and isinstance(node, ScalarNode) and node.tag in _PLAIN:
            self.wrong(node, "wrong-type", "this text is empty")
        return text

    def optional_text(self, node: Node) -> str:
        if not isinstance(node, ScalarNode) or node.tag not in _PLAIN:
            self.wrong(node, "wrong-type", "this must be a text")
            return ""
        text = " ".join(node.value.split())
        if any(category(character) in ("Cc", "Cs") for character in text):
            self.wrong(node, "control-character", "this text holds a control character")
        return text

    def minutes(self, node: Node) -> int:
        value = node.value if isinstance(node, ScalarNode) else ""
        if re.fullmatch(r"[0-9]{1,3}", value) and 1 <= int(value) <= 600:
            return int(value)
        self.wrong(node, "bad-minutes", f"minutes must be a whole number from 1 to 600, not {_shown(node)}")
        return 1

    def slug(self, node: Node) -> str:
        value = node.value if isinstance(node, ScalarNode) else ""
        if len(value) > 100 or not SLUG.fullmatch(value):
            self.wrong(node, "bad-key", f"{_shown(node)} must be {SLUG_RULE}")
        return value

    def slugs(self, node: Node) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.slug(item) for item in self._items(node)))

    def level(self, node: Node) -> str:
        return self._one_of(node, LEVELS, "level")

    def status(self, node: Node) -> str:
        return self._one_of(node, STATUSES, "status")

    def instant(self, node: Node) -> datetime | None:
        """In UTC; a time without an offset would mean another instant on another machine."""
        example = "such as 2026-12-01T09:00:00+09:00"
        try:
            at = datetime.fromisoformat(node.value if isinstance(node, ScalarNode) else "")
        except ValueError:
            self.wrong(node, "bad-date", f"{_shown(node)} is not a date and time {example}")
            return None
        if at.year not in _YEARS:
            self.wrong(node, "bad-date", f"publish_at must be in the years {_YEARS[0]} to {_YEARS[-1]}, {example}")
        elif at.utcoffset() is None:
            self.wrong(node, "naive-date", f"publish_at needs a time and its offset from UTC, {example}")
        else:
            return at.astimezone(UTC)
        return None

    def revision(self, node: Node) -> str:
        value = node.value if isinstance(node, ScalarNode) else ""
        if not _REVISION.fullmatch(value):
            self.wrong(
                node, "bad-revision", f"translates names a revision: 12 characters of 0-9 and a-f, not {_shown(node)}"
            )
        return value

    def links(self, node: Node) -> tuple[Link, ...]:
        return tuple(self._link(item) for item in self._items(node))

    def _link(self, node: Node) -> Link:
        said = {
            key: (self._link_text(key, value), value)
            for key, _, value in self.pairs(node, ("title", "url", "note"), "a link")
        }
        for key in ("title", "url"):
            if key not in said and isinstance(node, MappingNode):
                self.wrong(node, "incomplete-link", f"this link has no {key}")
        url, place = said.get("url", ("", node))
        host = _host(url)
        if url and not host:
            self.wrong(place, "bad-url", f"{_shown(place)} is no address with http:// or https://")
        return Link(said.get("title", ("",))[0], url, host, said.get("note", ("",))[0])

    def _link_text(self, key: str, node: Node) -> str:
        return self.optional_text(node) if key == "note" else self.text(node)

    def _one_of(self, node: Node, choices: tuple[str, ...], key: str) -> str:
        value = node.value if isinstance(node, ScalarNode) else ""
        if value not in choices:
            self.wrong(node, f"bad-{key}", f"{key} must be one of {', '.join(choices)}, not {_shown(node)}")
        return value

    def _items(self, node: Node) -> list[Node]:
        if isinstance(node, SequenceNode):
            return list(node.value)
        self.wrong(node, "wrong-type", "this must be a list, such as [one, two]")
        return []

    def pairs(self, node: Node | None, known: tuple[str, ...], what: str) -> Iterator[tuple[str, Node, Node]]:
        """Key, its node and its value's node; unknown and repeated keys are noted and left out."""
        if not isinstance(node, MappingNode):
            if node is not None:
                self.wrong(node, "wrong-type", f"{what} is made of lines such as title: My title")
            return
        seen = set()
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else ""
            if key not in known:
                message = f"{_shown(key_node)} is not a key of {what}{_nearest(key, known)}"
                self.wrong(key_node, "unknown-key", message)
            elif key in seen:
                self.wrong(key_node, "repeated-key", f"{key} stands here a second time")
            else:
                yield key, key_node, value
            seen.add(key)

    def wrong(self, node: Node, code: str, message: str) -> None:
        self.note(line_of(node), code, message)

    def note(self, line: int, code: str, message: str) -> None:
        self.problems.append(Problem(self._path, line, code, message))


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


def line_of(node: Node) -> int:
    """Line in the file: marks count from 0, and the opening `---` stands above."""
    line: int = node.start_mark.line
    return line + 2


def is_empty(node: Node) -> bool:
    """Whether nothing stands after the key."""
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _shown(node: Node) -> str:
    return repr(node.value[:60]) if isinstance(node, ScalarNode) else "this"


def _nearest(key: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _host(url: str) -> str:
    """Whose address this is; empty when it is not a web address."""
    try:
        host = urlsplit(url).hostname if _WEB.fullmatch(url) else None
    except ValueError:
        return ""
    return (host or "").removeprefix("www.")
