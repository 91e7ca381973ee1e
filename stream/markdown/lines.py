"""Block parsing that knows lines: every token gets `line`, counted from 1 in the whole text.

mistune cuts quotes, list items and directives out and parses them as texts of their own; a `LineState` remembers
where its text begins.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from re import Match
from typing import Any, TypeVar

from mistune.block_parser import BlockParser
from mistune.core import BlockState

from stream.markdown.tokens import Token

Found = TypeVar("Found")

MAX_WITHIN = 60  # constructs that are being parsed at once

_BARE_MARKER = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])[ \t]*\n?")


class LineState(BlockState):
    """A text being parsed, and the line it begins on."""

    def __init__(self, parent: "LineState | None" = None) -> None:
        super().__init__(parent)
        self.first_line = 1
        self.construct: tuple[str, int] | None = None  # what is being parsed now, and where it begins
        self.item_at = 0  # where the list item being parsed begins
        self.rows_end = 0  # what looks like rows of a table was looked through up to here
        self.rows_are_even = True
        self._found: dict[str, Any] = {}
        self._newlines: list[int] | None = None

    def line_at(self, position: int) -> int:
        """The line of the whole text on which this position lies."""
        if self._newlines is None:
            self._newlines = [found.start() for found in re.finditer("\n", self.src)]
        return self.first_line + bisect_left(self._newlines, position)

    def line_start(self, position: int) -> int:
        """Where the line of this position begins."""
        return self.src.rfind("\n", 0, position) + 1

    def once(self, key: str, find: Callable[[str], Found]) -> Found:
        """What a block rule must find out about the whole text, but not anew for each of its blocks."""
        if key not in self._found:
            self._found[key] = find(self.src)
        found: Found = self._found[key]
        return found

    def append_token(self, token: Token) -> None:
        token.setdefault("line", self.line_at(self.construct[1] if self.construct else self.cursor))
        super().append_token(token)

    def add_paragraph(self, text: str) -> None:
        line = self.line_at(self.cursor)
        super().add_paragraph(text)
        self.tokens[-1].setdefault("line", line)

    def child_state(self, src: str, lazy_line_starts: set[int] | None = None) -> "LineState":
        child = super().child_state(src, lazy_line_starts)
        assert isinstance(child, LineState)
        child.first_line = self._line_of_child()
        return child

    def _line_of_child(self) -> int:
        rule, start = self.construct or ("", self.cursor)
        return self._line_of_item() if rule == "list" else self.line_at(start)

    def _line_of_item(self) -> int:
        """mistune makes one child per item, in order, when its cursor stands after the next item's first line."""
        start, self.item_at = self.item_at, self.line_start(min(self.cursor, len(self.src)) - 1)
        bare = _BARE_MARKER.fullmatch(self.get_line(start))
        return self.line_at(start) + (1 if bare else 0)


class LineBlocks(BlockParser):
    """mistune's block parser over `LineState`s."""

    state_cls = LineState

    def parse_method(self, m: Match[str], state: BlockState) -> int | None:
        """Parse one construct; whatever tokens it adds begin where it begins."""
        assert isinstance(state, LineState)
        outer = state.construct, state.item_at
        known = len(state.tokens)
        state.construct, state.item_at = (m.lastgroup or "", m.start()), m.start()
        end = self._parse_within(m, state)
        state.construct, state.item_at = outer
        for token in state.tokens[known:]:
            token.setdefault("line", state.line_at(m.start()))
        return end

    def _parse_within(self, m: Match[str], state: LineState) -> int | None:
        """Read on as text where the stack would not hold. A list that a quote interrupts without a blank line parses
        the quote, that one the next list: what only follows each other lies within each other here.
        """
        depth = state.env["within"] = state.env.get("within", 0) + 1
        end = super().parse_method(m, state) if depth <= MAX_WITHIN else None
        state.env["within"] = depth - 1
        if depth > MAX_WITHIN and not state.env.setdefault("too_deep", False):
            state.env["too_deep"] = True
            message = f"more than {MAX_WITHIN} lists and quotes in each other, or touching without a blank line between"
            state.env["compilation"].error(state.line_at(m.start()), "too-deep", message)
        return end
