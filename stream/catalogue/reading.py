"""What became of one file: its value as far as there is one, and what is wrong with it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from stream.catalogue.model import Problem

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """Without a value it cannot be shown; with errors it is shown only if there never was a better one."""

    value: T | None
    problems: tuple[Problem, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether this may replace what readers see."""
        return self.value is not None and all(problem.severity != "error" for problem in self.problems)


def decoded(content: bytes) -> str:
    """The text of a file with `\\n` line ends and no byte order mark; raises UnicodeDecodeError."""
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def undecodable(path: str, content: bytes, error: UnicodeDecodeError) -> Problem:
    """Names the line of the first byte that is not UTF-8."""
    return Problem(path, content.count(b"\n", 0, error.start) + 1, "not-utf-8", "this file is not UTF-8")
