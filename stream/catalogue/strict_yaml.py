"""YAML for front matter: a tree of nodes with their lines, and nothing constructed from them.

Aliases, anchors, deep nesting and large texts are refused, so a small file cannot become a large value.
"""

from typing import Any

import yaml
from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

MAX_BYTES = 16 * 1024
MAX_DEPTH = 6


class YamlProblem(Exception):
    """Why a text is not taken; `line` counts from 1 within it."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def compose(text: str) -> yaml.Node | None:
    """The root node, or None for an empty text; raises `YamlProblem`."""
    if len(text.encode()) > MAX_BYTES:
        raise YamlProblem(1, f"the front matter is larger than {MAX_BYTES // 1024} KB")
    try:
        loader = _Loader(text)
        root: yaml.Node | None = loader.get_single_node()
    except ReaderError as error:
        raise YamlProblem(text.count("\n", 0, error.position) + 1, "a control character stands here") from error
    except MarkedYAMLError as error:
        raise YamlProblem(_line_of(error), error.problem or "this is not YAML") from error
    return root


def _line_of(error: MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 1


class _Loader(yaml.SafeLoader):
    """Used for its nodes only; none of its constructors ever runs."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # untyped in the stubs
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise MarkedYAMLError(None, None, "aliases and anchors (* and &) are not taken", event.start_mark)
        if self._depth == MAX_DEPTH:
            raise MarkedYAMLError(None, None, f"nested more than {MAX_DEPTH} deep", event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node
