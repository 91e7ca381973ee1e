"""What a directive is: a name, the options it knows, and how it becomes tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stream.markdown.compilation import Compilation
from stream.markdown.tokens import Token


@dataclass(frozen=True, slots=True)
class Written:
    """A directive as it stands in the text. `body` is parsed into blocks whose inline text is not yet read."""

    name: str
    argument: str
    options: Mapping[str, str]
    body: list[Token]
    line: int

    @property
    def blocks(self) -> list[Token]:
        """The body without blank lines."""
        return [token for token in self.body if token["type"] != "blank_line"]


@dataclass(frozen=True, slots=True)
class Directive:
    """How one name is read. `within` names the directive it must stand in."""

    name: str
    parse: Callable[[Written, Compilation], Token]
    options: frozenset[str] = frozenset()
    within: str = ""


def title(kind: str, text: str, line: int) -> Token:
    """A line of inline Markdown that a directive brings along."""
    return {"type": kind, "text": text, "line": line}
