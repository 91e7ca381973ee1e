"""What one compile is told, and what it finds out on the way: problems and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from re import Match
from typing import Literal, Protocol

from stream.markdown.document import Image, Problem

MAX_PROBLEMS = 500  # nobody mends more at once


class PersonaVoice(Protocol):
    """A voice of callouts. Names and labels are per language."""

    @property
    def name(self) -> Mapping[str, str]: ...
    @property
    def label(self) -> Mapping[str, str]: ...
    @property
    def accent(self) -> str: ...


@dataclass(slots=True)
class Compilation:
    """The state of one compile; `line` is where the inline text being read begins."""

    language: str
    personas: Mapping[str, PersonaVoice] = field(default_factory=dict)
    image_url: str = ""
    line: int = 1
    address_room: int = 20_000  # characters of addresses and titles: one definition may be used ten thousand times
    problems: list[Problem] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)

    def line_of(self, found: Match[str]) -> int:
        """The line of a piece of inline text, as near as its surroundings tell."""
        return self.line + found.string.count("\n", 0, found.start())

    def has_room(self, line: int, *addresses: str) -> bool:
        """Take the room that addresses and titles need, however often each is used; what finds none is said."""
        self.address_room -= sum(map(len, addresses))
        if self.address_room < 0:
            message = "the addresses and titles of all links and pictures together are too long"
            self.error(line, "too-many-links", message)
        return self.address_room >= 0

    def error(self, line: int, code: str, message: str) -> None:
        """Something that is wrong: the last good revision stays up."""
        self._report(line, code, message, "error")

    def warning(self, line: int, code: str, message: str) -> None:
        """Something that works, but hardly as meant."""
        self._report(line, code, message, "warning")

    def _report(self, line: int, code: str, message: str, severity: Literal["error", "warning"]) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(line, code, message, severity))
