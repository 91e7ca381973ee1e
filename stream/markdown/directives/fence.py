"""The colon fence, as in MyST: `:::{name} argument`, options, a body that is Markdown again, as many colons to close.

Knows the form only. What a name means is in the module of that name; what is unknown is shown as it is and named.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mistune import BlockParser, Markdown
from mistune.core import BlockState

from stream.markdown.state import MAX_DEPTH, LinedState

OPENER = r"^ {0,3}(?P<fence_colons>:{3,})\{(?P<fence_name>[A-Za-z][\w-]*)\}(?P<fence_argument>[^\n]*)(?:\n|$)"
OPENS = re.compile(r" {0,3}(:{3,})\{[A-Za-z][\w-]*\}")
CLOSES = re.compile(r" {0,3}(:{3,})[ \t]*$")
CODE_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
OPTION = re.compile(r" {0,3}:([a-z][a-z-]*):(?:[ \t]+(.*?))?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Fence:
    """A directive as it was written."""

    name: str
    argument: str
    options: Mapping[str, str]
    line: int
    closed: bool


def colon_fence(md: Markdown) -> None:
    """Register the directive block; its token is `directive` with `fence` and children."""
    md.block.register("directive", OPENER, parse, before="fenced_code")


def parse(block: BlockParser, match: re.Match[str], state: BlockState) -> int | None:
    """Parse one directive with all that stands inside."""
    assert isinstance(state, LinedState)
    lines = state.src[match.end() :].split("\n")
    length, closed = _length(lines, len(match["fence_colons"]))
    options, skipped = _options(lines[:length])
    body = "\n".join(lines[skipped:length])
    line = state.line_at(match.start())
    fence = Fence(match["fence_name"], match["fence_argument"].strip(), options, line, closed)
    children = _inside(block, state, body, line + 1 + skipped)
    state.append_token({"type": "directive", "fence": fence, "children": children})
    consumed = lines[: length + 1] if closed else lines
    return min(match.end() + len("\n".join(consumed)) + 1, state.cursor_max)


def _inside(block: BlockParser, state: LinedState, body: str, line: int) -> list[dict[str, Any]]:
    if state.depth() >= MAX_DEPTH:
        return [{"type": "paragraph", "text": body, "line": line}]
    child = state.child_state(body + "\n")
    child.first_line = line
    block.parse(child, block.rules)
    return child.tokens


def _length(lines: list[str], colons: int) -> tuple[int, bool]:
    """How many lines the body has, and whether a closing fence follows it."""
    open_fences = [colons]
    code = ""
    for number, line in enumerate(lines):
        if code:
            code = "" if _ends_code(line, code) else code
        elif found := CODE_FENCE.match(line):
            code = found[1]
        elif found := OPENS.match(line):
            open_fences.append(len(found[1]))
        elif found := CLOSES.match(line):
            _close(open_fences, len(found[1]))
            if not open_fences:
                return number, True
    return len(lines), False


def _ends_code(line: str, opener: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(opener) and set(stripped) == {opener[0]}


def _close(open_fences: list[int], colons: int) -> None:
    """The innermost fence is closed; more colons than it has close the ones around it that have as many."""
    innermost = open_fences.pop()
    while open_fences and innermost < colons and innermost < open_fences[-1] <= colons:
        innermost = open_fences.pop()


def _options(lines: list[str]) -> tuple[dict[str, str], int]:
    """Leading `:name: value` lines, and how many lines they take."""
    options: dict[str, str] = {}
    for number, line in enumerate(lines):
        found = OPTION.match(line)
        if found is None:
            return options, number
        options[found[1]] = found[2] or ""
    return options, len(lines)
