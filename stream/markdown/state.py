"""Parsing that knows where it is: every block token carries the line it begins on."""

from typing import Any

from mistune.core import BlockState

MAX_DEPTH = 20  # directives, lists and quotes within each other


class LinedState(BlockState):
    """mistune's state, with the line of the text that its own source begins on."""

    first_line = 1

    def child_state(self, src: str, lazy_line_starts: set[int] | None = None) -> "LinedState":
        """A state for what stands inside; its lines count from where the parent stands."""
        child = super().child_state(src, lazy_line_starts)
        assert isinstance(child, LinedState)
        child.first_line = self.line_at(self.cursor)
        return child

    def line_at(self, position: int) -> int:
        """The line of the whole text at a position of this source."""
        return self.first_line + self.src.count("\n", 0, position)

    def append_token(self, token: dict[str, Any]) -> None:
        """Add a token, with its line."""
        token.setdefault("line", self.line_at(self.cursor))
        super().append_token(token)

    def add_paragraph(self, text: str) -> None:
        """Add a paragraph, or carry the last one on."""
        before = len(self.tokens)
        leading = len(text) - len(text.lstrip("\n"))
        super().add_paragraph(text)
        if len(self.tokens) > before:
            self.tokens[-1]["line"] = self.line_at(self.cursor + leading)
